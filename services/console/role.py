"""The roles of the console, and what an account is."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from libs.common.contracts.values import Owner
from services.console.wording import worded


class Role(StrEnum):
    """What somebody is here for; an account may have several."""

    ADMINISTRATOR = "administrator"
    HR = "hr"
    IT = "it"
    LEGAL = "legal"
    MANAGER = "manager"
    SRE = "sre"
    EXECUTIVE = "executive"
    AUDITOR = "auditor"
    WORKER = "worker"


TITLES: Final[Mapping[Role, str]] = {
    Role.ADMINISTRATOR: worded("Administrator"),
    Role.HR: worded("HR operations"),
    Role.IT: worded("IT and security"),
    Role.LEGAL: worded("Legal"),
    Role.MANAGER: worded("Manager"),
    Role.SRE: worded("SRE"),
    Role.EXECUTIVE: worded("Executive"),
    Role.AUDITOR: worded("Auditor"),
    Role.WORKER: worded("Worker"),
}

TURNS: Final[Mapping[Role, Owner]] = {
    Role.HR: Owner.HR,
    Role.IT: Owner.IT,
    Role.LEGAL: Owner.LEGAL,
    Role.MANAGER: Owner.MANAGER,
    Role.WORKER: Owner.WORKER,
}
"""Whose turn is the turn of a role."""

SEE_ALL: Final = frozenset(
    {Role.ADMINISTRATOR, Role.HR, Role.IT, Role.LEGAL, Role.SRE, Role.EXECUTIVE, Role.AUDITOR}
)
"""The roles whose work spans all hires."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in.

    `manager` digests their address if they lead a team; `hire_id` is a worker's own hire. `issuer`
    is the provider that says who they are, None for a local account with a password;
    `language` is what they chose to read, None for what their browser asks for.
    """

    id: UUID
    login: str
    name: str
    roles: frozenset[Role]
    manager: str | None = None
    hire_id: UUID | None = None
    issuer: str | None = None
    language: str | None = None

    @property
    def turns(self) -> tuple[Owner, ...]:
        """Whose turn is theirs."""
        return tuple(sorted(TURNS[role] for role in self.roles if role in TURNS))

    @property
    def is_worker_alone(self) -> bool:
        """Whether nothing but their own start concerns them here."""
        return self.roles == frozenset({Role.WORKER})

    @property
    def titles(self) -> tuple[str, ...]:
        """Their roles in words."""
        return tuple(title for role, title in TITLES.items() if role in self.roles)
