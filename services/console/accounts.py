"""Who may sign in: accounts with a password, hashed with Argon2id, and those of a provider."""

import asyncio
import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from libs.common import ids
from libs.common.cloudevents import storable
from libs.common.database import Connection, Pool
from services.console.role import Account, Role

FIRST_LOGIN: Final = "admin"
FIRST_ROLES: Final = frozenset(set(Role) - {Role.MANAGER, Role.WORKER})
"""The account that an embedded Farhand begins with may do everything that has no person's scope."""

MIN_PASSWORD: Final = 12
HASHER: Final = PasswordHasher()
"""Argon2id with the parameters of RFC 9106 for memory-constrained machines, its default."""

HASHING: Final = ThreadPoolExecutor(2, "argon2")
"""Each hash takes 64 MiB for as long as it runs: however many sign in, two at a time."""

_NO_SUCH: Final = HASHER.hash(secrets.token_urlsafe(16))
"""Verified for an unknown login, so that the time taken tells nobody which logins exist."""


async def ensure_first(pool: Pool, password: str, now: datetime) -> None:
    """Make the first account if there is none, with a password that was generated for it."""
    if await pool.fetchval("select exists (select from account)"):
        return
    await pool.execute(
        """
        insert into account (id, login, name, roles, password, created_at)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (login) where issuer is null do nothing
        """,
        ids.derived("console account", FIRST_LOGIN),
        FIRST_LOGIN,
        "First account",
        sorted(FIRST_ROLES),
        HASHER.hash(password),
        now,
    )


async def signed_in_as(pool: Pool, login: str, password: str) -> Account | None:
    """The account of a login if the password is right and it was not closed."""
    row = await pool.fetchrow(
        """
        select id, login, name, roles, manager, hire_id, issuer, language, password
          from account
         where login = $1 and issuer is null and closed_at is null
        """,
        storable(login.strip().casefold()),
    )
    # In a thread: it takes long on purpose, and others are served meanwhile.
    hashed = row["password"] if row else _NO_SUCH
    loop = asyncio.get_running_loop()
    right = await loop.run_in_executor(HASHING, _fits, hashed, password)
    return account_of(row) if row and right else None


async def id_of(pool: Pool, login: str) -> UUID | None:
    """The local account of a login, closed or not; None where there is none."""
    found = await pool.fetchval(
        "select id from account where login = $1 and issuer is null",
        storable(login.strip().casefold()),
    )
    return None if found is None else UUID(str(found))


def _fits(hashed: str, password: str) -> bool:
    try:
        return HASHER.verify(hashed, password)
    except (Argon2Error, InvalidHashError):
        return False


def account_of(row: Any) -> Account:
    """An account as it stands in a row."""
    return Account(
        id=UUID(str(row["id"])),
        login=row["login"],
        name=row["name"],
        roles=frozenset(Role(role) for role in row["roles"]),
        manager=row["manager"],
        hire_id=None if row["hire_id"] is None else UUID(str(row["hire_id"])),
        issuer=row["issuer"],
        language=row["language"],
    )


async def all_accounts(pool: Pool) -> Sequence[tuple[Account, datetime, datetime | None]]:
    """Every account with when it was made and closed, open ones first."""
    rows = await pool.fetch(
        """
        select id, login, name, roles, manager, hire_id, issuer, language, created_at,
               closed_at
          from account
         order by closed_at nulls first, login
        """
    )
    return [(account_of(row), row["created_at"], row["closed_at"]) for row in rows]


async def names(pool: Pool) -> dict[UUID, str]:
    """What each account is called, closed ones too."""
    rows = await pool.fetch("select id, name from account")
    return {UUID(str(row["id"])): row["name"] for row in rows}


async def keep_known(conn: Connection, account: Account, subject: str, now: datetime) -> bool:
    """Keep what a provider says of somebody who signs in; False if the account was closed here.

    The id follows from issuer and subject, so it names an account that was erased as well.
    """
    kept = await conn.fetchval(
        """
        insert into account (id, login, name, roles, manager, hire_id, issuer, subject, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        on conflict (id) do update
           set login = excluded.login,
               name = excluded.name,
               roles = excluded.roles,
               manager = excluded.manager,
               hire_id = excluded.hire_id
         where account.closed_at is null
        returning true
        """,
        account.id,
        account.login,
        account.name,
        sorted(account.roles),
        account.manager,
        account.hire_id,
        account.issuer,
        subject,
        now,
    )
    return kept is not None


async def add(conn: Connection, account: Account, password: str, now: datetime) -> bool:
    """Make an account; False if the login is taken."""
    status = await conn.execute(
        """
        insert into account (id, login, name, roles, password, manager, hire_id, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (login) where issuer is null do nothing
        """,
        account.id,
        account.login,
        account.name,
        sorted(account.roles),
        HASHER.hash(password),
        account.manager,
        account.hire_id,
        now,
    )
    return status == "INSERT 0 1"


async def choose_language(pool: Pool, account: UUID, language: str) -> None:
    """Note in which language somebody wants to read."""
    await pool.execute("update account set language = $2 where id = $1", account, language)


async def close(conn: Connection, account: UUID, now: datetime) -> bool:
    """Let an account sign in no more, and end its sessions."""
    status = await conn.execute(
        "update account set closed_at = $2 where id = $1 and closed_at is null", account, now
    )
    await conn.execute(
        "update session set ended_at = $2 where account = $1 and ended_at is null", account, now
    )
    return status == "UPDATE 1"


def new_password() -> str:
    """A password for somebody to be told once."""
    return secrets.token_urlsafe(12)
