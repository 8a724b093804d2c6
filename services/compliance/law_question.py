"""The decider of questions of law: a fact in doubt is asked of legal once, for all who wait.

One state for each matter: a place, a fact, and its very text. A hire whose decision comes to hang
on it is told at once where it stands. An answer holds for later hires as well, until its last day;
those who wait for it hear it by `law_doubts.py`. Another text of the fact is another matter, asked
anew.
"""

from datetime import date, datetime, timedelta
from typing import Final

from pydantic import Field

from libs.common.contracts.compliance import (
    LawAnswered,
    LawAnswerRefused,
    LawConfirmation,
    LawDoubted,
    LawInDoubt,
    LawQuestioned,
    LawStandingTold,
)
from libs.common.contracts.console import LawAnswerRequested
from libs.common.contracts.values import HireId, Instant, Jurisdiction, Value
from libs.common.decider import Decider, Decision, Refused
from libs.common.message import Command

CONFIRMED_FOR: Final = timedelta(days=365)
"""How long an answer speaks for starts to come where legal names no day."""


class AnswerLaw(Command):
    """Legal says whether a fact of law holds as the pack has it, for starts up to a day.

    `by` is an id of the person within the company, never a name or an address.
    """

    holds: bool
    by: str = Field(pattern=r"^[A-Za-z0-9._-]{1,40}$")
    until: date | None = None
    evidence: str = Field(default="", max_length=500)


class LawQuestion(Value):
    """A question of law, and what legal said.

    `needed_on` is the latest start that hangs on it. `past` are answers that newer ones replaced.
    """

    jurisdiction: Jurisdiction
    doubt: LawInDoubt
    asked_at: Instant
    needed_on: date
    answer: LawConfirmation | None = None
    past: tuple[LawConfirmation, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether somebody waits for what legal has not said yet."""
        return self.answer is None or self.answer.until < self.needed_on

    def told(self, hire_id: HireId) -> LawStandingTold:
        """Where it stands, for one hire."""
        matter = self.doubt.matter
        return LawStandingTold(matter=matter, hire_id=hire_id, confirmation=self.answer)

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
    """Tell a hire where it stands; ask legal if nobody did, or for a day no answer reaches."""
    if state is None:
        asked = LawQuestion(
            jurisdiction=event.jurisdiction,
            doubt=event.doubt,
            asked_at=now,
            needed_on=event.needed_on,
        )
        return Decision(asked, emit=(asked.asked(), asked.told(event.hire_id)))
    told = state.told(event.hire_id)
    if event.needed_on <= state.needed_on:
        return Decision(state, emit=(told,))
    after = state.model_copy(update={"needed_on": event.needed_on})
    if after.is_open and not state.is_open:
        after = after.model_copy(update={"asked_at": now})
        return Decision(after, emit=(after.asked(), told))
    return Decision(after, emit=(told,))


@law_question.on(AnswerLaw)
def answer(state: LawQuestion | None, command: AnswerLaw, now: datetime) -> Decision[LawQuestion]:
    """Take legal's answer in; a newer one replaces it.

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
    after = state.model_copy(update={"answer": said, "past": past})
    return Decision(after, emit=(LawAnswered(matter=state.doubt.matter, confirmation=said),))


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
