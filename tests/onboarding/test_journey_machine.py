"""Whatever happens to a hire, in any order: nothing twice, nobody stuck, and an end ends it all.

Journey, compliance and notify run together under a virtual clock, with latencies, repeats and
faults; `tests/simulation/watch.py` says what must hold after each decision and at rest.
"""

from datetime import date, datetime, timedelta
from typing import Any, Final

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from libs.common.contracts.onboarding import HireStatus
from libs.common.contracts.values import Engagement, Owner, Profile, Terms
from libs.common.inbound import Applied
from libs.common.message import Command
from services.compliance.law import load_law
from services.onboarding.commands import (
    ApproveTask,
    CompleteTask,
    HandTask,
    RejectTask,
    ReportCancel,
    ReportHire,
    ReportLeaving,
    ReportPosture,
    RetryAccess,
)
from services.onboarding.model import Journey, Task, TaskState
from services.onboarding.posture import OF_A_DEVICE
from services.onboarding.resources import RESOURCES
from services.onboarding.risk import Control
from services.onboarding.templates import DoneBy
from tests.onboarding.life import HIRE, profile
from tests.simulation.company import BEGINS, simulated_line
from tests.simulation.history import OTHERWISE, PLACES, STATED, truth
from tests.simulation.watch import Watch

LAW: Final = load_law()
KEY: Final = str(HIRE)
WAITS = st.sampled_from(
    [
        timedelta(seconds=20),
        timedelta(minutes=5),
        timedelta(hours=2),
        timedelta(hours=7),
        timedelta(days=2),
        timedelta(days=20),
    ]
)
AGES = st.sampled_from([timedelta()] * 3) | WAITS
"""How long ago it was so that what is reported now was true."""
SOMETIMES = st.integers(0, 2).map(lambda die: die == 0)
DAYS = st.integers(-20, 40).map(lambda days: BEGINS.date() + timedelta(days=days))
TERMS = st.just(STATED) | st.fixed_dictionaries(
    {},
    optional={
        name: st.sampled_from([value, OTHERWISE.get(name, value)]) for name, value in STATED.items()
    },
)
CHANGES: st.SearchStrategy[dict[str, Any]] = st.one_of(
    DAYS.map(lambda day: {"starts_on": day}),
    st.sampled_from(list(PLACES)).map(lambda at: {"jurisdiction": at, "timezone": PLACES[at]}),
    st.sampled_from(list(PLACES.values())).map(lambda zone: {"timezone": zone}),
    st.sampled_from(Engagement).map(lambda engagement: {"engagement": engagement}),
    TERMS.map(lambda terms: {"terms": Terms.model_validate(terms)}),
    st.just({"role": "Research lead"}),
    st.just({}),
)
DEVICES = st.sampled_from([OF_A_DEVICE, OF_A_DEVICE, OF_A_DEVICE[1:], ()])
ANSWERS = st.sampled_from(["yes", "yes", "yes", "no", "P30D", "2026-08-03", "general", "nonsense"])


