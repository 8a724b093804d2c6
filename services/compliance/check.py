"""The decider of checks: it keeps what is known of a hire, and decides anew when that changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from libs.common.contracts.compliance import (
    CheckDecided,
    LawConfirmation,
    LawDoubtDropped,
    LawDoubted,
    LawInDoubt,
    LawStandingTold,
    Question,
    WaiverRefused,
)
from libs.common.contracts.console import WaiverRequested
from libs.common.contracts.onboarding import (
    HireAnnounced,
    HireCancelled,
    HireChanged,
    HireLeft,
    QuestionAnswered,
)
from libs.common.contracts.values import Profile
from libs.common.decider import CancelTimer, Decider, Decision, Refused
from libs.common.message import Timer
from services.compliance.answers import AnswerRefused, Confirmation, read_answer
from services.compliance.check_state import Check, as_cancelled, as_left, as_reported
from services.compliance.decisions import check_hire
from services.compliance.law import Law
from services.compliance.waiving import (
    WaiveFinding,
    WaiverLapses,
    WithdrawWaiver,
    as_command,
    grant,
    lapse,
)

State: TypeAlias = Check | None
Outcome: TypeAlias = Decision[Check]


class LawChanged(Timer):
    """The packs or rules are others than those that the hire was decided by."""


class LawAnswerTold(Timer):
    """Legal has answered for a fact of law that the hire hangs on; `slot` is the matter."""

    confirmation: LawConfirmation


def check_decider(law: Law) -> Decider[Check]:
    """Decide hires under this law: whenever announced, and again whenever an input changes.

    A decision that says the same as the last one is not told again, but to one who begins anew and
    waits for it, and to one whose answer was refused; each that is has the next version. A
    cancelled hire is not decided until it is announced or changed anew, and one who has left not
    until it is announced.
    """
    decider, rules = Decider("check", Check, one_trace=True), CheckRules(law)
    decider.on(HireAnnounced)(rules.begin)
    decider.on(HireChanged)(rules.change)
    decider.on(QuestionAnswered)(rules.hear)
    decider.on(LawStandingTold, key=lambda told: str(told.hire_id))(rules.learn)
    decider.on(LawAnswerTold)(rules.learn_answer)
    decider.on(WaiveFinding)(rules.waive)
    decider.on(WaiverRequested)(rules.waive_on_request)
    decider.on(WithdrawWaiver)(rules.withdraw)
    decider.on(WaiverLapses)(rules.let_lapse)
    decider.on(LawChanged)(rules.read_law)
    decider.on(HireCancelled)(_cancel)
    decider.on(HireLeft)(_leave)
    return decider


@dataclass(frozen=True, slots=True)
class CheckRules:
    """One rule for each message about a hire, under one law."""

    law: Law

    def begin(self, state: State, hire: HireAnnounced, _now: datetime) -> Outcome:
        """Decide on somebody who begins, or begins anew: they wait for it, whatever it says."""
        known = as_reported(state, hire.hire_id, hire.profile).evolve(left=False)
        return _dropping(state, _decide(self.law, known, tell_again=True))

    def change(self, state: State, hire: HireChanged, _now: datetime) -> Outcome:
        """Decide anew on what is other now."""
        known = as_reported(state, hire.hire_id, hire.profile)
        return _dropping(state, Decision(known) if known.left else _decide(self.law, known))

    def hear(self, state: State, answer: QuestionAnswered, _now: datetime) -> Outcome:
        """Take the answer of a person in."""
        if state is None:  # nobody asks before a hire is known
            return Decision(state)
        heard = state.evolve(answers=state.answers + 1)
        return Decision(heard) if heard.ended else _hear(self.law, heard, answer)

    def learn(self, state: State, told: LawStandingTold, _now: datetime) -> Outcome:
        """Learn where a fact of law stands, as long as somebody goes by it."""
        return self._learn(state, told.matter, told.confirmation)

    def learn_answer(self, state: State, told: LawAnswerTold, _now: datetime) -> Outcome:
        """Learn what legal has said of it meanwhile."""
        return self._learn(state, told.slot, told.confirmation)

    def _learn(self, state: State, matter: str, said: LawConfirmation | None) -> Outcome:
        if state is None or state.ended or state.knows(matter, said):
            return Decision(state)
        known = state.evolve(standings={**state.standings, matter: said})
        if known.doubted.keys() - known.standings.keys():
            return Decision(known)  # where the others stand is on its way
        return _decide(self.law, known)

    def waive(self, state: State, asked: WaiveFinding, now: datetime) -> Outcome:
        """Let the hire go on in spite of a finding, until the waiver's last day is over."""
        if state is None or state.ended:
            raise Refused("there is no such hire to decide on")
        waiver = grant(state.decided, asked, now)
        others = tuple(each for each in state.waivers if each.rule != waiver.rule)
        decision = _decide(self.law, state.evolve(waivers=(*others, waiver)))
        timer = lapse(waiver, state.profile.timezone)
        return Decision(decision.state, decision.emit, timers=(timer,))

    def waive_on_request(self, state: State, asked: WaiverRequested, now: datetime) -> Outcome:
        """Waive what somebody asked for in the console; a refusal is told as an event."""
        try:
            return self.waive(state, as_command(asked), now)
        except Refused as refusal:
            request_id, why = asked.asked.request_id, str(refusal)
            said = WaiverRefused(hire_id=asked.hire_id, request_id=request_id, why=why)
            return Decision(state, emit=(said,))

    def withdraw(self, state: State, asked: WithdrawWaiver, _now: datetime) -> Outcome:
        """Let a finding stand in the way again."""
        if state is None or asked.rule not in {waiver.rule for waiver in state.waivers}:
            raise Refused(f"no waiver of {asked.rule!r} is in force for this hire")
        decision = self._without_waiver(state, asked.rule)
        timer = CancelTimer(WaiverLapses, asked.rule)
        return Decision(decision.state, decision.emit, timers=(timer,))

    def let_lapse(self, state: State, timer: WaiverLapses, _now: datetime) -> Outcome:
        """The last day of a waiver is over."""
        return Decision(state) if state is None else self._without_waiver(state, timer.slot)

    def read_law(self, state: State, _timer: LawChanged, _now: datetime) -> Outcome:
        """Decide anew by the law as it is now."""
        return Decision(state) if state is None or state.ended else _decide(self.law, state)

    def _without_waiver(self, state: Check, rule: str) -> Outcome:
        kept = tuple(waiver for waiver in state.waivers if waiver.rule != rule)
        after = state.evolve(waivers=kept)
        return Decision(after) if after.ended else _decide(self.law, after)


