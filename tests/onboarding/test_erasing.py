"""The adapter that erases, on real parts: nothing opens afterwards that told of the person."""

import asyncio
import json
import secrets
from collections.abc import AsyncGenerator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from libs.common import quarantine
from libs.common.contracts.values import Engagement
from libs.common.database import Pool
from libs.common.decider import Refused
from libs.common.effects import Call, Transient
from libs.common.front_door import DeliveryTaken, deliveries
from libs.common.kafka import TopicSpec, declare_topics
from libs.common.projection import Received
from libs.common.sealing import ErasedError, NotSealedError, Vault
from services.onboarding.erasing import Erasing, Inbox
from services.onboarding.erasure_messages import FindKeys, FoundKey, KeysShredded, ShredKeys
from services.onboarding.front_doors import HRIS_INBOX
from services.onboarding.identity.messages import EnsureIdentity, RevokeIdentity
from services.onboarding.identity.provider import Provider
from services.onboarding.identity.scim import Identities
from services.onboarding.vpn.messages import EnsurePeer, RevokePeer
from services.onboarding.vpn.wireguard import WireGuard
from tests.infrastructure import Infrastructure
from tests.onboarding.conftest import MASTER_KEY
from tests.onboarding.identity_provider import TOKEN, IdentityProvider, identity_provider

NOW = datetime(2027, 5, 3, 9, tzinfo=UTC)
NOOR, ANA = UUID(int=11), UUID(int=12)
CONTACT = {"name": "Noor Haverkamp", "email": "noor@people.example"}


@pytest.fixture
async def idp(tmp_path: Path) -> AsyncGenerator[IdentityProvider]:
    async with identity_provider(tmp_path / "scim") as idp:
        yield idp


@pytest.fixture
async def erasing(
    infrastructure: Infrastructure,
    pools: tuple[Pool, Pool],
    idp: IdentityProvider,
    wireguard: WireGuard,
) -> AsyncGenerator[Erasing]:
    """The adapter of an onboarding whose inbox nobody has written to."""
    prefix = f"{secrets.token_hex(4)}."
    await declare_topics(infrastructure.kafka, [TopicSpec(prefix + HRIS_INBOX, 1)])
    vault, provider = Vault(pools[0], MASTER_KEY), Provider.at(idp.url, TOKEN)
    async with provider.http:
        accounts = Identities(pools[0], vault, provider)
        inbox = Inbox(infrastructure.kafka, prefix)
        await until_groups_are_known(inbox)
        yield Erasing(pools[0], vault, accounts, wireguard, inbox)


async def until_groups_are_known(inbox: Inbox) -> None:
    """A broker that has just begun makes the topic of its groups first."""
    async with asyncio.timeout(30):
        while True:
            with suppress(Transient):
                return await inbox.drop_what_was_read()
            await asyncio.sleep(0.2)


def call() -> Call:
    return Call(idempotency_key="erase", attempt=1, key=str(NOOR), now=NOW)


async def hired(erasing: Erasing, ending: str | None = "left") -> str:
    """A journey that ended so; returns the sealed contact."""
    state = json.dumps({"ending": ending})
    await erasing.pool.execute(
        """
        insert into entity (decider, key, version, sequence, state, changed_at)
        values ('journey', $1, 1, 1, $2, now())
        on conflict (decider, key) do update set state = excluded.state
        """,
        str(NOOR),
        state,
    )
    return await erasing.vault.seal(str(NOOR), CONTACT)


async def delivered(
    erasing: Erasing, name: str, owner: str, *about: UUID, reason: str | None = None
) -> str:
    """A delivery that names Noor, sealed under a key; returns the sealed body."""
    sealed = await erasing.vault.seal_bytes(owner, json.dumps(CONTACT).encode())
    taken = DeliveryTaken(
        source="bamboohr",
        delivery=name,
        reason=reason,
        body=sealed,
        about=tuple(str(each) for each in about),
    )
    async with erasing.pool.acquire() as conn:
        await deliveries.project(conn, [Received(name, NOW, taken)])
    return sealed


async def erase(erasing: Erasing, worker: str) -> KeysShredded:
    found = await erasing.find(FindKeys(hire_id=NOOR, worker=worker), call())
    return await erasing.shred(ShredKeys(hire_id=NOOR, worker=worker, keys=found.keys), call())


async def opens(erasing: Erasing, token: str) -> bool:
    try:
        await erasing.vault.open_bytes(token)
    except (ErasedError, NotSealedError):
        return False
    return True


async def test_all_that_tells_of_a_person_opens_no_more_and_others_stay(erasing: Erasing) -> None:
    worker = await hired(erasing)
    of_both = quarantine.own_key("bamboohr", "both")
    mine = [
        worker,
        await delivered(erasing, "one", str(NOOR)),
        await delivered(erasing, "both", of_both, ANA, NOOR),
    ]
    others = [
        await erasing.vault.seal(str(ANA), {"name": "Ana Pires"}),
        await delivered(erasing, "ana's", str(ANA)),
    ]
    receipt = await erase(erasing, worker)

    assert [await opens(erasing, each) for each in mine] == [False, False, False]
    assert [await opens(erasing, each) for each in others] == [True, True]
    assert receipt.shredded_at == NOW
    assert "2 deleted" in receipt.places[0].seen


