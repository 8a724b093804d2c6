"""A company that hires for some months: its HR system, its people, and the line between them."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from libs.common.message import Command, Effect
from services.compliance.check import LawAnswerTold, check_decider
from services.compliance.check_state import Check
from services.compliance.law import Law
from services.compliance.law_question import AnswerLaw, LawQuestion, law_question
from services.notify.correspondence import correspondence
from services.notify.digest import digests
from services.notify.directory import Directory
from services.notify.messages import SendDigest, SendMail
from services.onboarding.commands import ApproveTask, CompleteTask, RejectTask, RetryAccess
from services.onboarding.identity.messages import EnsureIdentity, RevokeIdentity
from services.onboarding.journey import journey
from services.onboarding.model import Journey, Task
from services.onboarding.templates import DoneBy
from services.onboarding.vpn.messages import EnsurePeer, RevokePeer
from tests.simulation.desk import Desk
from tests.simulation.history import History, News, history, truth
from tests.simulation.line import Envelope, Line, Perform
from tests.simulation.outside import Guards, Mail
from tests.simulation.watch import Watch

BEGINS: Final = datetime(2026, 9, 7, 6, tzinfo=UTC)
"""Before Europe's clocks fall back, Lord Howe's go forward and America's fall back."""
HIRING: Final = timedelta(days=100)
LOOKS_EVERY: Final = timedelta(hours=7)


def simulated_line(law: Law, seed: int, now: datetime = BEGINS) -> tuple[Line, Guards]:
    """The three services that carry a hire, and the world around them."""
    chance = random.Random(seed)  # noqa: S311  # a run must be repeatable
    guards, mail = Guards(chance), Mail()
    desks = (
        Desk("onboarding", [journey]),
        Desk("compliance", [check_decider(law), law_question]),
        Desk("notify", [correspondence(Directory()), digests(Directory())]),
    )
    adapters: dict[type[Effect], Perform] = {
        EnsurePeer: guards.ensure,
        RevokePeer: guards.revoke,
        EnsureIdentity: guards.ensure,
        RevokeIdentity: guards.revoke,
        SendMail: mail.send,
        SendDigest: mail.send_digest,
    }
    return Line({desk.name: desk for desk in desks}, adapters, now, chance), guards


@dataclass(slots=True)
class Company:
    """Some hires, whose news arrive late, twice and in any order, and people who are careless."""

    line: Line
    guards: Guards
    watch: Watch
    histories: list[History] = field(default_factory=list[History])
    diligence: float = 1.0

    @classmethod
    def founded(cls, law: Law, seed: int) -> "Company":
        line, guards = simulated_line(law, seed)
        guards.faults = line.chance.choice((0.0, 0.1, 0.5))
        diligence = line.chance.choice((0.03, 0.1, 0.5))
        return cls(line, guards, Watch(line, guards), diligence=diligence)

    def live(self, hires: int) -> None:
        """Hire for some months, then let everybody do what is still asked of them."""
        ends = BEGINS + HIRING
        for number in range(hires):
            told = history(self.line.chance, number, BEGINS, ends)
            self.histories.append(told)
            if self.line.chance.random() < 0.3:
                self.guards.out_of_order.add(told.hire_id)
            for news in told.news:
                self._send(news)
        self._live_until(ends + timedelta(days=5))
        self.diligence = 1.0
        self._live_until(ends + timedelta(days=60))

    def _send(self, news: News) -> None:
        """Mostly at once; sometimes days later, when other news have overtaken it, or twice."""
        chance, at = self.line.chance, news.reported_at or BEGINS
        for _ in range(chance.choice((1, 1, 1, 2))):
            days = chance.choice((0, 0, 0, chance.uniform(0, 4)))
            arrives = at + timedelta(days=days, seconds=chance.expovariate(1 / 20))
            self.line.at(arrives, partial(self._tell, str(news.hire_id), news))

    def _tell(self, key: str, command: Command) -> None:
        self.line.tell("onboarding", key, command)

    def _live_until(self, then: datetime) -> None:
        while self.line.now < then:
            self.line.run_until(self.line.now + LOOKS_EVERY)
            for told in self.histories:
                key = str(told.hire_id)
                if not self.line.under_way[key]:
                    self.watch.check_at_rest(key)
                if (known := self.watch.journey(key)) is not None:
                    self._work(key, known)
            self._confirm_law()

    def _confirm_law(self) -> None:
        """What legal does: it answers for the law, once for all hires, and mostly for a year."""
        chance, desk = self.line.chance, self.line.desks["compliance"]
        for decider, matter in tuple(desk.entities):
            question = desk.state(decider, matter)
            asked = isinstance(question, LawQuestion) and question.is_open
            if asked and chance.random() < self.diligence:
                days = chance.choice((1, 40, 365)) if self.diligence < 1 else 365
                until = self.line.now.date() + timedelta(days=days)
                answer = AnswerLaw(holds=True, by="legal-1", until=until)
                self.line.tell("compliance", matter, answer)
                self._tell_answer(desk, decider, matter)

    def _tell_answer(self, desk: Desk, decider: str, matter: str) -> None:
        """What the projection `law_doubts` does: whoever hangs on the matter is woken."""
        told = LawAnswerTold(slot=matter, confirmation=desk.state(decider, matter).answer)
        for name, hire in tuple(desk.entities):
            check = desk.state(name, hire)
            if isinstance(check, Check) and matter in check.doubted:
                after = timedelta(seconds=self.line.chance.expovariate(1 / 30))
                self.line.soon(hire, partial(self._wake, name, hire, told), after=after)

    def _wake(self, decider: str, hire: str, told: LawAnswerTold) -> None:
        self.line.tell("compliance", hire, told, Envelope("timer", decider=decider))

    def _work(self, key: str, known: Journey) -> None:
        """What people do for one hire: tasks, answers, and mending what made an adapter give up."""
        chance = self.line.chance
        for task in known.open_tasks:
            if task.plan.done_by is DoneBy.PERSON and chance.random() < self.diligence:
                self._tell(key, self._deed(task))
        troubled = {each.resource for each in known.access if each.trouble}
        if troubled and chance.random() < self.diligence:
            self.guards.out_of_order.discard(known.hire_id)
            for resource in sorted(troubled):
                self._tell(key, RetryAccess(resource=resource))

    def _deed(self, task: Task) -> Command:
        """Mostly what is asked; a careless approver sends things back."""
        task_id, good = task.plan.task_id, self.line.chance.random() <= max(self.diligence, 0.8)
        if task.is_submitted:
            return ApproveTask(task_id=task_id) if good else RejectTask(task_id=task_id, reason="?")
        return CompleteTask(task_id=task_id, answer=self._answer(task), evidence="report 7")

    def _answer(self, task: Task) -> str:
        """The truth about a term, yes to a lawyer's question; by a careless person, nonsense."""
        if self.line.chance.random() > max(self.diligence, 0.8):
            return self.line.chance.choice(("3 months", "no", "maybe", "P1Y"))
        return truth(task.plan.question)
