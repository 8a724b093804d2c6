"""Surveys in PostgreSQL: waves, who was invited, invitations that are open, and ballots."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from libs.common.database import Connection, Pool
from services.metrics.surveys.net_promoter import Answers

# Whoever opens a wave does so alone; ballots go on meanwhile.
ALONE: Final = "lock table survey_wave in share row exclusive mode"

GROUPS: Final = """
select array_agg(member) as members
  from survey_member
 group by wave, in_group
 order by wave, in_group
"""

INVITE: Final = """
insert into survey_member (wave, member, in_group)
select $1, member, in_group
  from unnest($2::uuid[], $3::text[]) as invited (member, in_group)
"""

# In the order of their hashes, which is none.
ISSUE: Final = """
insert into survey_token (hash, wave, in_group)
select hash, $1, in_group
  from unnest($2::bytea[], $3::text[]) as issued (hash, in_group)
 order by hash
"""

# The wave is held, so that it cannot be released between the check and the ballot.
WAVE_OPENED: Final = """
select wave.name, wave.closes_at
  from survey_token token
  join survey_wave wave on wave.name = token.wave
 where token.hash = $1
   for share of wave
"""

CAST: Final = """
with used as (delete from survey_token where hash = $1 returning wave, in_group)
insert into survey_ballot (wave, in_group, score)
select wave, in_group, $2 from used
"""

HOLD: Final = "select from survey_wave where name = $1 for update"

COUNTED: Final = """
select in_group, score, count(*) as times
  from survey_ballot
 where wave = $1
 group by in_group, score
"""

WAVES: Final = """
select name, closes_at, released::text as released
  from survey_wave
 where $1::text is null or name = $1
 order by closes_at desc, name
"""


@dataclass(frozen=True, slots=True)
class Wave:
    """A wave; `released` is None until it is released."""

    name: str
    closes_at: datetime
    released: Mapping[str, Answers] | None


async def be_alone(conn: Connection) -> None:
    """Wait until no other wave is being opened, and let none until the end."""
    await conn.execute(ALONE)


async def groups_asked(conn: Connection) -> list[frozenset[UUID]]:
    """The members of each group of each wave so far, released or not."""
    return [frozenset(map(_plain, row["members"])) for row in await conn.fetch(GROUPS)]


def _plain(member: UUID) -> UUID:
    return UUID(bytes=member.bytes)


async def open_wave(
    conn: Connection, name: str, closes_at: datetime, members: Mapping[UUID, str]
) -> None:
    """Write a wave with who is invited."""
    await conn.execute("insert into survey_wave (name, closes_at) values ($1, $2)", name, closes_at)
    await conn.execute(INVITE, name, list(members), list(members.values()))


async def issue(conn: Connection, wave: str, tokens: Mapping[bytes, str]) -> None:
    """Write the hashes of invitations, each with its group."""
    await conn.execute(ISSUE, wave, list(tokens), list(tokens.values()))


async def closes_at_of(conn: Connection, token: bytes) -> datetime | None:
    """When the wave that an unused invitation opens closes; None for any other token."""
    row = await conn.fetchrow(WAVE_OPENED, token)
    return None if row is None else row["closes_at"]


async def cast_ballot(conn: Connection, token: bytes, score: int) -> bool:
    """Use an invitation up, and keep its ballot without it; False if it was used just now."""
    return await conn.execute(CAST, token, score) == "INSERT 0 1"


async def hold(conn: Connection, wave: str) -> None:
    """Wait for ballots that are being cast, and let no other in."""
    await conn.execute(HOLD, wave)


async def counted(conn: Connection, wave: str) -> dict[str, Answers]:
    """The ballots of a wave, by group."""
    found: dict[str, Answers] = {}
    for row in await conn.fetch(COUNTED, wave):
        answers = Answers.of(row["score"], row["times"])
        found[row["in_group"]] = found.get(row["in_group"], Answers()) + answers
    return found


async def keep_release(conn: Connection, wave: str, sums: Mapping[str, Answers]) -> None:
    """Keep the sums of a wave, and nothing that they were made of."""
    kept = json.dumps({name: asdict(each) for name, each in sums.items()})
    await conn.execute("update survey_wave set released = $2::jsonb where name = $1", wave, kept)
    await conn.execute("delete from survey_ballot where wave = $1", wave)
    await conn.execute("delete from survey_token where wave = $1", wave)


async def waves(conn: Connection | Pool, name: str | None = None) -> Sequence[Wave]:
    """All waves, the newest first, or the one of a name."""
    return [
        Wave(row["name"], row["closes_at"], _sums(row["released"]))
        for row in await conn.fetch(WAVES, name)
    ]


def _sums(text: str | None) -> dict[str, Answers] | None:
    if text is None:
        return None
    return {name: Answers(**each) for name, each in json.loads(text).items()}
