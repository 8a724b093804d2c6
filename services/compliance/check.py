"""The decider of checks: it keeps what is known of a hire, and decides anew when that changes."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from libs.common.contracts.compliance import CheckDecided, Question
from libs.common.contracts.onboarding import (
    HireAnnounced,
    HireCancelled,
    HireChanged,
    QuestionAnswered,
)
from libs.common.contracts.values import HireId, Profile, Terms
from libs.common.decider import Decider, Decision
from services.compliance.answers import AnswerRefused, Confirmation, read_answer
from services.compliance.decisions import check_hire
from services.compliance.law import Law


class Check(BaseModel):
    """What is known of one hire, and what was last decided on it.

    `reported` is the profile as onboarding tells it, `profile` the same with the terms that people
    answered. `confirmations` are lawyers' answers by question; a question names what it is about,
    so an answer outlives a change of the hire only where it still fits. `refusals` say of answers
    that could not be read how to write them, by question. `answers` counts all that were heard,
    whatever came of them: onboarding counts those it gave, and so tells a question that is asked
    again from one whose answer is on its way.
    """

    model_config = ConfigDict(frozen=True)

    hire_id: HireId
    reported: Profile
    profile: Profile
    confirmations: Mapping[str, bool] = {}
    refusals: Mapping[str, str] = {}
    answers: int = 0
    cancelled: bool = False
    version: int = 0
    decided: CheckDecided | None = None

    @property
    def open_questions(self) -> frozenset[str]:
        """The questions that wait for an answer."""
        return frozenset(q.id for q in self.decided.questions) if self.decided else frozenset()


def check_decider(law: Law) -> Decider[Check]:
    """Decide hires under this law: whenever announced, and again whenever an input changes.

    A decision that says the same as the last one is not told again, but to one who begins anew and
    waits for it, and to one whose answer was refused; each that is has the next version. A
    cancelled hire is not decided until it is announced or changed anew.
    """
    decider = Decider("check", Check)

    def report(
        state: Check | None, hire: HireAnnounced | HireChanged, _now: datetime
    ) -> Decision[Check]:
        begins = isinstance(hire, HireAnnounced)
        return _decide(law, _reported(state, hire.hire_id, hire.profile), tell_again=begins)

    def hear(state: Check | None, answer: QuestionAnswered, _now: datetime) -> Decision[Check]:
        if state is None:  # nobody asks before a hire is known
            return Decision(state)
        heard = state.model_copy(update={"answers": state.answers + 1})
        return Decision(heard) if heard.cancelled else _hear(law, heard, answer)

    decider.on(HireAnnounced)(report)
    decider.on(HireChanged)(report)
    decider.on(QuestionAnswered)(hear)
    decider.on(HireCancelled)(_cancel)
    return decider


def _cancel(state: Check | None, _hire: HireCancelled, _now: datetime) -> Decision[Check]:
    if state is None or state.cancelled:
        return Decision(state)
    return Decision(_cancelled(state))


def _cancelled(state: Check) -> Check:
    """Forget what was decided and answered of the terms, but not how many decisions there were."""
    return Check(
        hire_id=state.hire_id,
        reported=state.reported,
        profile=state.reported,
        confirmations=state.confirmations,
        answers=state.answers,
        cancelled=True,
        version=state.version,
    )


def _reported(state: Check | None, hire_id: HireId, profile: Profile) -> Check:
    if state is None:
        return Check(hire_id=hire_id, reported=profile, profile=profile)
    known = _with_answers(state, profile)
    return state.model_copy(update={"reported": profile, "profile": known, "cancelled": False})


def _with_answers(state: Check, profile: Profile) -> Profile:
    """Keep the terms that people answered, until the HR system tells something newer.

    Another jurisdiction means another contract: what was answered of the old one is forgotten.
    """
    if profile.jurisdiction != state.profile.jurisdiction:
        return profile
    before, known, told = dict(state.reported.terms), dict(state.profile.terms), dict(profile.terms)
    kept = {
        term: known[term]
        for term in told
        if known[term] != before[term] and told[term] in (None, before[term])
    }
    return profile.model_copy(update={"terms": Terms.model_validate({**told, **kept})})


def _hear(law: Law, state: Check, message: QuestionAnswered) -> Decision[Check]:
    """Take an answer in; one that cannot be read asks again, and says how to write it."""
    answer = read_answer(message.question, message.answer, state.profile)
    others = {q: why for q, why in state.refusals.items() if q != message.question}
    match answer:
        case Profile():
            known = {"profile": answer, "refusals": others}
            return _decide(law, state.model_copy(update=known))
        case Confirmation(question=question, holds=holds):
            if question not in state.open_questions | state.confirmations.keys():
                return Decision(state)
            known = {"confirmations": {**state.confirmations, question: holds}, "refusals": others}
            return _decide(law, state.model_copy(update=known))
        case AnswerRefused(question=question, hint=hint):
            if question not in state.open_questions:
                return Decision(state)
            refused = state.model_copy(update={"refusals": {**others, question: hint}})
            return _decide(law, refused, tell_again=True)


def _decide(law: Law, state: Check, *, tell_again: bool = False) -> Decision[Check]:
    """Decide with what is known now, and tell it where it differs from what was told last."""
    version = state.version + 1
    decided = check_hire(law, state.profile, state.confirmations, state.hire_id, version)
    asked = tuple(_with_hint(question, state.refusals) for question in decided.questions)
    decided = decided.model_copy(update={"questions": asked, "answers": state.answers})
    if not tell_again and _same(decided, state.decided):
        return Decision(state)
    told = state.model_copy(update={"version": version, "decided": decided})
    return Decision(told, emit=(decided,))


def _with_hint(question: Question, refusals: Mapping[str, str]) -> Question:
    hint = refusals.get(question.id)
    return question.model_copy(update={"ask": f"{hint} {question.ask}"}) if hint else question


def _same(decided: CheckDecided, before: CheckDecided | None) -> bool:
    """Whether two decisions say the same, whatever their version and the answers it took."""
    if before is None:
        return False
    numbers = {"version": decided.version, "answers": decided.answers}
    return decided == before.model_copy(update=numbers)
