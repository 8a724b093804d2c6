"""What must hold of every hire: after each decision, and whenever nothing is under way for it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from libs.common.contracts.compliance import CheckDecided, Verdict
from libs.common.contracts.onboarding import (
    AccessGranted,
    AccessRevoked,
    HireBlocked,
    HireReady,
    HireStarted,
    HireStatus,
    HireStatusChanged,
    TaskAssigned,
    TaskDone,
    TaskDropped,
    TaskDueToday,
    TaskMoved,
    TaskOverdue,
)
from libs.common.contracts.values import Owner
from libs.common.fold import Folded
from libs.common.message import Event, Message
from services.onboarding.commands import (
    ApproveTask,
    CompleteTask,
    HandTask,
    RejectTask,
    RetryAccess,
    TaskDeadline,
    TaskReminder,
)
from services.onboarding.journey import journey as journey_decider
from services.onboarding.local_day import due_at, local_date, starts_at
from services.onboarding.model import Grant, Journey, TaskState
from services.onboarding.plan import Days, plan_tasks
from services.onboarding.posture import lacking
from services.onboarding.resources import RESOURCES, wish
from services.onboarding.standing import blocks, status_of
from services.onboarding.templates import DoneBy, task_templates
from services.onboarding.working_days import working_days
from tests.simulation.line import Line
from tests.simulation.outside import Guards

Ask = tuple[Owner, str]
"""Who was asked for a task, and in which words."""
ONCE: Final = (
    *(CompleteTask, ApproveTask, RejectTask, HandTask),
    *(RetryAccess, TaskReminder, TaskDeadline),
)
"""A task is closed once, and a timer fires once: the kernel removes it as it is decided."""
ENDED: Final = (HireStatus.CANCELLED, HireStatus.LEFT)


@dataclass(slots=True)
class Watch:
    """All that was told of hires so far, held against what may be told next."""

    line: Line
    guards: Guards
    told: Counter[str] = field(default_factory=Counter[str])
    _status: dict[UUID, HireStatus] = field(default_factory=dict[UUID, HireStatus])
    _hangs_on: dict[UUID, tuple[object, ...]] = field(
        default_factory=dict[UUID, tuple[object, ...]]
    )
    _open: dict[UUID, dict[UUID, Ask]] = field(default_factory=dict[UUID, dict[UUID, Ask]])

    def __post_init__(self) -> None:
        self.line.watchers.append(self.decided)

    def decided(self, decider: str, key: str, message: Message, folded: Folded) -> None:
        """After each decision on a journey: what it told, and where it stands."""
        journey = self.journey(key) if decider == "journey" else None
        if journey is None:
            return
        self._check_repeated(journey, message)
        self._check_cause(journey, message, folded)
        for each in folded.emitted:
            self.told[each.event.type] += 1
            self._check_event(each.event, journey)
        assert self._status[journey.hire_id] is journey.status is status_of(journey)
        open_ = {task.plan.task_id for task in journey.open_tasks}
        assert self._open.get(journey.hire_id, {}).keys() == open_
        keys = Counter((task.plan.key, task.period) for task in journey.tasks)
        assert all(count == 1 for count in keys.values()), "no task twice"
        self._check_block(journey)
        self._check_posture(journey)
        self._check_door(journey)
        self._check_order(journey)
        if journey.status in ENDED:
            assert not open_, "nothing is left to do for one who has ended"

    def _check_repeated(self, journey: Journey, message: Message) -> None:
        """What is told twice changes nothing, even past the kernel that drops the second."""
        if isinstance(message, ONCE):
            return
        again = journey_decider.rules[message.type].decide(journey, message, self.line.now)
        assert again.state == journey
        assert (again.emit, again.effects) == ((), ())

    def _check_cause(self, journey: Journey, message: Message, folded: Folded) -> None:
        """A task moves only with what it hangs on, and no decision on other facts is followed."""
        emitted = [each.event for each in folded.emitted]
        profile = journey.profile
        place = (profile.jurisdiction, profile.timezone)
        hangs_on = (*place, profile.starts_on, journey.last_day)
        if self._hangs_on.get(journey.hire_id) == hangs_on:
            assert not any(isinstance(each, TaskMoved) for each in emitted)
        self._hangs_on[journey.hire_id] = hangs_on
        if isinstance(message, CheckDecided) and emitted:
            assert (message.jurisdiction, message.effective_on) == (place[0], profile.starts_on)

    def journey(self, key: str) -> Journey | None:
        return self.line.desks["onboarding"].state("journey", key)

    def _check_event(self, event: Event, after: Journey) -> None:
        self._check_task(event, self._open.setdefault(after.hire_id, {}))
        match event:
            case HireStatusChanged():
                self._check_status(event)
            case HireBlocked():
                assert event.reasons
                if after.status in ENDED:
                    assert all(each.startswith("Revoke") for each in event.reasons)
            case HireReady():
                self._check_ready(after)
            case HireStarted():
                assert event.started_at >= starts_at(
                    after.profile.starts_on, after.profile.timezone
                )
            case AccessGranted():
                assert after.status not in ENDED, "nobody who has ended is given access"
                assert self.guards.is_open(after.hire_id, event.resource)
            case AccessRevoked():
                assert not self.guards.is_open(after.hire_id, event.resource)
            case _:
                pass

    def _check_task(self, event: Event, open_: dict[UUID, Ask]) -> None:
        match event:
            case TaskAssigned():
                ask = (event.owner, event.title)
                assert open_.get(event.task_id) != ask, "nobody is asked twice for the same"
                open_[event.task_id] = ask
            case TaskMoved():
                assert event.task_id in open_
            case TaskDueToday() | TaskOverdue():
                assert open_[event.task_id] == (event.owner, event.title)
            case TaskDone():
                del open_[event.task_id]
            case TaskDropped():  # or done by an adapter, and taken back
                open_.pop(event.task_id, None)
            case _:
                pass

    def _check_status(self, event: HireStatusChanged) -> None:
        before = self._status.get(event.hire_id)
        assert event.before is before
        assert event.status is not before
        if before is None or before in ENDED:
            assert event.status is HireStatus.ANNOUNCED, "every period begins the same way"
        self._status[event.hire_id] = event.status

    def _check_ready(self, journey: Journey) -> None:
        """All of the plan that is needed to work is done, whoever planned it when."""
        assert journey.ruling is not None
        assert journey.ruling.verdict is Verdict.CLEAR
        assert journey.provisioning_on is not None
        calendar = working_days(journey.profile.jurisdiction)
        today = local_date(self.line.now, journey.profile.timezone)
        days = Days(journey.provisioning_on, today, journey.last_day)
        assert journey.risk is not None
        place = (calendar, days, journey.risk.controls)
        for plan in plan_tasks(
            journey.hire_id, journey.period, journey.profile, task_templates(), *place
        ):
            task = journey.task(plan.task_id)
            assert task is not None
            assert task.state is TaskState.DONE or not plan.needed_to_work

    def _check_block(self, journey: Journey) -> None:
        """Whoever is blocked has an owner and a reason, and both were told."""
        found, told = blocks(journey), journey.block
        assert (told and (told.owner, told.reasons)) == found
        assert found is None or all(found[1])
        if journey.status is HireStatus.BLOCKED:
            assert found is not None

    def _check_posture(self, journey: Journey) -> None:
        """While a device is not as its tier demands, no access is held or asked for."""
        if journey.lacking:
            assert not any(each.held for each in journey.access)
            assert journey.ending is not None or journey.status is HireStatus.BLOCKED

    def _check_order(self, journey: Journey) -> None:
        """Nobody is asked for what cannot begin yet, and everybody for what can."""
        mine = [task for task in journey.tasks if task.period == journey.period]
        unfinished = {task.plan.key for task in mine if task.is_unfinished}
        for task in journey.tasks:
            if task.state is TaskState.WAITING:
                assert journey.ending is None
                assert not unfinished.isdisjoint(task.plan.depends_on)

    def _check_door(self, journey: Journey) -> None:
        """Whoever has access to anything is known to, or to be about to lose it."""
        for resource in RESOURCES:
            period = self.guards.open_in.get((resource, journey.hire_id))
            if period is not None:
                access = journey.access_to(resource, period)
                assert access is not None
                assert access.grant is not Grant.REVOKED

    def check_at_rest(self, key: str) -> None:
        """While nothing is under way for a hire: nobody is stuck, and access is as it should be."""
        journey = self.journey(key)
        if journey is None:
            return
        assert not self.line.under_way[key]
        if journey.ending is not None:
            troubled = journey.block is not None
            assert troubled or not self.guards.is_open(journey.hire_id), "no access after the end"
        else:
            self._check_device(journey)
            self._check_somebody_goes_on(journey)
            self._check_deadlines(journey)
            self._check_dates(journey)

    def _check_device(self, journey: Journey) -> None:
        """What was told of the device is so, and access is closed where it does not do."""
        assert journey.lacking == lacking(journey.posture, journey.risk, self.line.now)
        troubled = any(each.trouble for each in journey.access)
        assert troubled or not journey.lacking or not self.guards.is_open(journey.hire_id)

    def _check_somebody_goes_on(self, journey: Journey) -> None:
        people = any(
            task.plan.done_by is DoneBy.PERSON and task.plan.needed_to_work
            for task in journey.open_tasks
        )
        match journey.status:
            case HireStatus.ANNOUNCED:
                raise AssertionError("compliance has not decided, and nothing is under way")
            case HireStatus.CHECKING | HireStatus.CHANGING | HireStatus.PROVISIONING:
                legal = journey.ruling is not None and journey.ruling.awaits
                assert people or legal, f"{journey.status}, and it is nobody's turn"
            case HireStatus.READY:
                assert self._due(journey, "FirstDay") == starts_at(
                    journey.profile.starts_on, journey.profile.timezone
                )
            case HireStatus.ACTIVE | HireStatus.LEAVING:
                for resource in RESOURCES:
                    place = (resource, journey.hire_id)
                    assert place in self.guards.open_in, "who works can use all that is needed"
                    assert self.guards.wishes[place] == wish(journey, resource)
            case _:
                assert journey.block is not None

    def _check_deadlines(self, journey: Journey) -> None:
        """Every open task is called late one day, by the wall clock of the place."""
        for task in journey.open_tasks:
            due = self._due(journey, "TaskDeadline", str(task.plan.task_id))
            assert task.timezone == journey.profile.timezone
            if task.overdue == 0:
                assert due == due_at(task.plan.due_on, task.timezone)
            else:
                assert (due is None) is (task.overdue == task.plan.late_calls)

    def _check_dates(self, journey: Journey) -> None:
        zone, last_day = journey.profile.timezone, journey.last_day
        expected = None if last_day is None else due_at(last_day, zone)
        assert self._due(journey, "LastDayOver") == expected
        begins = starts_at(journey.profile.starts_on, zone)
        if journey.started_at is None and begins > self.line.now:
            assert self._due(journey, "FirstDay") == begins

    def _due(self, journey: Journey, type_: str, slot: str = "") -> datetime | None:
        timers = self.line.desks["onboarding"].timers
        timer = timers.get(("journey", str(journey.hire_id), type_, slot))
        return timer and timer.due
