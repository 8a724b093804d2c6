"""What a change of law does: who would newly fall short, and who is decided anew at the start."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from libs.common.clock import Clock
from libs.common.contracts.compliance import CheckDecided, Verdict
from libs.common.database import Pool
from libs.common.marked_yaml import InvalidDocument as InvalidLaw
from libs.common.projection import Received
from libs.common.sealing import Vault
from libs.common.service import Tools
from libs.common.settings import Settings
from services.compliance.change_of_law import decide_anew, fall_short, what_if
from services.compliance.check import check_decider
from services.compliance.check_state import Check
from services.compliance.difference import differences
from services.compliance.history import decision_as_of, keep_decisions
from services.compliance.law import Law
from services.compliance.roll_out import RollOut
from tests.compliance.hires import FEW, HIRE, NOW, check, profile, stated
from tests.compliance.test_check import after, announced, answered, settle_law, tell
from tests.compliance.test_decisions import COMPLETE

NL = (files("services.compliance") / "packs" / "NL.yaml").read_text()
DUTCH = stated(COMPLETE, probation="P2M", telework=False)
OpenPool = Callable[[str], AbstractAsyncContextManager[Pool]]


def changed_law(old: str, new: str, text: str = NL, code: str = "NL") -> Law:
    assert old in text
    return FEW.changed(code, text.replace(old, new).encode())


def dutch(**terms: Any) -> Check:
    return settle_law(after(announced(profile("NL", **stated(DUTCH, **terms)))))


SHORTER = changed_law("max: P2M", "max: P1M")


def test_who_would_newly_fall_short_is_shown_with_the_finding() -> None:
    [affected] = fall_short(FEW, SHORTER, [dutch()])
    assert (affected.before, affected.after) == (Verdict.CLEAR, Verdict.BLOCKED)
    [worse] = affected.findings
    assert (worse.rule, worse.before, worse.after) == ("probation", "met", "not_met")
    assert "the law allows 1 month" in worse.says


def test_who_stands_as_before_is_not_shown() -> None:
    assert list(fall_short(FEW, SHORTER, [dutch(probation="P1M")])) == []
    assert list(fall_short(FEW, SHORTER, [dutch(probation="P1Y")])) == []


def test_a_pack_that_cannot_be_read_is_told_by_line() -> None:
    with pytest.raises(InvalidLaw, match=r"packs/NL\.yaml:\d+: .*max: must be an ISO 8601"):
        changed_law("max: P2M", "max: P2X")


def test_a_case_that_no_rule_reads_is_told() -> None:
    with pytest.raises(InvalidLaw, match=r"probation\.yaml does not read the case 'any term'"):
        changed_law("when: 2 years or more or open-ended", "when: any term")


def test_a_change_of_law_is_why_two_decisions_differ() -> None:
    hire = profile("NL", **DUTCH)
    told = differences(check(hire, law=FEW), check(hire, law=SHORTER))
    assert "The verdict was clear, and is blocked." in told
    assert "probation: was met, and is not_met." in told
    assert any("probation, the law: max" in line for line in told)
    assert differences(check(hire, law=FEW), check(hire, law=FEW)) == ()


def test_a_changed_term_is_why_two_decisions_differ() -> None:
    before, after_ = (
        check(profile("NL", **stated(DUTCH, probation=p)), law=FEW) for p in ("P2M", "P1Y")
    )
    assert "probation: terms.probation was 2 months, and is 1 year." in differences(before, after_)


@pytest.fixture
async def pool(service_pool: OpenPool) -> AsyncGenerator[Pool]:
    async with service_pool("compliance") as opened:
        yield opened


async def keep(pool: Pool, *checks: Check) -> None:
    for number, each in enumerate(checks):
        await pool.execute(
            """
            insert into entity (decider, key, version, sequence, state, changed_at)
            values ('check', $1, 1, 1, $2, now())
            """,
            str(UUID(int=number)),
            each.model_dump_json(),
        )


async def test_what_if_holds_every_hire_of_the_place_against_the_change(pool: Pool) -> None:
    german = settle_law(after(announced(profile("DE", **COMPLETE))))
    left = dutch().evolve(left=True)
    await keep(pool, dutch(), dutch(probation="P1M"), german, left)
    found = await what_if(pool, FEW, SHORTER, "NL")
    assert (found.hires, len(found.affected)) == (2, 1)
    assert found.before != found.after


async def test_at_the_start_whoever_was_decided_by_other_law_is_woken_once(pool: Pool) -> None:
    ended = (dutch().evolve(left=True), dutch().evolve(cancelled=True))
    belgian = after(announced(profile("BE", **COMPLETE)))
    await keep(pool, dutch(), *ended, belgian)
    assert await decide_anew(pool, FEW, NOW) == 0
    assert await decide_anew(pool, SHORTER, NOW) == 1
    assert await decide_anew(pool, SHORTER, NOW) == 0
    [row] = await pool.fetch("select decider, key, type, slot, body from timer")
    assert (row["decider"], row["key"], row["type"]) == ("check", str(UUID(int=0)), "LawChanged")
    rules = check_decider(SHORTER).rules
    timer = rules["LawChanged"].message.model_validate_json(row["body"])
    [event] = rules["LawChanged"].decide(dutch(), timer, NOW).emit
    assert isinstance(event, CheckDecided)
    assert event.verdict is Verdict.BLOCKED


@pytest.mark.parametrize(
    ("passed", "woken"),
    [
        pytest.param(59, 0, id="within a minute"),
        pytest.param(60, 1, id="a minute later"),
        pytest.param(3599, 1, id="while the roll-out may last"),
        pytest.param(3600, 0, id="an hour later, when none lasts"),
    ],
)
async def test_whom_a_process_of_the_old_law_decided_is_woken_again(
    pool: Pool, tmp_path: Path, passed: float, woken: int
) -> None:
    await keep(pool, dutch())
    seconds = 1000.0
    settings = Settings(kafka="127.0.0.1:1", postgres="-", keys="-", secrets=tmp_path)
    tools = Tools(settings, pool, Vault(pool, bytes(32)), Clock.real())
    roll_out = RollOut(SHORTER, lambda: seconds)
    await roll_out.begin(tools)
    await pool.execute("delete from timer")  # taken, and decided by the law as it was

    seconds += passed
    await roll_out.go_on(tools)

    assert await pool.fetchval("select count(*) from timer") == woken


async def test_a_decision_is_read_as_it_was_known_then(pool: Pool) -> None:
    first = after(announced(profile("NL", **stated(DUTCH, probation=None)))).decided
    state = after(announced(profile("NL", **stated(DUTCH, probation=None))))
    second = tell(state, answered("terms.probation", "P2M")).emit[0]
    assert first is not None
    assert isinstance(second, CheckDecided)
    later = NOW + timedelta(days=1)
    batch = [Received("1", NOW, first), Received("2", later, second)]
    async with pool.acquire() as conn:
        await keep_decisions.project(conn, batch)
        await keep_decisions.project(conn, batch)  # told again
    then = await decision_as_of(pool, HIRE, later - timedelta(seconds=1))
    now = await decision_as_of(pool, HIRE, later)
    assert then is not None
    assert now is not None
    assert (then.decision, then.decided_at) == (first, NOW)
    assert now.decision == second
    assert await decision_as_of(pool, HIRE, NOW - timedelta(seconds=1)) is None


def test_the_same_inputs_and_law_give_the_same_decision_years_later() -> None:
    check_, year = dutch(), datetime(2036, 1, 1, tzinfo=UTC)
    begin = check_decider(FEW).rules["hire.announced.v1"].decide
    again = begin(None, announced(profile("NL", **DUTCH)), year).state
    assert again is not None
    assert again.decided == check_.decided
    assert check_.decided is not None
    assert check_.decided.effective_on == date(2026, 12, 1)
