"""What compliance tells the others: one decision for each hire, and each time it changes."""

from datetime import date
from enum import StrEnum

from libs.common.contracts.values import HireId, Jurisdiction, Owner, Value
from libs.common.message import Event

HIRE = "0b8f6c1e-5d0a-5e43-9a51-2f6f0c0a7b11"


class Outcome(StrEnum):
    """What a rule found; `unknown` is never taken for `met`."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    """What a decision says: go on, ask somebody, or stop."""

    CLEAR = "clear"
    NEEDS = "needs"
    BLOCKED = "blocked"


class Finding(Value):
    """What one rule found, and all that a lawyer needs to follow it to the law.

    `held_from` and `held_to` are the dates between which the fact is the law, as far as
    researched up to `as_of`; `law_says` is what the rule read of it, `inputs` what it read of the
    hire. `confirmed` is a lawyer's answer to whether the fact holds, None where nobody was asked.
    `remedy` says what would resolve it, and `owner` whose turn it is.
    """

    rule: str
    outcome: Outcome
    says: str
    fact: str
    law: str
    held_from: date | None
    held_to: date | None
    inputs: dict[str, str]
    remedy: str | None = None
    owner: Owner | None = None
    law_says: dict[str, str] = {}
    as_of: date | None = None
    confidence: str | None = None
    verified: bool | None = None
    confirmed: bool | None = None


class Question(Value):
    """Something only a person can tell; `id` is what the answer must name.

    `ask` is one short question; `detail` is what the answer has to weigh, where there is more.
    """

    id: str
    rule: str
    ask: str
    owner: Owner
    answer_format: str
    detail: str = ""


class CheckDecided(Event, name="check.decided.v1", subject="hire_id"):
    """The law of the hire's jurisdiction was held against its terms.

    The same inputs and pack version give the same decision, for any day. `answers` counts the
    answers of people that had been heard: one given later may be on its way.
    """

    hire_id: HireId
    version: int
    verdict: Verdict
    jurisdiction: Jurisdiction
    pack_version: str
    effective_on: date
    findings: tuple[Finding, ...]
    questions: tuple[Question, ...] = ()
    answers: int = 0

    example = {
        "hire_id": HIRE,
        "version": 1,
        "verdict": "needs",
        "jurisdiction": "PT",
        "pack_version": "PT@5d41402a",
        "effective_on": "2026-12-01",
        "findings": [
            {
                "rule": "probation",
                "outcome": "unknown",
                "says": "How long the probation is was not stated.",
                "fact": "contract.probation_max",
                "law": "Codigo do Trabalho art. 112",
                "held_from": None,
                "held_to": None,
                "inputs": {"terms.position": "technical"},
                "remedy": "State the probation, or P0D for none.",
                "owner": "hr",
            }
        ],
        "questions": [
            {
                "id": "terms.probation",
                "rule": "probation",
                "ask": "How long is the probation?",
                "owner": "hr",
                "answer_format": "an ISO 8601 duration such as P90D or P6M",
            }
        ],
    }
