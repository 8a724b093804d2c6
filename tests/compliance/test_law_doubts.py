"""An answer of legal wakes every hire that hangs on the fact, and nobody else."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.common.contracts.compliance import (
    CheckDecided,
    LawAnswered,
    LawConfirmation,
    LawDoubtDropped,
    LawDoubted,
    LawStandingTold,
    Verdict,
)
from libs.common.database import Pool
from libs.common.projection import Received
from services.compliance.check import LawAnswerTold
from services.compliance.law_doubts import catch_up, follow_doubts, waiting
from tests.compliance.hires import HIRE, NOW, confirmed, profile
from tests.compliance.test_check import announced, tell
from tests.compliance.test_decisions import COMPLETE

ANA, BO = UUID(int=1), UUID(int=2)
DOUBTED = LawDoubted.model_validate(LawDoubted.example)
MATTER = DOUBTED.doubt.matter
OTHER = "DE.probation.0a2661c4"
OpenPool = Callable[[str], AbstractAsyncContextManager[Pool]]
Doubts = LawDoubted | LawDoubtDropped | LawAnswered


@pytest.fixture
async def pool(service_pool: OpenPool) -> AsyncGenerator[Pool]:
    async with service_pool("compliance") as opened:
        yield opened


async def follow(pool: Pool, *messages: Doubts) -> None:
    """All of them in one batch."""
    batch = [Received(str(number), NOW, message) for number, message in enumerate(messages)]
    async with pool.acquire() as conn, conn.transaction():
        assert await follow_doubts.project(conn, batch) == ()


async def woken(pool: Pool) -> dict[UUID, LawAnswerTold]:
    rows = await pool.fetch("select * from timer where decider = 'check' and due <= $1", NOW)
    assert {row["type"] for row in rows} <= {LawAnswerTold.type}
    told = {UUID(row["key"]): LawAnswerTold.model_validate_json(row["body"]) for row in rows}
    assert [told[UUID(row["key"])].slot for row in rows] == [row["slot"] for row in rows]
    return told


def doubted(hire: UUID, matter: str = MATTER) -> LawDoubted:
    doubt = DOUBTED.doubt.model_copy(update={"matter": matter})
    return DOUBTED.model_copy(update={"hire_id": hire, "doubt": doubt})


def dropped(hire: UUID) -> LawDoubtDropped:
    return LawDoubtDropped(hire_id=hire, matter=MATTER)


def answered(confirmation: LawConfirmation | None = None) -> LawAnswered:
    return LawAnswered(matter=MATTER, confirmation=confirmation or confirmed())


async def test_an_answer_wakes_all_who_hang_on_the_fact_and_nobody_else(pool: Pool) -> None:
    await follow(pool, doubted(ANA), doubted(BO), doubted(UUID(int=3), OTHER))
    assert await woken(pool) == {}
    await follow(pool, answered())
    told = LawAnswerTold(slot=MATTER, confirmation=confirmed())
    assert await woken(pool) == {ANA: told, BO: told}


@pytest.mark.parametrize("size", [1, 6], ids=["one after the other", "in one batch"])
async def test_who_lets_go_is_not_woken_and_who_comes_back_is(pool: Pool, size: int) -> None:
    messages = [doubted(ANA), doubted(BO), dropped(ANA), dropped(BO), doubted(BO), answered()]
    for first in range(0, len(messages), size):
        await follow(pool, *messages[first : first + size])
    assert (await woken(pool)).keys() == {BO}


async def test_a_newer_answer_takes_the_place_of_one_that_nobody_heard_yet(pool: Pool) -> None:
    newer = confirmed(holds=False, at=NOW + timedelta(minutes=1))
    await follow(pool, doubted(ANA), answered())
    await follow(pool, answered(), answered(newer))
    assert (await woken(pool))[ANA].confirmation == newer


async def test_to_be_told_twice_changes_nothing(pool: Pool) -> None:
    await follow(pool, doubted(ANA))
    await follow(pool, doubted(ANA))
    assert await waiting(pool, [MATTER, OTHER]) == {MATTER: 1}


def test_who_is_woken_decides_by_the_answer() -> None:
    state = tell(None, announced(profile("DE", **COMPLETE))).state
    assert state is not None
    for matter in state.doubted:
        unknown = LawStandingTold(matter=matter, hire_id=HIRE, confirmation=None)
        state = tell(state, unknown).state or state
    told: list[Any] = []
    for matter in state.doubted:
        decision = tell(state, LawAnswerTold(slot=matter, confirmation=confirmed()))
        told, state = [*told, *decision.emit], decision.state or state
    assert isinstance(told[-1], CheckDecided)
    assert told[-1].verdict is Verdict.CLEAR


async def test_who_hangs_on_a_fact_without_a_row_is_taken_in_at_the_start(pool: Pool) -> None:
    state = tell(None, announced(profile("DE", **COMPLETE))).state
    assert state is not None
    matters = list(state.doubted)
    await pool.execute(
        """
        insert into entity (decider, key, version, sequence, state, changed_at)
        values ('check', $1, 1, 1, $2, now()), ('law_question', $3, 1, 1, '{}', now())
        """,
        str(HIRE),
        state.model_dump_json(),
        MATTER,
    )
    for _ in range(2):
        await catch_up(pool)
        assert await waiting(pool, matters) == dict.fromkeys(matters, 1)