class HireOnTheLine(RuleBasedStateMachine):
    """One hire; its HR system, its people and what guards access do as they like."""

    @initialize(
        seed=st.integers(0, 2**16),
        faults=st.sampled_from([0.0, 0.7, 1.0]),
        terms=TERMS,
        place=st.sampled_from(["NL", "NL", *PLACES]),
        starts_on=DAYS,
    )
    def begin(
        self, seed: int, faults: float, terms: dict[str, Any], place: str, starts_on: date
    ) -> None:
        self.line, self.guards = simulated_line(LAW, seed)
        self.guards.faults = faults
        self.watch = Watch(self.line, self.guards)
        self.profile = profile(
            jurisdiction=place, timezone=PLACES[place], starts_on=starts_on, terms=terms
        )
        self.report(timedelta(), {})
        self.wait(timedelta(minutes=5))

    @property
    def journey(self) -> Journey:
        found = self.watch.journey(KEY)
        assert found is not None
        return found

    def tell(self, command: Command) -> bool:
        return isinstance(self.line.tell("onboarding", KEY, command), Applied)

    def ago(self, age: timedelta) -> datetime:
        return self.line.now - age

    @rule(age=AGES, change=CHANGES)
    def report(self, age: timedelta, change: dict[str, Any]) -> None:
        self.profile = Profile.model_validate({**dict(self.profile), **change})
        reported_at = self.ago(age)
        self.tell(
            ReportHire(hire_id=HIRE, source="hris", profile=self.profile, reported_at=reported_at)
        )

    @rule(age=AGES, really=SOMETIMES)
    def cancel(self, age: timedelta, *, really: bool) -> None:
        if really:
            self.tell(ReportCancel(hire_id=HIRE, reported_at=self.ago(age)))

    @rule(
        pauses=st.lists(st.sampled_from([timedelta(seconds=20), timedelta(minutes=5)]), max_size=3)
    )
    def change_their_mind(self, pauses: list[timedelta]) -> None:
        """Off and on again, before all that follows from either is through."""
        for pause in pauses:
            self.tell(ReportCancel(hire_id=HIRE))
            self.report(timedelta(), {})
            self.wait(pause)

    @rule(age=AGES, last_day=DAYS, really=SOMETIMES)
    def leave(self, age: timedelta, last_day: date, *, really: bool) -> None:
        if really:
            self.tell(ReportLeaving(hire_id=HIRE, last_day=last_day, reported_at=self.ago(age)))

    @precondition(lambda self: bool(self.journey.tasks))
    @rule(data=st.data(), answer=ANSWERS, evidence=st.none() | st.just("report 7"))
    def complete(self, data: st.DataObject, answer: str, evidence: str | None) -> None:
        """Only what is open and a person's can be done; what has another state is refused."""
        task = data.draw(st.sampled_from(self.journey.tasks))
        command = CompleteTask(task_id=task.plan.task_id, answer=answer, evidence=evidence)
        shown = task.plan.evidence is None or evidence is not None
        assert self.tell(command) is (self.is_persons(task, TaskState.OPEN) and shown)

    @precondition(lambda self: bool(self.journey.tasks))
    @rule(data=st.data(), good=st.booleans())
    def judge(self, data: st.DataObject, *, good: bool) -> None:
        """Only what was submitted can be approved, or sent back."""
        task = data.draw(st.sampled_from(self.journey.tasks))
        task_id = task.plan.task_id
        command = (
            ApproveTask(task_id=task_id) if good else RejectTask(task_id=task_id, reason="unclear")
        )
        assert self.tell(command) is self.is_persons(task, TaskState.SUBMITTED)

    @precondition(lambda self: bool(self.journey.tasks))
    @rule(data=st.data(), to=st.sampled_from(Owner))
    def hand(self, data: st.DataObject, to: Owner) -> None:
        """What is open can be given to another role, but for its approver; a question never."""
        task = data.draw(st.sampled_from(self.journey.tasks))
        other = task.plan.question is None and to not in (task.owner, task.plan.approver)
        told = self.tell(HandTask(task_id=task.plan.task_id, to=to))
        assert told is (self.is_persons(task, TaskState.OPEN) and other)

    @staticmethod
    def is_persons(task: Task, state: TaskState) -> bool:
        return task.state is state and task.plan.done_by is DoneBy.PERSON

    @rule(rounds=st.integers(1, 3))
    def do_all_that_is_asked(self, rounds: int) -> None:
        """Now, and what follows from it some hours later."""
        for _ in range(rounds):
            for task in self.journey.open_tasks:
                self.do(task)
            self.wait(timedelta(hours=2))

    def do(self, task: Task) -> None:
        task_id = task.plan.task_id
        if task.is_submitted:
            self.tell(ApproveTask(task_id=task_id))
        elif task.plan.done_by is DoneBy.PERSON:
            answer = truth(task.plan.question)
            self.tell(CompleteTask(task_id=task_id, answer=answer, evidence="report 7"))

    @rule()
    def break_guards(self) -> None:
        self.guards.out_of_order.add(HIRE)

    @rule()
    def mend_guards(self) -> None:
        """Once it works again, trying again is all that it takes."""
        self.guards.out_of_order.discard(HIRE)
        self.guards.faults = 0.0
        self.rest()
        for resource in RESOURCES:
            if self.is_troubled(resource):
                self.retry(resource)
                self.rest()
        assert not any(each.trouble for each in self.journey.access)

    @rule(resource=st.sampled_from(RESOURCES))
    def retry(self, resource: str) -> None:
        troubled = self.is_troubled(resource)
        assert self.tell(RetryAccess(resource=resource)) is troubled

    def is_troubled(self, resource: str) -> bool:
        return any(each.trouble for each in self.journey.access if each.resource == resource)

    @rule(age=AGES, shown=DEVICES, lasts=st.none() | WAITS)
    def look_at_device(
        self, age: timedelta, shown: tuple[Control, ...], lasts: timedelta | None
    ) -> None:
        """The device manager reports; perhaps its word holds for some time only."""
        until = None if lasts is None else self.line.now + lasts
        told = ReportPosture(shown=shown, observed_at=self.ago(age), valid_until=until)
        assert self.tell(told)

    @rule(duration=WAITS)
    def wait(self, duration: timedelta) -> None:
        self.line.run_until(self.line.now + duration)
        if not self.line.under_way[KEY]:
            self.watch.check_at_rest(KEY)

    def rest(self) -> None:
        while self.line.under_way[KEY]:
            self.line.run_until(self.line.now + timedelta(minutes=1))
        self.watch.check_at_rest(KEY)

    def teardown(self) -> None:
        """Wherever the hire stands, cancelling it leaves nothing to do and nothing to use."""
        if not hasattr(self, "line"):
            return
        self.tell(ReportCancel(hire_id=HIRE))
        self.rest()
        self.mend_guards()
        assert self.journey.status in (HireStatus.CANCELLED, HireStatus.LEFT)
        assert self.journey.open_tasks == ()
        assert self.journey.block is None
        assert not self.guards.is_open(HIRE)
        assert self.line.desks["onboarding"].timers == {}


HireOnTheLine.TestCase.settings = settings(max_examples=80, stateful_step_count=30)
test_a_hire_on_the_line = HireOnTheLine.TestCase
