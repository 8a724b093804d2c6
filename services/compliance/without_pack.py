"""A country whose law is in no pack: a lawyer checks the hire by hand, for exactly these terms."""

from collections.abc import Mapping

from libs.common.contracts.compliance import Finding, Outcome, Question
from libs.common.contracts.values import Owner, Profile
from services.compliance.matter import YES_OR_NO, Judged, mark

RULE = "law-pack"
"""The rule that such a finding names: there has to be a pack."""


def judge_without_pack(profile: Profile, confirmations: Mapping[str, bool]) -> Judged:
    """Unknown until a lawyer answers for this hire; any change of its terms asks anew."""
    asked = _ask(profile)
    answer = confirmations.get(asked.id)
    if answer is None:
        return Judged(_finding(profile, asked, Outcome.UNKNOWN), (asked,))
    found = _finding(profile, asked, Outcome.MET if answer else Outcome.NOT_MET)
    says = f"Legal answered {'yes' if answer else 'no'} to: {asked.ask}"
    return Judged(found.model_copy(update={"says": says, "confirmed": answer}))


def _ask(profile: Profile) -> Question:
    code = profile.jurisdiction
    about = mark(profile.model_dump_json(exclude={"worker", "manager", "timezone"}))
    return Question(
        id=f"law.pack@{code}.{about}",
        rule=RULE,
        ask=f"Has the law of {code} been checked by hand, and is it met? Answer yes or no.",
        owner=Owner.LEGAL,
        answer_format=YES_OR_NO,
        detail=f"There is no law pack for {code}, so no rule can be held against this hire.",
    )


def _finding(profile: Profile, asked: Question, outcome: Outcome) -> Finding:
    code, met = profile.jurisdiction, outcome is Outcome.MET
    return Finding(
        rule=RULE,
        outcome=outcome,
        says=f"There is no law pack for {code}, so nothing about its law is known.",
        fact="pack",
        law="not in the packs",
        held_from=None,
        held_to=None,
        inputs={"hire.jurisdiction": code, "hire.starts_on": profile.starts_on.isoformat()},
        remedy=None if met else f"Answer {asked.id}, or add packs/{code}.yaml.",
        owner=None if met else Owner.LEGAL,
    )
