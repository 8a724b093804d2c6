"""Conducting a survey: open a wave, take ballots, release it once; each in one transaction."""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from libs.common.database import Pool
from libs.common.ids import derived
from services.metrics.survey_releases import ReleasedSum, SurveyReleased
from services.metrics.surveys import store
from services.metrics.surveys.wave import plan, release

SOURCE: Final = "survey"
TOKEN_BYTES: Final = 24


class SurveyError(Exception):
    """It cannot be done now; the text says why, and what would help."""


class UnknownError(SurveyError):
    """There is no such wave, or no such invitation any more."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A wave that was opened: how many of each group are asked, and who with which token.

    The tokens are told this once and kept nowhere.
    """

    groups: Mapping[str, int]
    tokens: Mapping[str, str]
    left_out: tuple[str, ...]


async def open_wave(
    pool: Pool, name: str, closes_at: datetime, roster: Mapping[str, str]
) -> Opened:
    """Ask a roster, which names the group of each member; raises SurveyError."""
    known = {derived("survey member", each): each for each in roster}
    async with pool.acquire() as conn, conn.transaction():
        await store.be_alone(conn)
        if await store.waves(conn, name):
            raise SurveyError("a wave of this name was opened before: take another name")
        groups = {id_: roster[each] for id_, each in known.items()}
        earlier = await store.groups_asked(conn)
        planned = await asyncio.to_thread(plan, groups, earlier)
        if not planned.groups:
            raise SurveyError(
                "nobody can be asked: every group has fewer than five, or has changed by fewer "
                "than five since an earlier wave; ask again when more have come or left"
            )
        group_of = {id_: group for group, ids in planned.groups.items() for id_ in ids}
        await store.open_wave(conn, name, closes_at, group_of)
        tokens = {known[id_]: secrets.token_urlsafe(TOKEN_BYTES) for id_ in group_of}
        issued = {_hash(tokens[known[id_]]): group for id_, group in group_of.items()}
        await store.issue(conn, name, issued)
    return Opened(
        groups={group: len(ids) for group, ids in planned.groups.items()},
        tokens=tokens,
        left_out=tuple(sorted(known[id_] for id_ in planned.left_out)),
    )


async def cast_ballot(pool: Pool, token: str, score: int, now: datetime) -> None:
    """Answer once; raises UnknownError, or SurveyError after the wave closed."""
    async with pool.acquire() as conn, conn.transaction():
        closes_at = await store.closes_at_of(conn, _hash(token))
        if closes_at is not None and closes_at <= now:
            raise SurveyError("the wave is closed")
        if closes_at is None or not await store.cast_ballot(conn, _hash(token), score):
            raise UnknownError("no open invitation has this token: each can be used once")


async def release_wave(pool: Pool, name: str, now: datetime) -> SurveyReleased:
    """The sums of a wave that has closed, the same however often it is asked for.

    Raises UnknownError, or SurveyError while it is open.
    """
    async with pool.acquire() as conn, conn.transaction():
        await store.hold(conn, name)
        found = await store.waves(conn, name)
        if not found:
            raise UnknownError("no wave has this name")
        wave = found[0]
        if now < wave.closes_at:
            raise SurveyError("the wave is still open: its sums are released once, when it closed")
        sums = wave.released
        if sums is None:
            sums = release(await store.counted(conn, name))
            await store.keep_release(conn, name, sums)
    return SurveyReleased(
        source=SOURCE,
        event_id=name,
        entity=f"survey/{name}",
        occurred_at=wave.closes_at,
        wave=name,
        sums=tuple(
            ReleasedSum(
                group=group,
                promoters=each.promoters,
                passives=each.passives,
                detractors=each.detractors,
            )
            for group, each in sorted(sums.items())
        ),
    )


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
