"""What the world shows once Farhand is quiet: topics, mails, accounts, peers, tables."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from farhand.bootstrap import DATABASE, at
from farhand.embedded.mail_folder import read
from farhand.stack import Stack
from tests.chaos.faults import SERVICES
from tests.chaos.ground import Ground
from tests.chaos.scim_accounts import kept
from tests.chaos.topics import hear, unread
from tests.chaos.verdict import Door, Mail, Seen, Told
from tests.e2e.line import Line, text_of
from tests.e2e.waiting import eventually

TOPICS: Final = ("farhand.onboarding", "farhand.compliance", "farhand.notify")
REBUILT_WITHIN: Final = 600.0
READER: Final = "console"
"""It reads every event of a hire, and is stopped last."""

READ_WITHIN: Final = 60.0


async def witness(ground: Ground, board: Mapping[UUID, Mapping[str, Any]], now: datetime) -> Seen:
    """Stop the services in order, and see what they leave; `board` was seen `now`, before that."""
    line, stack = ground.line, ground.stack
    figures = await _rebuilt(line)
    await _stop(stack, *(name for name in SERVICES if name != READER))

    async def all_is_read() -> bool:
        return await unread(stack.addresses.kafka, READER) == 0

    with suppress(TimeoutError):  # what it did not read is a breach
        await eventually(all_is_read, READ_WITHIN)
    await _stop(stack, READER)
    logins, made = kept(ground.accounts)
    conn = await asyncpg.connect(at(stack.addresses.postgres, DATABASE))
    try:
        return Seen(
            now=now,
            board=board,
            heard=await hear(stack.addresses.kafka, *TOPICS),
            stories=[
                Told(str(row["hire_id"]), row["id"])
                for row in await conn.fetch(
                    "select hire_id, id from console.story order by position"
                )
            ],
            mails=_mails(line),
            accepted=line.mail.counts(),
            logins=logins,
            made=made,
            doors=[Door(peer.public_key, str(peer.address)) for peer in line.peers()],
            granted=await _granted(conn),
            left_behind=await _left_behind(conn),
            figures=figures,
        )
    finally:
        await conn.close()


async def _stop(stack: Stack, *services: str) -> None:
    """All copies, at once and in order: each finishes what it began."""
    children = (c for name, c in stack.children.items() if name.partition("-")[0] in services)
    await asyncio.gather(*(child.stop() for child in children))


async def _rebuilt(line: Line) -> tuple[str, str]:
    """The digest of the KPIs as they stand, and as the event log makes them."""
    answer = await line.doors.http.post(
        f"{line.doors.addresses['metrics']}/rebuild", headers=line.bearer, timeout=REBUILT_WITHIN
    )
    found = answer.raise_for_status().json()
    return found["before"], found["after"]


def _mails(line: Line) -> list[Mail]:
    return [
        Mail(
            str(mail["Message-ID"]).strip("<>").partition("@")[0],
            str(mail["To"]),
            str(mail["Subject"]),
            text_of(mail),
        )
        for mail in map(read, line.mail.mails())
    ]


async def _granted(conn: "asyncpg.Connection[asyncpg.Record]") -> dict[str, str]:
    rows = await conn.fetch(
        "select public_key, hire_id from onboarding.vpn_peer where state = 'granted'"
    )
    return {row["public_key"]: str(row["hire_id"]) for row in rows}


async def _left_behind(conn: "asyncpg.Connection[asyncpg.Record]") -> dict[str, int]:
    """What should be empty once nobody is held up."""
    wanted = {
        "outbox": "true",
        "parked": "true",
        "dead_letter": "status = 'open'",
        "delivery": "status = 'quarantined'",
    }
    return {
        f"{service}.{table}": await conn.fetchval(
            f"select count(*) from {service}.{table} where {where}"  # noqa: S608  # names of ours
        )
        for service in SERVICES
        for table, where in wanted.items()
    }