async def test_the_account_is_deleted_at_the_identity_provider(
    erasing: Erasing, idp: IdentityProvider
) -> None:
    worker = await hired(erasing)
    effect = EnsureIdentity(
        hire_id=NOOR,
        worker=worker,
        title="ML engineer",
        jurisdiction="PT",
        timezone="Europe/Lisbon",
        engagement=Engagement.EMPLOYEE,
    )
    await erasing.accounts.ensure(effect, call())
    with pytest.raises(Refused, match="not revoked"):
        await erase(erasing, worker)
    assert await opens(erasing, worker)

    await erasing.accounts.revoke(RevokeIdentity(hire_id=NOOR), call())
    assert [user["displayName"] for user in await idp.users()] == [CONTACT["name"]]
    receipt = await erase(erasing, worker)
    assert await idp.users() == []
    assert (
        "the account was deleted"
        in {each.place: each.seen for each in receipt.places}["identity provider"]
    )


async def test_a_provider_that_fails_keeps_the_keys_until_it_is_tried_again(
    erasing: Erasing, idp: IdentityProvider
) -> None:
    worker = await hired(erasing)
    idp.line.lost["GET", "Users"] = 1
    with pytest.raises(Transient, match="503"):
        await erase(erasing, worker)
    assert await opens(erasing, worker)

    await erase(erasing, worker)
    assert not await opens(erasing, worker)


async def test_a_peer_that_is_left_keeps_its_person(erasing: Erasing) -> None:
    worker = await hired(erasing)
    await erasing.vpn.ensure_peer(EnsurePeer(hire_id=NOOR), call())
    with pytest.raises(Refused, match="peer of this hire is not gone"):
        await erase(erasing, worker)

    await erasing.vpn.revoke_peer(RevokePeer(hire_id=NOOR), call())
    await erase(erasing, worker)
    assert not await opens(erasing, worker)


async def test_who_is_taken_up_again_keeps_the_keys(erasing: Erasing) -> None:
    worker = await hired(erasing, ending=None)
    with pytest.raises(Refused, match="taken up again"):
        await erase(erasing, worker)
    assert await opens(erasing, worker)


async def test_a_delivery_in_quarantine_that_names_the_person_is_settled_first(
    erasing: Erasing,
) -> None:
    worker = await hired(erasing)
    own_key = quarantine.own_key("bamboohr", "odd")
    sealed = await delivered(erasing, "odd", own_key, reason="not JSON")
    with pytest.raises(Refused, match="delivery odd of bamboohr is in quarantine"):
        await erase(erasing, worker)
    assert await opens(erasing, worker)

    await quarantine.discard(erasing.pool, erasing.vault, "bamboohr", "odd", "not ours")
    await erase(erasing, worker)
    assert [await opens(erasing, each) for each in (worker, sealed)] == [False, False]


async def test_shredding_twice_answers_as_it_did_once(erasing: Erasing) -> None:
    worker = await hired(erasing)
    found = await erasing.find(FindKeys(hire_id=NOOR, worker=worker), call())
    effect = ShredKeys(hire_id=NOOR, worker=worker, keys=found.keys)

    assert await erasing.shred(effect, call()) == await erasing.shred(effect, call())


async def test_the_fingerprint_tells_the_key_that_is_gone_from_the_next(erasing: Erasing) -> None:
    worker = await hired(erasing)
    before = await erasing.find(FindKeys(hire_id=NOOR, worker=worker), call())
    await erase(erasing, worker)
    again = await hired(erasing)
    after = await erasing.find(FindKeys(hire_id=NOOR, worker=again), call())

    assert [type(each) for each in (*before.keys, *after.keys)] == [FoundKey, FoundKey]
    assert before.keys != after.keys
    assert not await opens(erasing, worker)


async def test_what_was_read_of_the_inbox_is_there_no_more_and_what_was_not_is(
    erasing: Erasing, infrastructure: Infrastructure
) -> None:
    topic, group = erasing.inbox.prefix + HRIS_INBOX, f"{erasing.inbox.prefix}onboarding"
    writer: Any = AIOKafkaProducer(bootstrap_servers=infrastructure.kafka)
    async with writer as producer:
        for text in ("Noor, read", "Noor, read too", "Ana, not read yet"):
            await producer.send_and_wait(topic, text.encode())
    partition = TopicPartition(topic, 0)
    reader: Any = AIOKafkaConsumer(
        bootstrap_servers=infrastructure.kafka, group_id=group, enable_auto_commit=False
    )
    async with reader:
        reader.assign([partition])
        await reader.commit({partition: 2})
        await erase(erasing, await hired(erasing))
        await reader.seek_to_beginning(partition)
        left = [(await reader.getone()).value]

    assert left == [b"Ana, not read yet"]
