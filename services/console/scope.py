"""Which hires somebody may see: part of every query, so that no page can forget it."""

from dataclasses import dataclass
from uuid import UUID

from services.console.role import SEE_ALL, Account, Role


@dataclass(frozen=True, slots=True)
class Scope:
    """`everything`, or the team of a manager and the own data of a worker; nothing by default."""

    everything: bool = False
    manager: str | None = None
    hire_id: UUID | None = None


def scope_of(account: Account) -> Scope:
    """What an account's roles let it see."""
    return Scope(
        everything=not SEE_ALL.isdisjoint(account.roles),
        manager=account.manager if Role.MANAGER in account.roles else None,
        hire_id=account.hire_id if Role.WORKER in account.roles else None,
    )