def _cancel(state: State, _hire: HireCancelled, _now: datetime) -> Outcome:
    if state is None or state.cancelled:
        return Decision(state)
    timers = tuple(CancelTimer(WaiverLapses, waiver.rule) for waiver in state.waivers)
    return _dropping(state, Decision(as_cancelled(state), timers=timers))


def _leave(state: State, _hire: HireLeft, _now: datetime) -> Outcome:
    if state is None or state.left:
        return Decision(state)
    return _dropping(state, Decision(as_left(state)))


def _dropping(before: State, decision: Outcome) -> Outcome:
    """With the facts of law told that nothing of this hire hangs on any more."""
    if before is None:
        return decision
    known = decision.state.doubted if decision.state else before.doubted
    dropped = tuple(
        LawDoubtDropped(hire_id=before.hire_id, matter=matter)
        for matter in before.doubted
        if matter not in known
    )
    return Decision(decision.state, (*dropped, *decision.emit), decision.timers)


def _hear(law: Law, state: Check, message: QuestionAnswered) -> Outcome:
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


def _decide(law: Law, state: Check, *, tell_again: bool = False) -> Outcome:
    """Decide anew; the decision is told once it is known where each fact in doubt stands."""
    owed = state.owed or tell_again
    decided = check_hire(law, state.profile, state.heard, state.hire_id, state.version + 1)
    news = [doubt for doubt in decided.awaits if _is_news(state, doubt)]
    day = state.profile.starts_on
    asked = {**state.doubted, **{doubt.matter: day for doubt in news}}
    doubted = tuple(
        LawDoubted(
            hire_id=state.hire_id,
            jurisdiction=state.profile.jurisdiction,
            needed_on=day,
            doubt=doubt,
        )
        for doubt in news
    )
    waiting = state.evolve(doubted=asked, owed=owed) if news or owed else state
    if any(doubt.matter not in state.standings for doubt in decided.awaits):
        return Decision(waiting, emit=doubted)
    decided = decided.model_copy(
        update={
            "questions": tuple(_with_hint(q, state.refusals) for q in decided.questions),
            "answers": state.answers,
        }
    )
    if not owed and _same(decided, state.decided):
        return Decision(waiting, emit=doubted)
    told = waiting.evolve(version=decided.version, decided=decided, owed=False)
    return Decision(told, emit=(decided, *doubted))


def _is_news(state: Check, doubt: LawInDoubt) -> bool:
    """Whether legal has not been asked about it for a start as late as this one."""
    asked = state.doubted.get(doubt.matter)
    return asked is None or asked < state.profile.starts_on


def _with_hint(question: Question, refusals: Mapping[str, str]) -> Question:
    hint = refusals.get(question.id)
    return question.model_copy(update={"ask": f"{hint} {question.ask}"}) if hint else question


def _same(decided: CheckDecided, before: CheckDecided | None) -> bool:
    """Whether two decisions say the same, whatever their version and the answers it took."""
    if before is None:
        return False
    numbers = {"version": decided.version, "answers": decided.answers}
    return decided == before.model_copy(update=numbers)
