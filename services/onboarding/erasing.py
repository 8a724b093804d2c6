"""The adapter that erases a person: it finds the keys, then shreds them and reads that back.

Shredded is last what makes all the rest unreadable, and only while the hire is still over. Asked
twice, each step answers as it did once: what is gone already is gone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from libs.common import quarantine
from libs.common.contracts.onboarding import ErasedPlace
from libs.common.contracts.values import HireId
from libs.common.database import Pool
from libs.common.decider import Refused
from libs.common.effects import Call, Transient
from libs.common.kafka import RecordsKeptError, drop_read_records
from libs.common.kafka_access import OPEN, KafkaAccess
from libs.common.sealing import ErasedError, NotSealedError, Vault
from libs.common.service import Tools
from services.onboarding.access import Access
from services.onboarding.erasure_messages import (
    FindKeys,
    FoundKey,
    KeysFound,
    KeysShredded,
    ShredKeys,
)
from services.onboarding.front_doors import HRIS_INBOX
from services.onboarding.identity.scim import Identities
from services.onboarding.vpn.wireguard import WireGuard

SERVICE: Final = "onboarding"


@dataclass(frozen=True, slots=True)
class Inbox:
    """The topic that HR systems write to, and how far it was read."""

    kafka: str
    prefix: str
    access: KafkaAccess = OPEN

    async def drop_what_was_read(self) -> None:
        """Raises Transient where Kafka cannot do it now."""
        group, topic = self.prefix + SERVICE, self.prefix + HRIS_INBOX
        try:
            await drop_read_records(self.kafka, group, topic, self.access)
        except RecordsKeptError as error:
            raise Transient(f"Kafka does not drop records ({error})") from error


@dataclass(frozen=True, slots=True)
class Erasing:
    """Erases persons from all that onboarding keeps, and from the systems it told of them."""

    pool: Pool
    vault: Vault
    accounts: Identities
    vpn: WireGuard
    inbox: Inbox

    @classmethod
    def by(cls, tools: Tools, accounts: Identities, vpn: WireGuard) -> "Erasing":
        """With what an adapter is given."""
        settings = tools.settings
        inbox = Inbox(settings.kafka, settings.topic_prefix, settings.kafka_access)
        return cls(tools.pool, tools.vault, accounts, vpn, inbox)

    async def find(self, effect: FindKeys, _call: Call) -> KeysFound:
        """Every key under which something of the person is sealed.

        Raises Refused where a peer is left, or a delivery that nobody could read names the person.
        """
        await self._check_peer(effect.hire_id)
        await self._check_quarantine(effect.worker)
        person = str(effect.hire_id)
        keys = [
            FoundKey(owner=owner, fingerprint=fingerprint)
            for owner in (person, *await quarantine.kept_about(self.pool, person))
            if (fingerprint := await self.vault.fingerprint(owner)) is not None
        ]
        return KeysFound(hire_id=effect.hire_id, keys=tuple(keys))

    async def shred(self, effect: ShredKeys, call: Call) -> KeysShredded:
        """Have the account deleted and the inbox emptied, shred the keys, and look again.

        Raises Refused where the hire was taken up again, Transient where something is still there.
        """
        account = await self.accounts.forget(effect.hire_id)
        await self.inbox.drop_what_was_read()
        await self._shred(effect)
        await self._forget_fetches(effect.hire_id)
        opens = await self._opens(effect.worker)
        if opens or await self._left(effect.keys):
            raise Transient("a data key that was deleted is still there")
        return KeysShredded(
            hire_id=effect.hire_id,
            shredded_at=call.now,
            places=(
                ErasedPlace(
                    place="data keys",
                    seen=f"{len(effect.keys)} deleted; none of them is left, the contact does not "
                    "open",
                ),
                ErasedPlace(place="identity provider", seen=account),
                ErasedPlace(place="VPN", seen="there is no peer"),
                ErasedPlace(place=HRIS_INBOX, seen="what was read of it was deleted"),
                ErasedPlace(place="quarantine", seen="no delivery named the person"),
            ),
        )

    async def _check_peer(self, hire_id: HireId) -> None:
        if await self.vpn.observe(hire_id) is not Access.CLOSED:
            raise Refused("the VPN peer of this hire is not gone")

    async def _check_quarantine(self, worker: str) -> None:
        """Nobody knows whom a quarantined delivery is about; who is named in one is in there."""
        try:
            contact = await self.vault.open(worker)
        except (ErasedError, NotSealedError):
            return
        told = [str(contact.get(name) or "").casefold() for name in ("email", "name")]
        async for source, delivery, body in quarantine.open_bodies(self.pool, self.vault):
            text = body.decode(errors="replace").casefold()
            if any(word and word in text for word in told):
                raise Refused(
                    f"delivery {delivery} of {source} is in quarantine and names the person: "
                    "have operations mend or discard it first"
                )

    async def _shred(self, effect: ShredKeys) -> None:
        """The row is locked, so that nobody takes the hire up again under us."""
        async with self.pool.acquire() as conn, conn.transaction():
            is_over = await conn.fetchval(
                """
                select state->>'ending' is not null
                  from entity
                 where decider = 'journey' and key = $1
                   for share
                """,
                str(effect.hire_id),
            )
            if not is_over:
                raise Refused("the hire was taken up again meanwhile")
            for key in effect.keys:
                await self.vault.erase(key.owner)

    async def _forget_fetches(self, hire_id: HireId) -> None:
        await self.pool.execute("delete from employee_fetch where hire_id = $1", hire_id)

    async def _left(self, keys: Iterable[FoundKey]) -> bool:
        found = [await self.vault.fingerprint(key.owner) == key.fingerprint for key in keys]
        return any(found)

    async def _opens(self, worker: str) -> bool:
        try:
            await self.vault.open_bytes(worker)
        except (ErasedError, NotSealedError):
            return False
        return True
