"""The identity adapter on a real PostgreSQL and a real SCIM server."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from libs.common.contracts.values import Engagement
from libs.common.database import Pool
from libs.common.decider import Refused
from libs.common.effects import Call, Transient
from libs.common.sealing import Vault
from services.onboarding.access import Access
from services.onboarding.identity import account_store
from services.onboarding.identity.account import user_name
from services.onboarding.identity.messages import EnsureIdentity, IdentityReady, RevokeIdentity
from services.onboarding.identity.provider import Provider
from services.onboarding.identity.scim import Identities
from tests.onboarding.access_contract import ANA, NOOR, AccessAdapter, AccessContract
from tests.onboarding.conftest import MASTER_KEY
from tests.onboarding.identity_provider import TOKEN, IdentityProvider, identity_provider

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
STAFF, LISBON = "farhand-staff", "farhand-country-pt"


@pytest.fixture
async def idp(tmp_path: Path) -> AsyncGenerator[IdentityProvider]:
    async with identity_provider(tmp_path / "scim") as idp:
        yield idp


@pytest.fixture
async def identities(
    pools: tuple[Pool, Pool], idp: IdentityProvider
) -> AsyncGenerator[tuple[Identities, Identities]]:
    """The adapter in two processes that share the database and the provider."""
    async with AsyncExitStack() as stack:
        providers = [Provider.at(idp.url, TOKEN) for _ in pools]
        for each in providers:
            await stack.enter_async_context(each.http)
        first, second = (
            Identities(pool, Vault(pool, MASTER_KEY), provider)
            for pool, provider in zip(pools, providers, strict=True)
        )
        yield first, second


@pytest.fixture
def identity(identities: tuple[Identities, Identities]) -> Identities:
    return identities[0]


def call(hire_id: UUID) -> Call:
    return Call(idempotency_key=f"identity/{hire_id}", attempt=1, key=str(hire_id), now=NOW)


async def ensure(
    identity: Identities,
    hire_id: UUID,
    period: int = 1,
    groups: tuple[str, ...] = (STAFF, LISBON),
    name: str = "Noor Haverkamp",
    **said: Any,
) -> IdentityReady:
    contact = {"name": name, "email": "noor@people.example"}
    known: dict[str, Any] = {
        "title": "ML engineer",
        "jurisdiction": "PT",
        "timezone": "Europe/Lisbon",
        "engagement": Engagement.EMPLOYEE,
    }
    effect = EnsureIdentity(
        hire_id=hire_id,
        period=period,
        worker=await identity.vault.seal(str(hire_id), contact),
        groups=groups,
        **(known | said),
    )
    return await identity.ensure(effect, call(hire_id))


async def revoke(identity: Identities, hire_id: UUID, period: int = 1) -> None:
    await identity.revoke(RevokeIdentity(hire_id=hire_id, period=period), call(hire_id))


@dataclass(frozen=True, slots=True)
class InTurns:
    """The adapter as two processes answer for it, one call each in turn."""

    processes: tuple[Identities, Identities]
    idp: IdentityProvider
    asked: list[None]

    def _next(self) -> Identities:
        self.asked.append(None)
        return self.processes[len(self.asked) % 2]

    async def ensure(self, hire_id: UUID, period: int) -> tuple[str, int]:
        """A second period is another grant, of the one account that a person has."""
        ready = await ensure(self._next(), hire_id, period)
        return ready.account, ready.period

    async def observe(self, hire_id: UUID) -> Access:
        return await self._next().observe(hire_id)

    async def revoke(self, hire_id: UUID, period: int) -> None:
        await revoke(self._next(), hire_id, period)

    async def ensure_half_way(self, hire_id: UUID, period: int) -> None:
        """The account is made, and nobody has heard of it."""
        self.idp.line.unanswered["POST", "Users"] = 1
        with pytest.raises(Transient):
            await self.ensure(hire_id, period)

    async def revoke_half_way(self, hire_id: UUID, period: int) -> None:
        """The account is inactive, and still in its groups."""
        self.idp.line.lost["PATCH", "Groups"] = 1
        with pytest.raises(Transient):
            await self.revoke(hire_id, period)


class TestIdentities(AccessContract):
    """Accounts keep the contract of access, whichever process answers."""

    @pytest.fixture
    def access(
        self, identities: tuple[Identities, Identities], idp: IdentityProvider
    ) -> AccessAdapter:
        return InTurns(identities, idp, [])


async def test_an_account_says_who_somebody_is_and_is_in_its_groups(
    identity: Identities, idp: IdentityProvider
) -> None:
    ready = await ensure(identity, NOOR)

    [user] = await idp.users()
    assert user["id"] == ready.account
    assert (user["userName"], user["externalId"]) == (user_name(NOOR), str(NOOR))
    assert user["name"]["formatted"] == user["displayName"] == "Noor Haverkamp"
    assert user["emails"] == [{"value": "noor@people.example", "type": "work", "primary": True}]
    assert (user["title"], user["userType"], user["active"]) == ("ML engineer", "Employee", True)
    assert await idp.members() == {STAFF: {ready.account}, LISBON: {ready.account}}


async def test_another_country_moves_the_account_to_other_groups(
    identity: Identities, idp: IdentityProvider
) -> None:
    ready = await ensure(identity, NOOR)
    berlin = "farhand-country-de"

    await ensure(identity, NOOR, groups=(STAFF, berlin), timezone="Europe/Berlin")

    assert await idp.members() == {STAFF: {ready.account}, LISBON: set(), berlin: {ready.account}}
    assert [user["timezone"] for user in await idp.users()] == ["Europe/Berlin"]


async def test_groups_that_somebody_else_gave_are_left_until_the_person_leaves(
    identity: Identities, idp: IdentityProvider
) -> None:
    ready = await ensure(identity, NOOR)
    await idp.add("Groups", displayName="choir", members=[{"value": ready.account}])

    await ensure(identity, NOOR, groups=(STAFF,))
    assert (await idp.members())["choir"] == {ready.account}

    await revoke(identity, NOOR)
    assert not any((await idp.members()).values())


async def test_whoever_comes_back_has_the_account_they_had(
    identity: Identities, idp: IdentityProvider
) -> None:
    first = await ensure(identity, NOOR)
    await revoke(identity, NOOR)
    again = await ensure(identity, NOOR, period=2, name="Noor van Dam")

    assert again.account == first.account
    [user] = await idp.users()
    assert (user["active"], user["displayName"]) == (True, "Noor van Dam")
    assert user["name"]["formatted"] == "Noor van Dam"


async def test_an_account_of_that_name_that_is_not_ours_is_left_alone(
    identity: Identities, idp: IdentityProvider
) -> None:
    await idp.add("Users", userName=user_name(NOOR), externalId="1207", active=True)

    with pytest.raises(Refused, match="did not make for this hire"):
        await ensure(identity, NOOR)
    with pytest.raises(Refused, match="did not make for this hire"):
        await revoke(identity, NOOR)
    assert [user["active"] for user in await idp.users()] == [True]


async def test_an_account_is_made_once_though_every_answer_is_lost_once(
    identity: Identities, idp: IdentityProvider
) -> None:
    for method, endpoint in (("POST", "Users"), ("POST", "Groups"), ("PATCH", "Groups")):
        idp.line.unanswered[method, endpoint] = 1
        with pytest.raises(Transient):
            await ensure(identity, NOOR)

    ready = await ensure(identity, NOOR)

    assert [user["id"] for user in await idp.users()] == [ready.account]
    assert await idp.members() == {STAFF: {ready.account}, LISBON: {ready.account}}


async def test_two_who_need_a_new_group_at_once_make_it_once(
    identities: tuple[Identities, Identities], idp: IdentityProvider
) -> None:
    noor, ana = await asyncio.gather(ensure(identities[0], NOOR), ensure(identities[1], ANA))

    groups = (await idp.http.get("/Groups")).json()["Resources"]
    assert sorted(group["displayName"] for group in groups) == [LISBON, STAFF]
    assert await idp.members() == {name: {noor.account, ana.account} for name in (STAFF, LISBON)}


async def test_a_group_that_was_removed_there_is_made_again(
    identity: Identities, idp: IdentityProvider
) -> None:
    await ensure(identity, NOOR)
    for group in (await idp.http.get("/Groups")).json()["Resources"]:
        await idp.http.delete(f"/Groups/{group['id']}")
    with pytest.raises(Transient):
        await ensure(identity, NOOR, groups=(STAFF,))

    ready = await ensure(identity, NOOR, groups=(STAFF,))

    assert await idp.members() == {STAFF: {ready.account}}


async def test_what_was_undone_by_hand_is_seen_and_mended(
    identity: Identities, idp: IdentityProvider
) -> None:
    ready = await ensure(identity, NOOR)
    operation = {"op": "replace", "path": "active", "value": False}
    schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]
    await idp.http.patch(
        f"/Users/{ready.account}", json={"schemas": schemas, "Operations": [operation]}
    )
    assert await identity.observe(NOOR) is Access.BETWEEN

    await ensure(identity, NOOR)
    assert await identity.observe(NOOR) is Access.OPEN


async def test_a_change_by_somebody_else_meanwhile_is_not_overwritten(
    identity: Identities, idp: IdentityProvider
) -> None:
    await ensure(identity, NOOR)
    assert identity.provider is not None
    stale = await identity.provider.find(NOOR)
    assert stale is not None
    await ensure(identity, NOOR, title="Research lead")

    with pytest.raises(Transient, match="412"):
        await identity.provider.change(stale, {"title": "ML engineer"})
    assert [user["title"] for user in await idp.users()] == ["Research lead"]


@pytest.mark.parametrize(
    ("status", "headers", "wait"),
    [
        pytest.param(429, {"retry-after": "30"}, timedelta(seconds=30), id="too many requests"),
        pytest.param(503, {"retry-after": "soon"}, None, id="down, and unclear for how long"),
        pytest.param(500, {}, None, id="broken"),
        pytest.param(401, {}, None, id="a token that is being renewed"),
    ],
)
async def test_what_may_pass_is_tried_again(
    identity: Identities,
    idp: IdentityProvider,
    status: int,
    headers: dict[str, str],
    wait: timedelta | None,
) -> None:
    idp.line.answers["GET", "Users"] = (status, headers)
    with pytest.raises(Transient, match=str(status)) as trouble:
        await ensure(identity, NOOR)
    assert trouble.value.retry_after == wait


async def test_a_provider_that_refuses_for_good_is_not_asked_again(
    identity: Identities, idp: IdentityProvider
) -> None:
    idp.line.answers["POST", "Users"] = (400, {})
    with pytest.raises(Refused, match="400 to POST Users"):
        await ensure(identity, NOOR)


async def test_a_provider_that_is_down_is_tried_again(pools: tuple[Pool, Pool]) -> None:
    nowhere = Identities(
        pools[0], Vault(pools[0], MASTER_KEY), Provider.at("http://127.0.0.1:9/v2", TOKEN)
    )
    with pytest.raises(Transient, match="does not answer"):
        await ensure(nowhere, NOOR)


async def test_without_a_provider_it_is_said_what_to_set(pools: tuple[Pool, Pool]) -> None:
    with pytest.raises(Refused, match="set FARHAND_SCIM"):
        await ensure(Identities(pools[0], Vault(pools[0], MASTER_KEY), None), NOOR)


async def test_an_erased_person_gets_no_account_and_can_still_lose_one(
    identity: Identities, idp: IdentityProvider
) -> None:
    ready = await ensure(identity, NOOR)
    effect = EnsureIdentity(
        hire_id=NOOR,
        worker=await identity.vault.seal(str(NOOR), {"name": "N", "email": "n@people.example"}),
        title="ML engineer",
        jurisdiction="PT",
        timezone="Europe/Lisbon",
        engagement=Engagement.EMPLOYEE,
    )
    await identity.vault.erase(str(NOOR))
    with pytest.raises(Refused, match="erased"):
        await identity.ensure(effect, call(NOOR))

    await revoke(identity, NOOR)
    assert [(user["id"], user["active"]) for user in await idp.users()] == [(ready.account, False)]


async def test_a_grant_that_failed_leaves_no_word_that_it_holds(
    identity: Identities, idp: IdentityProvider, pools: tuple[Pool, Pool]
) -> None:
    idp.line.lost["POST", "Users"] = 1
    with pytest.raises(Transient):
        await ensure(identity, NOOR)
    assert await account_store.granted_groups(pools[0], NOOR) is None


async def test_a_request_names_nobody(
    identity: Identities, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="httpx2")
    await ensure(identity, NOOR)
    assert "Users?filter" in caplog.text
    assert "noor" not in caplog.text.casefold().replace(str(NOOR), "")
