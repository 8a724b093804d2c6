"""Hires to check, and the lawyers who answer for the law."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from libs.common.contracts.compliance import CheckDecided, Finding, LawConfirmation
from libs.common.contracts.values import Profile, Terms
from services.compliance.decisions import check_hire
from services.compliance.heard import Heard
from services.compliance.law import Law, load_law

LAW = load_law()
FEW = replace(
    LAW,
    rules=tuple(
        rule
        for rule in LAW.rules
        if rule.id
        in {
            "annual-leave",
            "contractor-status",
            "probation",
            "telework-agreement",
            "written-contract",
        }
    ),
)
"""The law of the house with a few rules only, for what holds whatever the rules are."""
HIRE = UUID("0b8f6c1e-5d0a-5e43-9a51-2f6f0c0a7b11")
WORKER = f"sealed.v1.{HIRE}.c2VhbGVk"
START = date(2026, 12, 1)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def profile(
    jurisdiction: str = "PT",
    starts_on: date = START,
    engagement: str = "employee",
    **terms: Any,
) -> Profile:
    return Profile.model_validate(
        {
            "jurisdiction": jurisdiction,
            "timezone": "UTC",
            "role": "ML engineer",
            "engagement": engagement,
            "starts_on": starts_on,
            "worker": WORKER,
            "terms": Terms.model_validate(terms),
        }
    )


def stated(terms: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Terms with some of them other."""
    return {**terms, **changes}


def check(
    hire: Profile, confirmations: Mapping[str, bool] | None = None, law: Law = LAW
) -> CheckDecided:
    """The decision, given lawyers' answers to questions on this hire and to matters of law."""
    return check_hire(law, hire, heard(confirmations or {}), HIRE, version=1)


def heard(answers: Mapping[str, bool]) -> Heard:
    """Answers by the id of a question on the hire (`law.…`, `rule.…`), or of a matter of law."""
    on_hire = {name: said for name, said in answers.items() if name.startswith(("law.", "rule."))}
    on_law = {name: confirmed(holds=answers[name]) for name in answers.keys() - on_hire.keys()}
    return Heard(on_hire, on_law)


def confirmed(
    *, holds: bool = True, until: date = date(2099, 12, 31), at: datetime = NOW
) -> LawConfirmation:
    """What legal says of a fact of law."""
    return LawConfirmation(holds=holds, by="legal-1", answered_at=at, until=until)


def law_confirmed(hire: Profile, *, holds: bool = True) -> dict[str, bool]:
    """A lawyer's answer to everything that is in doubt about the law of this hire."""
    decision = check(hire)
    asked = [doubt.matter for doubt in decision.awaits]
    asked += [q.id for q in decision.questions if q.id.startswith("law.")]
    return dict.fromkeys(asked, holds)


def finding(decision: CheckDecided, rule: str) -> Finding:
    [found] = [found for found in decision.findings if found.rule == rule]
    return found


def outcome(rule: str, hire: Profile) -> str:
    """What a rule finds once legal has confirmed the law it reads."""
    return finding(check(hire, law_confirmed(hire)), rule).outcome


def asked(decision: CheckDecided) -> set[str]:
    """What is asked: terms by name, law and judgements without the mark of what they are about."""
    law = {f"law.{doubt.fact}" for doubt in decision.awaits}
    return law | {question.id.partition("@")[0] for question in decision.questions}
