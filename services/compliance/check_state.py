"""What is known of one hire, and what was last decided on it: the state of a check."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict

from libs.common.contracts.compliance import CheckDecided, LawConfirmation, Waiver
from libs.common.contracts.values import HireId, Profile, Terms
from services.compliance.heard import Heard


class Check(BaseModel):
    """What is known of one hire, and what was last decided on it.

    `reported` is the profile as onboarding tells it, `profile` the same with the terms that people
    answered. `confirmations` are lawyers' answers by question; a question names what it is about,
    so an answer outlives a change of the hire only where it still fits. `refusals` say of answers
    that could not be read how to write them, by question. `answers` counts all that were heard,
    whatever came of them: onboarding counts those it gave, and so tells a question that is asked
    again from one whose answer is on its way.

    `doubted` are the facts of law that legal was asked about, each with the latest start it was
    asked for; `standings` is where each of them stands, None while legal has not answered. A
    decision waits until it is known where each stands; `owed` says that it is to be told even if
    it says the same as the last one. `waivers` are in force. A hire that has `ended` is decided no
    more.
    """

    model_config = ConfigDict(frozen=True)

    hire_id: HireId
    reported: Profile
    profile: Profile
    confirmations: Mapping[str, bool] = {}
    refusals: Mapping[str, str] = {}
    answers: int = 0
    doubted: Mapping[str, date] = {}
    standings: Mapping[str, LawConfirmation | None] = {}
    waivers: tuple[Waiver, ...] = ()
    owed: bool = False
    cancelled: bool = False
    left: bool = False
    version: int = 0
    decided: CheckDecided | None = None

    @property
    def open_questions(self) -> frozenset[str]:
        """The questions that wait for an answer."""
        return frozenset(q.id for q in self.decided.questions) if self.decided else frozenset()

    @property
    def ended(self) -> bool:
        """Whether there is nobody to decide on any more."""
        return self.cancelled or self.left

    @property
    def heard(self) -> Heard:
        """What people have said that a decision rests on."""
        return Heard(self.confirmations, self.standings, self.waivers)

    def evolve(self, **changes: Any) -> "Check":
        """A copy with some fields changed."""
        return self.model_copy(update=changes)

    def knows(self, matter: str, said: LawConfirmation | None) -> bool:
        """Whether this is known already of a fact of law, or something newer.

        What the question said at first may come after the answer, which takes another way.
        """
        if matter not in self.standings:
            return False
        known = self.standings[matter]
        if known is None or said is None:
            return said is None
        return said == known or said.answered_at < known.answered_at


def as_cancelled(state: Check) -> Check:
    """Forget what was decided and answered of the terms, but not how many decisions there were.

    Where the law stands is asked anew of one who is taken up again.
    """
    return Check(
        hire_id=state.hire_id,
        reported=state.reported,
        profile=state.reported,
        confirmations=state.confirmations,
        answers=state.answers,
        cancelled=True,
        version=state.version,
    )


def as_left(state: Check) -> Check:
    """Keep what was decided last; where the law stands concerns nobody who has left."""
    return state.evolve(left=True, doubted={}, standings={})


def as_reported(state: Check | None, hire_id: HireId, profile: Profile) -> Check:
    """Take in what onboarding reports; another jurisdiction has another law."""
    if state is None:
        return Check(hire_id=hire_id, reported=profile, profile=profile)
    known = _with_answers(state, profile)
    after = state.evolve(reported=profile, profile=known, cancelled=False)
    if profile.jurisdiction == state.profile.jurisdiction:
        return after
    return after.evolve(doubted={}, standings={})


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
