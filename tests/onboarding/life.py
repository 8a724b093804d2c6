"""One hire and the decider of its journey: messages in, and what the kernel would make of them."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from libs.common.contracts.compliance import CheckDecided, Finding, Outcome, Question, Verdict
from libs.common.contracts.onboarding import HireStatus
from libs.common.contracts.values import Engagement, Owner, Profile
from libs.common.decider import Decision, SetTimer
from libs.common.message import Effect, EffectFailed, Event, Message
from services.onboarding.commands import (
    CompleteTask,
    ReportCancel,
    ReportHire,
    ReportLeaving,
    ReportStay,
    RetryAccess,
)
from services.onboarding.journey import journey
from services.onboarding.model import Journey, Task
from services.onboarding.plan import task_id
from services.onboarding.vpn.messages import EnsurePeer, PeerGone, PeerReady, RevokePeer

E = TypeVar("E", bound=Event)

HIRE = UUID("0b8f6c1e-5d0a-5e43-9a51-2f6f0c0a7b11")
MONDAY = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
"""A working day of Lisbon, Berlin and San Francisco; 09:30 in Lisbon."""
START = date(2026, 11, 26)
"""A Thursday; a laptop is due on the Tuesday before."""


def profile(**changes: Any) -> Profile:
    known: dict[str, Any] = {
        "jurisdiction": "PT",
        "timezone": "Europe/Lisbon",
        "role": "ML engineer",
        "engagement": Engagement.EMPLOYEE,
        "starts_on": START,
        "worker": f"sealed.v1.{HIRE}.d29ya2Vy",
    }
    return Profile.model_validate({**known, **changes})


def reported(of: Profile | None = None, at: datetime | None = None, **changes: Any) -> ReportHire:
    told = of or profile(**changes)
    return ReportHire(hire_id=HIRE, source="hris", profile=told, reported_at=at)


def cancelled(at: datetime | None = None) -> ReportCancel:
    return ReportCancel(hire_id=HIRE, reported_at=at)


def leaving(last_day: date, at: datetime | None = None) -> ReportLeaving:
    return ReportLeaving(hire_id=HIRE, last_day=last_day, reported_at=at)


def staying(at: datetime | None = None) -> ReportStay:
    return ReportStay(hire_id=HIRE, reported_at=at)


def question(id_: str = "terms.probation", ask: str = "How long is the probation?") -> Question:
    return Question(id=id_, rule="probation", ask=ask, owner=Owner.HR, answer_format="a duration")


def not_met(rule: str = "probation", owner: Owner = Owner.HR) -> Finding:
    return Finding(
        rule=rule,
        outcome=Outcome.NOT_MET,
        says="P12M is too long.",
        fact="contract.probation_max",
        law="art. 112",
        held_from=None,
        held_to=None,
        inputs={},
        remedy="Shorten it.",
        owner=owner,
    )


def peer_ready(period: int = 1) -> PeerReady:
    return PeerReady(hire_id=HIRE, period=period, address="10.86.0.2", public_key="key")


def peer_gone(period: int = 1) -> PeerGone:
    return PeerGone(hire_id=HIRE, period=period)


def gave_up(effect: type[EnsurePeer | RevokePeer], period: int = 1) -> EffectFailed:
    body = effect(hire_id=HIRE, period=period).model_dump_json()
    return EffectFailed(effect=effect.type, reason="no answer", body=body)


@dataclass(slots=True)
class Life:
    """A hire whose every message is decided at once; timers fire as time is lived."""

    now: datetime = MONDAY
    state: Journey | None = None
    log: list[tuple[datetime, Event]] = field(default_factory=list[tuple[datetime, Event]])
    timers: dict[tuple[str, str], SetTimer] = field(default_factory=dict[tuple[str, str], SetTimer])
    effects: list[Effect] = field(default_factory=list[Effect])
    version: int = 0

    def take(self, *messages: Message) -> "Life":
        for message in messages:
            self._apply(self.decide(message))
        return self

    def decide(self, message: Message) -> Decision[Journey]:
        return journey.rules[message.type].decide(self.state, message, self.now)

    def check(
        self,
        verdict: Verdict,
        *questions: Question,
        findings: tuple[Finding, ...] = (),
        answers: int | None = None,
        **other: Any,
    ) -> "Life":
        """Compliance decides on what is known, having heard every answer unless said otherwise."""
        self.version += 1
        known = self.journey.profile
        decided = CheckDecided(
            hire_id=HIRE,
            version=self.version,
            verdict=verdict,
            jurisdiction=known.jurisdiction,
            pack_version="test",
            effective_on=known.starts_on,
            findings=findings,
            questions=questions,
            answers=self.journey.answers if answers is None else answers,
        )
        return self.take(decided.evolve(**other))

    def clear(self) -> "Life":
        return self.check(Verdict.CLEAR)

    def ask(self, *questions: Question, answers: int | None = None) -> "Life":
        return self.check(Verdict.NEEDS, *(questions or (question(),)), answers=answers)

    def block(self, *findings: Finding) -> "Life":
        return self.check(Verdict.BLOCKED, findings=findings or (not_met(),))

    def do(self, key: str, answer: str | None = None, evidence: str | None = None) -> "Life":
        task_id = self.task(key).plan.task_id
        return self.take(CompleteTask(task_id=task_id, answer=answer, evidence=evidence))

    def retry(self) -> "Life":
        return self.take(RetryAccess(resource="vpn"))

    def provisioned(self) -> "Life":
        """Cleared, with a peer and a laptop: ready, or at work where the first day has come."""
        return self.clear().take(peer_ready(self.journey.period)).do("device")

    def wait_until(self, then: datetime) -> "Life":
        while due := [each for each in self.timers.values() if each.due <= then]:
            first = min(due, key=lambda each: each.due)
            self.now = max(self.now, first.due)
            del self.timers[first.timer.type, first.timer.slot]
            self.take(first.timer)
        self.now = then
        return self

    def wait(self, **duration: float) -> "Life":
        return self.wait_until(self.now + timedelta(**duration))

    @property
    def journey(self) -> Journey:
        assert self.state is not None
        return self.state

    @property
    def status(self) -> HireStatus:
        return self.journey.status

    @property
    def events(self) -> list[Event]:
        return [event for _, event in self.log]

    def told(self, event: type[E]) -> list[E]:
        return [each for each in self.events if isinstance(each, event)]

    def days_of(self, event: type[Event]) -> list[date]:
        """The days on which something was told, in UTC."""
        return [at.date() for at, each in self.log if isinstance(each, event)]

    def task(self, key: str, period: int | None = None) -> Task:
        period = self.journey.period if period is None else period
        task = self.journey.task(task_id(HIRE, key, period))
        assert task is not None, f"there is no task {key} of period {period}"
        return task

    @property
    def open(self) -> set[str]:
        return {task.plan.key for task in self.journey.open_tasks}

    def due(self, timer: str, key: str | None = None) -> datetime | None:
        slot = str(self.task(key).plan.task_id) if key else ""
        found = self.timers.get((timer, slot))
        return found and found.due

    def _apply(self, decision: Decision[Journey]) -> None:
        if decision.state is not None:
            self.state = Journey.model_validate_json(decision.state.model_dump_json())
            assert self.state == decision.state, "a state must survive being stored"
        self.log += [(self.now, event) for event in decision.emit]
        self.effects += decision.effects
        for change in decision.timers:
            if isinstance(change, SetTimer):
                self.timers[change.timer.type, change.timer.slot] = change
            else:
                self.timers.pop((change.timer.type, change.slot), None)


def begun(**changes: Any) -> Life:
    """A hire that was reported on a Monday morning."""
    return Life().take(reported(**changes))


def at_work() -> Life:
    """A hire on the morning of the first day, with all that it takes."""
    return begun().provisioned().wait_until(datetime(2026, 11, 26, 12, tzinfo=UTC))
