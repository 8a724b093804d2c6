"""Hires to check, and the lawyers who answer for the law."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from libs.common.contracts.compliance import CheckDecided, Finding
from libs.common.contracts.values import Profile, Terms
from services.compliance.decisions import check_hire
from services.compliance.law import Law, load_law

LAW = load_law()
HIRE = UUID("0b8f6c1e-5d0a-5e43-9a51-2f6f0c0a7b11")
WORKER = f"sealed.v1.{HIRE}.c2VhbGVk"
START = date(2026, 12, 1)


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


def check(
    hire: Profile, confirmations: Mapping[str, bool] | None = None, law: Law = LAW
) -> CheckDecided:
    return check_hire(law, hire, confirmations or {}, HIRE, version=1)


def law_confirmed(hire: Profile, *, holds: bool = True) -> dict[str, bool]:
    """A lawyer's answer to every question on whether the law of the pack still holds."""
    return {q.id: holds for q in check(hire).questions if q.id.startswith("law.")}


def finding(decision: CheckDecided, rule: str) -> Finding:
    [found] = [found for found in decision.findings if found.rule == rule]
    return found


def outcome(rule: str, hire: Profile) -> str:
    """What a rule finds once legal has confirmed the law it reads."""
    return finding(check(hire, law_confirmed(hire)), rule).outcome


def asked(decision: CheckDecided) -> set[str]:
    """What is asked: terms by name, law and judgements without the mark of what they are about."""
    return {question.id.partition("@")[0] for question in decision.questions}
