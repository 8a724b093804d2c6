"""The boards of figures: what metrics tells, with its revisions, and what a key result asks."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import pytest

from libs.common.contracts.metrics import KeyResultChanged, KeyResultOffCourse, KpiChanged
from libs.common.contracts.notify import MessageHeld
from libs.common.contracts.onboarding import HireStatus
from libs.common.contracts.values import Owner
from libs.common.database import Pool
from services.console import figure_boards, flow
from services.console.figures import follow_figures, follow_key_results
from services.console.role import Role
from services.console.scope import Scope
from tests.console.conftest import Console
from tests.console.hires import (
    ALICE,
    BOB,
    CAROL,
    NOW,
    announced,
    assigned,
    blocked,
    decided,
    received,
    stands,
    told,
)

EVERYTHING: Final = Scope(everything=True)
MONDAY = date(2026, 11, 23)


def figure(value: str | None, day: int = 0, revision: int = 1, **changes: Any) -> KpiChanged:
    return KpiChanged(
        kpi="time-to-ready",
        definition="time-to-ready@1",
        group=changes.pop("group", "all"),
        bucket=MONDAY + timedelta(days=day),
        value=None if value is None else Decimal(value),
        revision=revision,
        changed_at=NOW,
        **{"title": "Time from announced to ready", "unit": "seconds", **changes},
    )


async def measured(pool: Pool, *figures: KpiChanged) -> None:
    async with pool.acquire() as conn, conn.transaction():
        await follow_figures.project(conn, received(*figures))


@pytest.mark.parametrize("turned", [False, True], ids=["in order", "the newer first"])
async def test_the_newest_revision_stands_whatever_comes_first(pool: Pool, *, turned: bool) -> None:
    both = [figure("7200"), figure("3600", revision=2)]
    for each in reversed(both) if turned else both:
        await measured(pool, each)
    [series] = await figure_boards.totals(pool)
    assert series.newest is not None
    assert series.newest.value == Decimal(3600)
    revisions = await figure_boards.revisions(pool, "time-to-ready", "all", MONDAY)
    assert [each.revision for each in revisions] == [2, 1]


async def test_the_board_shows_the_newest_figure_in_words_and_its_trend(
    console: Console, pool: Pool
) -> None:
    await measured(pool, figure("259200"), figure("172800", day=1), figure(None, day=2))
    text = (await (await console.signed_in(Role.EXECUTIVE)).get("/figures")).text
    assert "Time from announced to ready" in text
    assert "2 days" in text
    assert "33%" in text
    assert 'class="change good-text"' in text


async def test_a_figure_without_words_of_its_own_is_told_by_its_name(
    console: Console, pool: Pool
) -> None:
    await measured(pool, figure("5", title=None, unit=None))
    assert "Time to ready" in (await (await console.signed_in(Role.HR)).get("/figures")).text


async def test_one_kpi_shows_its_parts_and_how_a_figure_came_to_be(
    console: Console, pool: Pool
) -> None:
    await measured(pool, figure("7200"), figure("3600", revision=2))
    await measured(pool, figure("60", group="jurisdiction=PT"))
    browser = await console.signed_in(Role.HR)
    text = (await browser.get("/figures/time-to-ready")).text
    assert "jurisdiction: PT" in text
    assert "revision 1" in text
    part = await browser.get("/figures/time-to-ready?part=jurisdiction%3DPT")
    assert "60 seconds" in part.text
    assert (await browser.get("/figures/velocity%00")).status_code == 404


async def test_a_key_result_off_its_course_says_what_there_is_to_decide(
    console: Console, pool: Pool
) -> None:
    events = [
        KeyResultChanged.model_validate(KeyResultChanged.example | {"status": "off_course"}),
        KeyResultOffCourse.model_validate(KeyResultOffCourse.example),
    ]
    async with pool.acquire() as conn, conn.transaction():
        await follow_key_results.project(conn, received(*events))
    text = (await (await console.signed_in(Role.EXECUTIVE)).get("/figures")).text
    assert "A merged change reaches production within six hours" in text
    assert "Mend what slows it down" in text


async def test_the_funnel_counts_the_hires_that_somebody_may_see(
    console: Console, pool: Pool
) -> None:
    await told(pool, announced(), decided(), stands(HireStatus.CHECKING))
    assert (
        "How far hires have come" in (await (await console.signed_in(Role.HR)).get("/figures")).text
    )
    stranger = await console.signed_in(Role.MANAGER, manager="another")
    assert "How far hires have come" not in (await stranger.get("/figures")).text


async def test_a_worker_sees_no_figures(console: Console) -> None:
    assert (await (await console.signed_in(Role.WORKER)).get("/figures")).status_code == 403


async def test_it_tells_whom_hires_wait_for_and_what_is_held_for_working_hours(
    console: Console, pool: Pool
) -> None:
    await told(pool, announced(ALICE), assigned(ALICE, owner=Owner.IT), announced(CAROL))
    await told(pool, announced(BOB), stands(HireStatus.BLOCKED, BOB), blocked(BOB))
    held = MessageHeld.example | {"hire_id": ALICE, "recipient": "manager"}
    later = held | {"not_before": NOW + timedelta(hours=9)}
    over = held | {"not_before": NOW - timedelta(hours=9), "message_id": UUID(int=7)}
    await told(pool, MessageHeld.model_validate(later), MessageHeld.model_validate(over))

    waits = await flow.waits(pool, EVERYTHING, NOW + timedelta(hours=3))
    assert {each.owner: (each.hires, each.blocked) for each in waits} == {
        "it": (1, 0),
        "legal": (1, 1),
        "": (1, 0),
    }
    assert {each.half for each in waits} == {timedelta(hours=3)}
    letters = await flow.held(pool, EVERYTHING, NOW)
    assert letters == [flow.Held("manager", 1, NOW + timedelta(hours=9))]
    assert await flow.waits(pool, Scope(manager="nobody"), NOW) == []

    text = (await (await console.signed_in(Role.HR)).get("/figures")).text
    assert "Where hires wait" in text
    assert 'href="/?turn=legal"' in text
    assert "Held for working hours" in text
