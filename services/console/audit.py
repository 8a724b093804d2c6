"""Who did what: an append-only log in which each entry holds the hash of the one before.

`hash = SHA-256(before ‖ canonical JSON of the entry)`; whoever changes or removes an entry breaks
every hash that follows, and a reader who noted the last hash once sees it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from libs.common.cloudevents import storable
from libs.common.database import Connection, Pool
from libs.common.jsonb import storable_json

GENESIS: Final = bytes(32)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that somebody did; `subject` is what it was done to, such as a hire's id."""

    position: int
    at: datetime
    account: UUID | None
    action: str
    subject: str
    detail: Mapping[str, Any]
    before: bytes
    hash: bytes


def hash_of(entry: Entry) -> bytes:
    """What the hash of an entry has to be."""
    content = {
        "position": entry.position,
        "at": entry.at.astimezone(UTC).isoformat(),
        "account": None if entry.account is None else str(entry.account),
        "action": entry.action,
        "subject": entry.subject,
        "detail": entry.detail,
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(entry.before + text.encode()).digest()


def first_broken(entries: Iterable[Entry]) -> int | None:
    """The position of the first entry that does not follow from the one before; None if all do."""
    before, expected = GENESIS, 1
    for entry in entries:
        if (entry.position, entry.before, entry.hash) != (expected, before, hash_of(entry)):
            return min(entry.position, expected)
        before, expected = entry.hash, expected + 1
    return None


@dataclass(frozen=True, slots=True)
class Deed:
    """What is about to be written down."""

    account: UUID | None
    action: str
    subject: str = ""
    detail: Mapping[str, Any] | None = None


async def write(conn: Connection, deed: Deed, now: datetime) -> None:
    """Append one entry, in the transaction of what was done; one writer at a time."""
    await conn.execute("select pg_advisory_xact_lock(hashtext('console audit'))")
    last = await conn.fetchrow("select position, hash from audit order by position desc limit 1")
    entry = Entry(
        position=last["position"] + 1 if last else 1,
        at=now,
        account=deed.account,
        action=deed.action,
        subject=storable(deed.subject),
        # As it will be read, or the hash would be of another text.
        detail=json.loads(storable_json(json.dumps(dict(deed.detail or {})))),
        before=last["hash"] if last else GENESIS,
        hash=b"",
    )
    await conn.execute(
        """
        insert into audit (position, at, account, action, subject, detail, before, hash)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        entry.position,
        entry.at,
        entry.account,
        entry.action,
        entry.subject,
        json.dumps(entry.detail),
        entry.before,
        hash_of(entry),
    )


async def all_entries(pool: Pool) -> Sequence[Entry]:
    """The whole log, oldest first: a chain can only be verified as a whole."""
    rows = await pool.fetch(
        """
        select position, at, account, action, subject, detail, before, hash
          from audit
         order by position
        """
    )
    return [_entry(row) for row in rows]


async def about(pool: Pool, subject: str) -> Sequence[Entry]:
    """What was done to one subject, oldest first."""
    rows = await pool.fetch(
        """
        select position, at, account, action, subject, detail, before, hash
          from audit
         where subject = $1
         order by position
        """,
        subject,
    )
    return [_entry(row) for row in rows]


def _entry(row: Any) -> Entry:
    return Entry(**{**dict(row), "detail": json.loads(row["detail"])})
