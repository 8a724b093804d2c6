"""What things of the wire are called on a page: deeds of the audit log, terms of work."""

from collections.abc import Mapping
from typing import Final

from services.console.wording import worded

DEEDS: Final[Mapping[str, str]] = {
    "sign_in": worded("signed in"),
    "sign_in_refused": worded("sign-in refused"),
    "sign_out": worded("signed out"),
    "add_account": worded("account made"),
    "close_account": worded("account closed"),
    "end_session": worded("session ended"),
    "open_contact": worded("contact opened"),
    "export_person": worded("personal data exported"),
    "open_set_aside": worded("opened what was set aside"),
    "replay_set_aside": worded("replayed what was set aside"),
    "mend_set_aside": worded("mended what was set aside"),
    "discard_set_aside": worded("discarded what was set aside"),
    "task.completion_requested": worded("task closed"),
    "task.rejection_requested": worded("task sent back"),
    "task.reassignment_requested": worded("task given to another role"),
    "hire.start_move_requested": worded("start moved"),
    "hire.cancellation_requested": worded("hire cancelled"),
    "access.withholding_requested": worded("access ended"),
    "access.restoration_requested": worded("access restored"),
    "contact.correction_requested": worded("contact corrected"),
    "person.erasure_requested": worded("person erased"),
    "finding.waiver_requested": worded("finding waived"),
    "law.answer_requested": worded("question of law answered"),
}

TERMS: Final[Mapping[str, str]] = {
    "contract_kind": worded("Contract"),
    "contract_signed_on": worded("Contract signed on"),
    "position": worded("Position"),
    "probation": worded("Probation"),
    "telework": worded("Telework"),
    "telework_agreement_on": worded("Telework agreed on"),
    "annual_leave_days": worded("Days of leave a year"),
    "working_days_per_week": worded("Working days a week"),
    "weekly_hours": worded("Hours a week"),
    "overtime_multiplier": worded("Overtime is paid by"),
    "employer_notice": worded("Employer's notice"),
    "yearly_pay_floor": worded("Pay of a year, at least"),
    "pay_currency": worded("Currency of pay"),
    "own_entity": worded("Own entity there"),
    "concludes_contracts": worded("Concludes contracts"),
    "payroll_registered": worded("Registered for payroll"),
    "ip_clause": worded("Clause on inventions"),
    "data_transfer": worded("Transfer of data"),
    "data_stored_in": worded("Data are stored in"),
    "eor_licensed": worded("Employer of record is licensed"),
    "assignment_ends_on": worded("Assignment ends on"),
    "contractor_signs": worded("Signs of employment"),
}

TERM_VALUES: Final[Mapping[str, str]] = {
    "open_ended": worded("open-ended"),
    "fixed_term": worded("fixed term"),
    "general": worded("general"),
    "technical": worded("technical, or of trust"),
    "management": worded("management"),
}
"""What a term of work may be."""

OBSERVED: Final[Mapping[str, str]] = {
    "ChangeMerged": worded("Change merged"),
    "DeploymentStarted": worded("Deployment started"),
    "DeploymentFinished": worded("Deployment finished"),
    "IncidentOpened": worded("Incident opened"),
    "IncidentResolved": worded("Incident resolved"),
    "ModelVersionRegistered": worded("Model version registered"),
    "ModelTrained": worded("Model trained"),
    "ModelVersionTagged": worded("Model version tagged"),
    "ModelAliasMoved": worded("Model alias moved"),
    "LatencyMeasured": worded("Latency measured"),
    "HireWasAnnounced": worded("Hire announced"),
    "HireBecameReady": worded("Hire ready"),
    "HireHasLeft": worded("Hire has left"),
    "HireStatusWas": worded("Hire changed state"),
    "AccessWasRevoked": worded("Access ended"),
    "ExperimentStarted": worded("Experiment started"),
    "ExperimentDecided": worded("Experiment decided"),
    "ExperimentDeleted": worded("Experiment deleted"),
    "DataRunStarted": worded("Run over data started"),
    "DataRunEnded": worded("Run over data ended"),
    "Retracted": worded("Taken back"),
}
"""What figures are made of, by the names that metrics gives it."""

FIELDS: Final[Mapping[str, str]] = {
    "why": worded("Reason"),
    "answer": worded("Answer"),
    "evidence": worded("Evidence"),
    "owner": worded("Who does it now"),
    "starts_on": worded("First day"),
    "until": worded("Last day"),
    "hire_id": worded("Hire"),
    "task_id": worded("Task"),
    "login": worded("Login"),
    "name": worded("Name"),
    "roles": worded("Roles"),
    "address": worded("Address"),
    "language": worded("Language"),
    "status": worded("State"),
    "turn": worded("Turn"),
    "place": worded("Place"),
    "look": worded("Where to look"),
    "starts": worded("Starts on"),
    "q": worded("Search"),
    "page": worded("Page"),
    "part": worded("Part"),
    "bucket": worded("Day"),
}
"""What fields of forms and of addresses are called."""


def deed_name(action: str) -> str:
    """What somebody did; one that is not known here by its own name."""
    return DEEDS.get(action, action.replace("_", " ").replace(".", " "))


def term_name(term: str) -> str:
    """A term of work; one that is not known here by its own name."""
    return TERMS.get(term, term.replace("_", " ").capitalize())


def event_name(observed: str) -> str:
    """What a figure is made of; one that is not known here by its own name."""
    return OBSERVED.get(observed, observed)


def field_name(field: str) -> str:
    """What a field is called; one that is not known here by its own name."""
    return FIELDS.get(field, field)
