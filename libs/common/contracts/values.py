"""The nouns that several contracts share."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints

HireId = UUID
"""Pseudonymous: derived from the HR system and its own id of the employment."""

Sealed = Annotated[str, StringConstraints(pattern=r"^sealed\.v1\.[^.]{1,64}\.[A-Za-z0-9_-]+$")]
"""Personal data under the data key of one person; unreadable for ever once that key is deleted."""

Instant = AwareDatetime
"""A moment in UTC."""

IsoDuration = Annotated[str, StringConstraints(pattern=r"^P(?:\d+[YMWD])+$")]
"""A calendar duration such as `P6M` or `P90D`: the two are not convertible into each other."""

Jurisdiction = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}(?:-[A-Z0-9]{1,3})?$")]
"""ISO 3166-1 alpha-2, or 3166-2 where the law is a subdivision's: `DE`, `US-CA`."""

ZoneName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_+-]+(?:/[A-Za-z0-9_+-]+){0,2}$")]
"""An IANA time zone: `Europe/Lisbon`."""


class Value(BaseModel):
    """A frozen part of an event."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Engagement(StrEnum):
    """How a person is engaged."""

    EMPLOYEE = "employee"
    EOR = "eor"
    CONTRACTOR = "contractor"


class Owner(StrEnum):
    """Whose turn it is: a role, never a name."""

    HR = "hr"
    IT = "it"
    LEGAL = "legal"
    MANAGER = "manager"
    WORKER = "worker"


class ContractKind(StrEnum):
    """Whether a contract ends by itself."""

    OPEN_ENDED = "open_ended"
    FIXED_TERM = "fixed_term"


class Position(StrEnum):
    """What kind of post it is, where the law tells them apart."""

    GENERAL = "general"
    TECHNICAL = "technical"
    MANAGEMENT = "management"


class DataTransfer(StrEnum):
    """What protects personal data of the hire that leave the free area of the place of work.

    `none`: they do not leave it; `unprotected`: they do, and nothing protects them.
    """

    NONE = "none"
    ADEQUACY = "adequacy"
    STANDARD_CLAUSES = "standard_clauses"
    BINDING_RULES = "binding_rules"
    CONSENT = "consent"
    UNPROTECTED = "unprotected"


Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""ISO 4217."""

Sign = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,60}$")]
"""A sign of a country's test of status, by its name in the law pack."""


class Terms(Value):
    """The terms of work that the checks read; what is absent is unknown, not false.

    `yearly_pay_floor` is an amount that the agreed gross pay of a year does not fall below: it may
    be rounded down, and need not be the pay. `overtime_multiplier` is what an hour of overtime is
    paid by, 1.25 for a quarter more and 0 for nothing. `contractor_signs` are all signs of the
    country's test that hold.
    """

    contract_kind: ContractKind | None = None
    contract_signed_on: date | None = None
    position: Position | None = None
    probation: IsoDuration | None = None
    telework: bool | None = None
    telework_agreement_on: date | None = None
    annual_leave_days: Decimal | None = None
    working_days_per_week: int | None = None
    weekly_hours: Decimal | None = None
    overtime_multiplier: Decimal | None = None
    employer_notice: IsoDuration | None = None
    yearly_pay_floor: Decimal | None = None
    pay_currency: Currency | None = None
    own_entity: bool | None = None
    concludes_contracts: bool | None = None
    payroll_registered: bool | None = None
    ip_clause: bool | None = None
    data_transfer: DataTransfer | None = None
    data_stored_in: Jurisdiction | None = None
    eor_licensed: bool | None = None
    assignment_ends_on: date | None = None
    contractor_signs: tuple[Sign, ...] | None = None


class Profile(Value):
    """All that is known of a hire; `worker` and `manager` are sealed contacts."""

    jurisdiction: Jurisdiction
    timezone: ZoneName
    role: str
    engagement: Engagement
    starts_on: date
    worker: Sealed
    manager: Sealed | None = None
    terms: Terms = Terms()
