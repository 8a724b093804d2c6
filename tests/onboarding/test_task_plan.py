"""Which tasks a hire needs, and when each is due."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common import ids
from libs.common.contracts.compliance import Question
from libs.common.contracts.onboarding import TaskKind
from libs.common.contracts.values import Engagement, Owner, Profile
from services.onboarding.plan import Days, PlannedTask, due_on, plan_question, plan_tasks
from services.onboarding.risk import assess, policy_on
from services.onboarding.risk_policies import risk_policies
from services.onboarding.templates import (
    AfterProvisioning,
    AppliesTo,
    BeforeStart,
    DoneBy,
    TaskTemplate,
    task_templates,
)
from services.onboarding.working_days import working_days

HIRE = UUID("0b8f6c1e-5d0a-5e43-9a51-2f6f0c0a7b11")
JURISDICTIONS = ["PT", "DE", "US-CA", "AE", "JP", "CA-ON", "GB-NIR", "IN", "BR"]
ANY_JURISDICTION = st.sampled_from(JURISDICTIONS)
ANY_DAY = st.dates(date(2024, 1, 1), date(2030, 12, 31))
ANY_DUE = st.builds(BeforeStart, working_days_before_start=st.integers(0, 15)) | st.builds(
    AfterProvisioning, working_days_after_provisioning=st.integers(0, 15)
)
EARLY = date(2026, 11, 2)


def profile(
    starts_on: date = date(2026, 12, 1),
    jurisdiction: str = "PT",
    role: str = "ML engineer",
    engagement: Engagement = Engagement.EMPLOYEE,
) -> Profile:
    return Profile(
        jurisdiction=jurisdiction,
        timezone="Europe/Lisbon",
        role=role,
        engagement=engagement,
        starts_on=starts_on,
        worker=f"sealed.v1.{HIRE}.c2VhbGVk",
    )


def planned(
    of: Profile,
    *,
    period: int = 1,
    today: date = EARLY,
    provisioning_on: date = EARLY,
    last_day: date | None = None,
) -> dict[str, PlannedTask]:
    calendar = working_days(of.jurisdiction)
    days = Days(provisioning_on, today, last_day)
    controls = assess(of, policy_on(today, risk_policies())).controls
    return {
        one.key: one
        for one in plan_tasks(HIRE, period, of, task_templates(), calendar, days, controls)
    }


EVERYBODY = {"device", "identity", "introduction", "security-training", "vpn"}
CAREFUL = {"device-posture", "monitoring-notice"}


@pytest.mark.parametrize(
    ("engagement", "tasks"),
    [
        pytest.param(Engagement.EMPLOYEE, EVERYBODY | CAREFUL | {"payroll"}, id="an employee"),
        pytest.param(Engagement.EOR, EVERYBODY | CAREFUL | {"payroll"}, id="through an EOR"),
        pytest.param(
            Engagement.CONTRACTOR, EVERYBODY | CAREFUL | {"contractor-agreement"}, id="a contractor"
        ),
    ],
)
def test_the_engagement_decides_on_the_paperwork(engagement: Engagement, tasks: set[str]) -> None:
    assert planned(profile(engagement=engagement)).keys() == tasks


def test_adapters_do_what_is_access_and_people_the_rest() -> None:
    by_adapter = {key for key, one in planned(profile()).items() if one.done_by is DoneBy.ADAPTER}
    assert by_adapter == {"identity", "vpn"}


def test_the_start_waits_only_for_what_somebody_needs_to_work() -> None:
    needed = {key for key, one in planned(profile()).items() if one.needed_to_work}
    assert needed == {"device", "device-posture", "identity", "monitoring-notice", "vpn"}


@pytest.mark.parametrize(
    ("last_day", "due"),
    [
        pytest.param(None, {}, id="none of it before the last day is known"),
        pytest.param(
            date(2027, 3, 31),
            {"knowledge-handover": date(2027, 3, 30), "equipment-return": date(2027, 3, 31)},
            id="by the last day",
        ),
        pytest.param(
            date(2027, 3, 28),
            {"knowledge-handover": date(2027, 3, 25), "equipment-return": date(2027, 3, 25)},
            id="a Sunday after a holiday",
        ),
    ],
)
def test_whoever_leaves_hands_over_and_sends_back(
    last_day: date | None, due: dict[str, date]
) -> None:
    tasks = planned(profile(), last_day=last_day)
    leaving = {key: one.due_on for key, one in tasks.items() if one.kind is TaskKind.LEAVING}
    assert leaving == due


@pytest.mark.parametrize(
    ("jurisdiction", "starts_on", "due"),
    [
        pytest.param("PT", date(2026, 11, 26), date(2026, 11, 24), id="in the middle of a week"),
        pytest.param("PT", date(2026, 11, 30), date(2026, 11, 26), id="over a weekend"),
        pytest.param("PT", date(2026, 12, 9), date(2026, 12, 4), id="over a holiday on a Tuesday"),
        pytest.param("DE", date(2026, 12, 9), date(2026, 12, 7), id="no such holiday there"),
        pytest.param("PT", date(2026, 12, 8), date(2026, 12, 4), id="start on a holiday"),
        pytest.param("PT", date(2026, 11, 29), date(2026, 11, 26), id="start on a Sunday"),
        pytest.param("DE", date(2027, 1, 4), date(2026, 12, 30), id="over the turn of the year"),
        pytest.param("DE", date(2026, 12, 28), date(2026, 12, 23), id="over Christmas"),
        pytest.param("AE", date(2026, 11, 24), date(2026, 11, 20), id="Friday worked, not Sunday"),
        pytest.param("US-CA", date(2026, 4, 1), date(2026, 3, 27), id="a state's own holiday"),
        pytest.param("US-NY", date(2026, 4, 1), date(2026, 3, 30), id="not in the other state"),
    ],
)
def test_the_device_is_there_two_local_working_days_before_the_start(
    jurisdiction: str, starts_on: date, due: date
) -> None:
    of = profile(starts_on, jurisdiction)
    assert planned(of, today=date(2026, 1, 2))["device"].due_on == due


@pytest.mark.parametrize(
    ("starts_on", "today", "due"),
    [
        pytest.param(date(2026, 11, 26), date(2026, 11, 25), date(2026, 11, 25), id="tomorrow"),
        pytest.param(date(2026, 11, 26), date(2026, 11, 26), date(2026, 11, 26), id="today"),
        pytest.param(date(2026, 11, 30), date(2026, 11, 28), date(2026, 11, 30), id="on Saturday"),
        pytest.param(date(2026, 11, 20), date(2026, 11, 26), date(2026, 11, 26), id="in the past"),
        pytest.param(date(2026, 11, 29), date(2026, 11, 28), date(2026, 11, 30), id="no day left"),
    ],
)
def test_what_is_late_already_is_due_as_soon_as_possible(
    starts_on: date, today: date, due: date
) -> None:
    assert planned(profile(starts_on), today=today)["device"].due_on == due


@pytest.mark.parametrize(
    ("provisioning_on", "due"),
    [
        pytest.param(date(2026, 11, 24), date(2026, 11, 24), id="on a working day"),
        pytest.param(date(2026, 11, 28), date(2026, 11, 30), id="on a Saturday"),
    ],
)
def test_the_vpn_is_due_when_provisioning_begins(provisioning_on: date, due: date) -> None:
    late = provisioning_on + timedelta(days=20)
    for today in (provisioning_on, late):
        tasks = planned(profile(date(2027, 3, 1)), provisioning_on=provisioning_on, today=today)
        assert tasks["vpn"].due_on == due


@given(ANY_DUE, ANY_JURISDICTION, ANY_DAY, ANY_DAY, ANY_DAY)
def test_a_due_date_is_a_working_day_there(
    due: BeforeStart | AfterProvisioning,
    jurisdiction: str,
    starts_on: date,
    today: date,
    provisioning_on: date,
) -> None:
    calendar = working_days(jurisdiction)
    assert calendar.is_working_day(due_on(due, starts_on, calendar, Days(provisioning_on, today)))


@given(ANY_DUE, ANY_JURISDICTION, ANY_DAY, st.integers(0, 40))
def test_nothing_is_due_after_the_start_while_a_working_day_is_left(
    due: BeforeStart | AfterProvisioning, jurisdiction: str, today: date, ahead: int
) -> None:
    calendar = working_days(jurisdiction)
    starts_on = today + timedelta(days=ahead)
    soonest = calendar.shift(today, 0)
    day = due_on(due, starts_on, calendar, Days(today, today))
    assert day >= soonest
    assert day <= max(starts_on, soonest)


@given(ANY_JURISDICTION, ANY_DAY, ANY_DAY, ANY_DAY)
def test_a_moved_start_moves_dates_and_keeps_every_task(
    jurisdiction: str, first: date, second: date, today: date
) -> None:
    before = planned(profile(first, jurisdiction), today=today)
    moved = planned(profile(second, jurisdiction), today=today)
    assert {key: one.task_id for key, one in moved.items()} == {
        key: one.task_id for key, one in before.items()
    }
    assert planned(profile(first, jurisdiction), today=today) == before


@given(ANY_DAY, ANY_DAY, ANY_JURISDICTION)
def test_a_later_start_makes_no_task_due_earlier(
    one_day: date, other_day: date, jurisdiction: str
) -> None:
    first, second = sorted((one_day, other_day))
    sooner, later = (planned(profile(day, jurisdiction))["device"] for day in (first, second))
    assert sooner.due_on <= later.due_on


def test_a_change_of_country_keeps_the_tasks_and_takes_its_calendar() -> None:
    pt = planned(profile(date(2026, 12, 9), "PT"))["device"]
    de = planned(profile(date(2026, 12, 9), "DE"))["device"]
    assert pt.task_id == de.task_id
    assert (pt.due_on, de.due_on) == (date(2026, 12, 4), date(2026, 12, 7))


def test_a_hire_taken_up_again_has_tasks_of_its_own() -> None:
    first = {one.task_id for one in planned(profile(), period=1).values()}
    again = {one.task_id for one in planned(profile(), period=2).values()}
    assert first.isdisjoint(again)


def test_a_task_keeps_its_id_for_ever() -> None:
    assert planned(profile())["device"].task_id == ids.derived("task", HIRE, "device", 1)


QUESTION = Question(
    id="terms.probation",
    rule="probation",
    ask="How long is the probation?",
    owner=Owner.HR,
    answer_format="an ISO 8601 duration such as P90D",
)


@pytest.mark.parametrize(
    ("asked_on", "due"),
    [
        pytest.param(date(2026, 11, 24), date(2026, 11, 26), id="on a Tuesday"),
        pytest.param(date(2026, 11, 27), date(2026, 12, 2), id="over weekend and 1 December"),
        pytest.param(date(2026, 11, 28), date(2026, 12, 2), id="on a Saturday"),
    ],
)
def test_a_question_is_open_for_two_local_working_days(asked_on: date, due: date) -> None:
    task = plan_question(HIRE, 1, QUESTION, asked_on, working_days("PT"))
    assert task.due_on == due
    assert (task.kind, task.owner, task.question) == (
        TaskKind.QUESTION,
        Owner.HR,
        "terms.probation",
    )


def test_the_same_question_is_the_same_task() -> None:
    calendar = working_days("PT")
    early, late = (plan_question(HIRE, 1, QUESTION, day, calendar) for day in (EARLY, EARLY))
    assert early.task_id == late.task_id
    assert early.task_id not in {one.task_id for one in planned(profile()).values()}


@pytest.mark.parametrize(
    ("applies_to", "covered"),
    [
        pytest.param(AppliesTo(), True, id="everybody"),
        pytest.param(AppliesTo(jurisdictions=("US",)), True, id="the country of a state"),
        pytest.param(AppliesTo(jurisdictions=("US-CA",)), True, id="the state"),
        pytest.param(AppliesTo(jurisdictions=("US-NY", "PT")), False, id="other places"),
        pytest.param(AppliesTo(roles=("*ENGINEER*",)), True, id="part of a title in any case"),
        pytest.param(AppliesTo(roles=("engineer",)), False, id="a title that is not all of it"),
        pytest.param(AppliesTo(engagements=(Engagement.EMPLOYEE,)), True, id="engagement"),
        pytest.param(AppliesTo(engagements=(Engagement.EOR,)), False, id="another engagement"),
        pytest.param(
            AppliesTo(jurisdictions=("US",), engagements=(Engagement.EOR,)),
            False,
            id="all must fit",
        ),
    ],
)
def test_a_template_says_whom_it_is_for(applies_to: AppliesTo, covered: bool) -> None:  # noqa: FBT001
    template = TaskTemplate(
        key="badge",
        kind=TaskKind.DEVICE,
        title="Order a badge",
        why="The door asks for one.",
        owner=Owner.IT,
        due=BeforeStart(working_days_before_start=1),
        applies_to=applies_to,
    )
    of = profile(jurisdiction="US-CA")
    tasks = plan_tasks(HIRE, 1, of, [template], working_days("US-CA"), Days(EARLY, EARLY), ())
    assert bool(tasks) is covered
