"""Signed-in browsers: kept in PostgreSQL, listed and revoked; the cookie holds a random token."""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from libs.common import ids
from libs.common.database import Connection, Pool
from services.console.accounts import account_of
from services.console.role import Account

IDLE: Final = timedelta(hours=12)
LONGEST: Final = timedelta(days=7)
"""A session ends after so long without a request, and after so long in any case (wall clock)."""

SEEN_EVERY: Final = timedelta(minutes=1)
"""How exactly the last request is kept: a write for every request would be one for nothing."""


@dataclass(frozen=True, slots=True)
class Session:
    """Who is asking, and the token of their forms."""

    id: UUID
    account: Account
    csrf: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A session as its owner or an administrator sees it."""

    id: UUID
    account: UUID
    login: str
    browser: str
    created_at: datetime
    seen_at: datetime


def csrf_of(token: str) -> str:
    """What a form of this session must bring: no other site can know it."""
    return hmac.digest(token.encode(), b"farhand console form", "sha256").hex()


async def begin(conn: Connection, account: UUID, browser: str, now: datetime) -> str:
    """Start a session; returns the token for the cookie, which is kept nowhere else."""
    token = secrets.token_urlsafe(32)
    await conn.execute(
        """
        insert into session (token_hash, id, account, browser, created_at, seen_at)
        values ($1, $2, $3, $4, $5, $5)
        """,
        _hash(token),
        ids.ordered(),
        account,
        browser,
        now,
    )
    return token


async def current(pool: Pool, token: str, now: datetime) -> Session | None:
    """The session of a cookie, unless it was ended or is over."""
    row = await pool.fetchrow(
        """
        select session.id as session, seen_at, account.id, login, name, roles, manager, hire_id,
               issuer, language
          from session
          join account on account.id = session.account
         where token_hash = $1
           and ended_at is null and closed_at is null
           and seen_at > $2 and session.created_at > $3
        """,
        _hash(token),
        now - IDLE,
        now - LONGEST,
    )
    if row is None:
        return None
    if now - row["seen_at"] > SEEN_EVERY:
        await pool.execute("update session set seen_at = $2 where id = $1", row["session"], now)
    return Session(UUID(str(row["session"])), account_of(row), csrf_of(token))


async def listed(pool: Pool, account: UUID | None, now: datetime) -> Sequence[Listed]:
    """The sessions of one account, or of all; the last seen first."""
    rows = await pool.fetch(
        """
        select session.id, account, login, browser, session.created_at, seen_at
          from session
          join account on account.id = session.account
         where ended_at is null and seen_at > $2 and session.created_at > $3
           and ($1::uuid is null or account = $1)
         order by seen_at desc
         limit 200
        """,
        account,
        now - IDLE,
        now - LONGEST,
    )
    return [Listed(**dict(row)) for row in rows]


async def replace(
    conn: Connection, account: UUID, browser: str, before: str | None, now: datetime
) -> str:
    """Start a session in place of the one that the browser had, which ends; returns the token."""
    await conn.execute(
        "update session set ended_at = $2 where token_hash = $1 and ended_at is null",
        _hash(before or ""),
        now,
    )
    return await begin(conn, account, browser, now)


async def end(conn: Connection, session: UUID, account: UUID | None, now: datetime) -> bool:
    """End a session, of one account or, with None, of any."""
    status = await conn.execute(
        """
        update session
           set ended_at = $3
         where id = $1 and ended_at is null and ($2::uuid is null or account = $2)
        """,
        session,
        account,
        now,
    )
    return status == "UPDATE 1"


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
