"""The decider of questions of law: a fact in doubt is asked of legal once, for all who wait.

One state for each matter: a place, a fact, and its very text. A hire whose decision hangs on it is
told where it stands, at once and whenever legal answers; the answer holds for later hires as well,
until its last day. Another text of the fact is another matter, asked anew.

Many may wait, so they are told some at a time. Whoever was told once keeps a place: a newer answer
that takes an older one back must reach those who go by it. Who is over, or works elsewhere, goes by
it no more, and loses the place.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from pydantic import Field

from libs.common.contracts.compliance import (
    LawAnswered,
    LawAnswerRefused,
    LawConfirmation,
    LawDoubtDropped,
    LawDoubted,
    LawInDoubt,
    LawQuestioned,
    LawStandingTold,
)
from libs.common.contracts.console import LawAnswerRequested
from libs.common.contracts.values import HireId, Instant, Jurisdiction, Value
from libs.common.decider import Decider, Decision, Refused, SetTimer
from libs.common.message import Command, Timer

CONFIRMED_FOR: Final = timedelta(days=365)
"""How long an answer speaks for starts to come where legal names no day."""
PAGE: Final = 200
"""How many hires one decision tells an answer; the next ones follow at once."""


class AnswerLaw(Command):
    """Legal says whether a fact of law holds as the pack has it, for starts up to a day.

    `by` is an id of the person within the company, never a name or an address.
    """

    holds: bool
    by: str = Field(pattern=r"^[A-Za-z0-9._-]{1,40}$")
    until: date | None = None
    evidence: str = Field(default="", max_length=500)


class TellNext(Timer):
    """More hires are to be told what legal said."""


class LawQuestion(Value):
    """A question of law, who waits for it, and what legal said.

    `needed_on` is the latest start that hangs on it. `past` are answers that newer ones replaced.
    `reached` is how many of the hires, from the first on, were told the answer since it was given.
    """

    jurisdiction: Jurisdiction
    doubt: LawInDoubt
    asked_at: Instant
    needed_on: date
    hires: tuple[HireId, ...] = ()
    answer: LawConfirmation | None = None
    past: tuple[LawConfirmation, ...] = ()
    reached: int = 0

    @property
    def is_open(self) -> bool:
        """Whether somebody waits for what legal has not said yet."""
        return self.answer is None or self.answer.until < self.needed_on

    def told(self, hires: Iterable[HireId]) -> tuple[LawStandingTold, ...]:
        """Where it stands, for each of these hires."""
        matter, said = self.doubt.matter, self.answer
        return tuple(
            LawStandingTold(matter=matter, hire_id=hire, confirmation=said) for hire in hires
        )

    def asked(self) -> LawQuestioned:
        """The question to legal."""
        doubt = self.doubt
        return LawQuestioned(
            matter=doubt.matter,
            jurisdiction=self.jurisdiction,
            fact=doubt.fact,
            ask=doubt.ask,
            detail=doubt.detail,
            owner=doubt.owner,
            needed_on=self.needed_on,
            asked_at=self.asked_at,
        )


law_question = Decider("law_question", LawQuestion)


@law_question.on(LawDoubted, key=lambda event: event.doubt.matter)
def wait_for(state: LawQuestion | None, event: LawDoubted, now: datetime) -> Decision[LawQuestion]:
    """Let a hire wait; ask legal if nobody waited yet, or for a day its answer does not reach."""
    if state is None:
        asked = LawQuestion(
            jurisdiction=event.jurisdiction,
            doubt=event.doubt,
            asked_at=now,
            needed_on=event.needed_on,
            hires=(event.hire_id,),
        )
        return Decision(asked, emit=(asked.asked(), *asked.told([event.hire_id])))
    after = state.model_copy(
        update={
            "hires": tuple(dict.fromkeys((*state.hires, event.hire_id))),
            "needed_on": max(state.needed_on, event.needed_on),
        }
    )
    told = after.told([event.hire_id])
    if after.is_open and not state.is_open:
        after = after.model_copy(update={"asked_at": now})
        return Decision(after, emit=(after.asked(), *told))
    return Decision(state if after == state else after, emit=told)


@law_question.on(LawDoubtDropped, key=lambda event: event.matter)
def let_go(
    state: LawQuestion | None, event: LawDoubtDropped, _now: datetime
) -> Decision[LawQuestion]:
    """Tell a hire no more of it; those who were not told the answer yet keep their turn."""
    if state is None or event.hire_id not in state.hires:
        return Decision(state)
    place = state.hires.index(event.hire_id)
    left = (*state.hires[:place], *state.hires[place + 1 :])
    reached = state.reached - 1 if place < state.reached else state.reached
    return Decision(state.model_copy(update={"hires": left, "reached": reached}))


@law_question.on(AnswerLaw)
def answer(state: LawQuestion | None, command: AnswerLaw, now: datetime) -> Decision[LawQuestion]:
    """Take legal's answer in, and tell it to all who wait; a newer one replaces it.

    Refused where nobody asked, or where it would speak for no start that is to come.
    """
    if state is None:
        raise Refused("nobody has asked this; see GET /law/questions")
    until = command.until or now.date() + CONFIRMED_FOR
    if until < now.date():
        raise Refused(f"{until} is over; name a day from {now.date()} on")
    said = LawConfirmation(
        holds=command.holds,
        by=command.by,
        answered_at=now,
        until=until,
        evidence=command.evidence,
    )
    past = (*state.past, state.answer) if state.answer else state.past
    after = state.model_copy(update={"answer": said, "past": past, "reached": 0})
    answered = LawAnswered(matter=state.doubt.matter, confirmation=said)
    page = _tell_page(after, now)
    return Decision(page.state, emit=(answered, *page.emit), timers=page.timers)


def _tell_page(state: LawQuestion, now: datetime) -> Decision[LawQuestion]:
    """Tell the hires that come next, and the others after them."""
    reached = min(state.reached + PAGE, len(state.hires))
    told = state.told(state.hires[state.reached : reached])
    more = (SetTimer(now, TellNext()),) if reached < len(state.hires) else ()
    return Decision(state.model_copy(update={"reached": reached}), emit=told, timers=more)


@law_question.on(TellNext)
def tell_next(state: LawQuestion | None, _timer: TellNext, now: datetime) -> Decision[LawQuestion]:
    """Go on telling: by the answer as it is now, from where the telling of it has come to."""
    return Decision(state) if state is None else _tell_page(state, now)


@law_question.on(LawAnswerRequested)
def answer_on_request(
    state: LawQuestion | None, asked: LawAnswerRequested, now: datetime
) -> Decision[LawQuestion]:
    """Take an answer in that was given in the console; a refusal is told as an event."""
    by, request_id = str(asked.asked.account), asked.asked.request_id
    try:
        return answer(state, AnswerLaw(holds=asked.holds, by=by, evidence=asked.evidence), now)
    except Refused as refusal:
        why = str(refusal)
        refused = LawAnswerRefused(matter=asked.matter, request_id=request_id, why=why)
        return Decision(state, emit=(refused,))
