"""Whose team a hire is in: managers are known by a keyed digest of their address, never by it."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from libs.common.contracts.onboarding import HireChanged, PersonErased
from libs.common.database import Connection
from libs.common.effects import Call
from libs.common.message import Event
from libs.common.projection import Received, projection
from libs.common.sealing import ErasedError, NotSealedError, Vault
from services.console.desk import FindTeam, TeamFound


def digest_of(address: str, key: str) -> str:
    """The same text for the same address in any case; without the key, no address is found."""
    text = "farhand console manager\x1f" + address.strip().casefold()
    return hmac.digest(key.encode(), text.encode(), "sha256").hex()


@dataclass(frozen=True, slots=True)
class Teams:
    """The adapter of `FindTeam`. Asked twice, it answers the same."""

    vault: Vault
    key: str

    async def find(self, effect: FindTeam, _call: Call) -> TeamFound:
        """Open the contact and digest its address."""
        if effect.manager is None:
            return TeamFound(hire_id=effect.hire_id, manager=None)
        try:
            contact = await self.vault.open(effect.manager)
        except (ErasedError, NotSealedError):
            return TeamFound(hire_id=effect.hire_id, manager=None)
        address = str(contact.get("email") or "")
        found = digest_of(address, self.key) if address else None
        return TeamFound(hire_id=effect.hire_id, manager=found)


@projection("teams", TeamFound, HireChanged, PersonErased)
async def follow_teams(
    conn: Connection, batch: Sequence[Received[TeamFound | HireChanged | PersonErased]]
) -> Sequence[Event]:
    """Note the team of each hire of a batch; the last word counts.

    Where the manager is another, the hire is in no team at once, until the new one is found. Who is
    erased is in none.
    """
    found: dict[UUID, str | None] = {}
    for each in batch:
        match each.message:
            case TeamFound(hire_id=hire_id, manager=manager):
                found[hire_id] = manager
            case HireChanged(hire_id=hire_id, changed=changed) if "manager" in changed:
                found[hire_id] = None
            case PersonErased(hire_id=hire_id):
                found[hire_id] = None
            case _:
                pass
    await conn.execute(
        """
        update hire
           set manager = found.manager
          from unnest($1::uuid[], $2::text[]) as found (hire_id, manager)
         where hire.hire_id = found.hire_id
        """,
        list(found),
        list(found.values()),
    )
    return ()
