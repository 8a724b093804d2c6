"""What compliance tells the others: one decision for each hire, and each time it changes."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from libs.common.contracts.values import HireId, Instant, Jurisdiction, Owner, Value
from libs.common.message import Event

HIRE = "0b8f6c1e-5d0a-5e43-9a51-2f6f0c0a7b11"
MATTER = "PT.contract.written_particulars.0a2661c4"


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


class LawConfirmation(Value):
    """What legal said of a fact of law: once, for every hire that it is held against.

    `until` is the last day of starts that it speaks for; `by` is an id of the person within the
    company, never a name or an address. `evidence` says what was looked at.
    """

    holds: bool
    by: str
    answered_at: Instant
    until: date
    evidence: str = ""


class LawInDoubt(Value):
    """A fact of law that may not carry a check before legal has confirmed it.

    `matter` names the place, the fact and its very text: `PT.data.residency.0a2661c4`.
    """

    matter: str
    rule: str
    fact: str
    law: str
    ask: str
    detail: str = ""
    owner: Owner = Owner.LEGAL


class Waiver(Value):
    """Somebody with the right to do so lets a hire go on in spite of a finding, for a time.

    It is good for the finding whose `mark` it names, and for no other of the same rule; `until` is
    its last day, in the hire's time zone.
    """

    rule: str
    mark: str
    by: str
    role: Owner
    reason: str
    until: date
    given_at: Instant


class Finding(Value):
    """What one rule found, and all that a lawyer needs to follow it to the law.

    `held_from` and `held_to` are the dates between which the fact is the law, as far as
    researched up to `as_of`; `law_says` is what the rule read of it, `inputs` what it read of the
    hire. `confirmed` is a lawyer's answer to whether the fact holds, None where nobody was asked;
    `confirmation` says whose it was, and until when it holds. `mark` names exactly this finding,
    and `waiver` is in force for it. `remedy` says what would resolve it, and `owner` whose turn it
    is.
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
    confirmation: LawConfirmation | None = None
    mark: str = ""
    waiver: Waiver | None = None

    @property
    def stands_in_the_way(self) -> bool:
        """Whether the hire cannot go on for it: it is not met, and nobody has waived it."""
        return self.outcome is Outcome.NOT_MET and self.waiver is None


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
    answers of people that had been heard: one given later may be on its way. `awaits` are the facts
    of law that legal is asked about, once for all hires.
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
    awaits: tuple[LawInDoubt, ...] = ()

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


class LawDoubted(Event, name="law.doubted.v1", subject="hire_id"):
    """The decision on a hire waits for legal to confirm a fact of law for starts up to a day."""

    hire_id: HireId
    jurisdiction: Jurisdiction
    needed_on: date
    doubt: LawInDoubt

    example = {
        "hire_id": HIRE,
        "jurisdiction": "PT",
        "needed_on": "2026-12-01",
        "doubt": {
            "matter": MATTER,
            "rule": "written-contract",
            "fact": "contract.written_particulars",
            "law": "CT arts. 106-107",
            "ask": "Does the law of Portugal say what the pack says, by CT arts. 106-107?",
        },
    }


class LawDoubtDropped(Event, name="law.doubt_dropped.v1", subject="hire_id"):
    """No decision on a hire hangs on a fact of law any more: it is over, or works elsewhere."""

    hire_id: HireId
    matter: str

    example = {"hire_id": HIRE, "matter": MATTER}


class LawQuestioned(Event, name="law.questioned.v1", subject="matter"):
    """Legal is asked whether a fact of law holds, whatever the number of hires that wait for it."""

    matter: str
    jurisdiction: Jurisdiction
    fact: str
    ask: str
    detail: str
    owner: Owner
    needed_on: date
    asked_at: Instant

    example = {
        "matter": MATTER,
        "jurisdiction": "PT",
        "fact": "contract.written_particulars",
        "ask": "Does the law of Portugal say what the pack says, by CT arts. 106-107?",
        "detail": "The pack has it so: deadline = P7D. In doubt since it was not verified.",
        "owner": "legal",
        "needed_on": "2026-12-01",
        "asked_at": "2026-11-23T09:00:01Z",
    }


class LawAnswered(Event, name="law.answered.v1", subject="matter"):
    """Legal has said whether a fact of law holds: for all hires, until a day."""

    matter: str
    confirmation: LawConfirmation

    example = {
        "matter": MATTER,
        "confirmation": {
            "holds": True,
            "by": "legal-2",
            "answered_at": "2026-11-23T10:00:00Z",
            "until": "2027-11-23",
            "evidence": "The statute as published on 2026-11-20.",
        },
    }


class LawStandingTold(Event, name="law.standing_told.v1", subject="matter"):
    """Where a fact of law stands, told to one hire whose decision waits for it.

    `confirmation` is None while legal has not answered.
    """

    matter: str
    hire_id: HireId
    confirmation: LawConfirmation | None

    example = {"matter": MATTER, "hire_id": HIRE, "confirmation": None}


class WaiverRefused(Event, name="waiver.refused.v1", subject="hire_id"):
    """A waiver asked for in the console was not given; `why` tells whoever asked the reason."""

    hire_id: HireId
    request_id: UUID
    why: str

    example = {
        "hire_id": HIRE,
        "request_id": "018f6d2a-7c11-7a44-9d21-5a0f3f0c9b10",
        "why": "a waiver ends on a day from today on, within a year",
    }


class LawAnswerRefused(Event, name="law.answer_refused.v1", subject="matter"):
    """An answer of legal given in the console was not taken; `why` tells them the reason."""

    matter: str
    request_id: UUID
    why: str

    example = {
        "matter": MATTER,
        "request_id": "018f6d2a-7c11-7a44-9d21-5a0f3f0c9b10",
        "why": "nobody has asked this",
    }
