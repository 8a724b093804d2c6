"""What an HR system reports of a hire: the only place where personal data stands in the clear.

A report lives between reading a delivery and sealing it, and is never stored, logged or emitted.
Dates lie between 2000 and 2099, so that no arithmetic on them can leave the calendar. No text
holds control characters, line separators or direction overrides: they end up in mail headers,
configuration files and terminals.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Final, cast
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

from libs.common import ids
from libs.common.contracts.values import (
    ContractKind,
    Currency,
    DataTransfer,
    Engagement,
    HireId,
    Jurisdiction,
    Position,
    Profile,
    Sealed,
    Sign,
    Terms,
    ZoneName,
)
from libs.common.public_holidays import is_known_country

FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(2099, 12, 31)
FIRST_INSTANT: Final = datetime(2000, 1, 1, tzinfo=UTC)
LAST_INSTANT: Final = datetime(2099, 12, 31, tzinfo=UTC)
LONG_AT_WORK: Final = timedelta(days=30)
"""Who began longer ago than this, and was no hire until now, is not taken for one."""

# Control characters (C0, DEL, C1), line and paragraph separators, direction overrides.
_UNSAFE: Final = r"\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069"
_ONE_LINE: Final = rf"^[^{_UNSAFE}]+$"
_ATOM: Final = rf'[^\s@<>()\[\],;:"\\{_UNSAFE}]+'
_ADDRESS: Final = rf"^{_ATOM}@{_ATOM}\.{_ATOM}$"
_VISIBLE_ASCII: Final = r"^[\x21-\x7e]+$"
_DURATION: Final = r"^P(?:\d{1,3}[YMWD]){1,4}$"

FORMS: Final = {
    _ONE_LINE: "must be one line without control characters",
    _ADDRESS: "is no e-mail address",
    _VISIBLE_ASCII: "must be visible ASCII characters without spaces",
    _DURATION: "must be an ISO 8601 duration, such as P90D or P6M",
    r"^[A-Z]{2}(?:-[A-Z0-9]{1,3})?$": "must be an ISO 3166 code, such as PT or US-CA",
}
"""What a pattern asks for, in words."""

_ZONES: Final = frozenset(available_timezones())


def _known_zone(name: str) -> str:
    if name not in _ZONES:
        raise PydanticCustomError("zone", "is no IANA time zone, such as Europe/Lisbon")
    return name


def _known_country(jurisdiction: str) -> str:
    if not is_known_country(jurisdiction):
        raise PydanticCustomError("country", "begins with no ISO 3166-1 country, such as PT")
    return jurisdiction


def _in_utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)


Text = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=200, pattern=_ONE_LINE, strict=True
    ),
]
"""One line of free text."""

EmailAddress = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=254, pattern=_ADDRESS, strict=True)
]
"""An address mail can be sent to (RFC 5321 allows 254 characters); quoting is not accepted."""

EmploymentRef = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100, pattern=_VISIBLE_ASCII, strict=True),
]
"""The HR system's own id of one employment: visible ASCII. A rehire is another employment."""

KnownZone = Annotated[ZoneName, AfterValidator(_known_zone)]
KnownJurisdiction = Annotated[Jurisdiction, AfterValidator(_known_country)]
Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]
Moment = Annotated[AwareDatetime, Field(ge=FIRST_INSTANT, le=LAST_INSTANT), AfterValidator(_in_utc)]
Duration = Annotated[str, StringConstraints(pattern=_DURATION, strict=True)]


class Reported(BaseModel):
    """A frozen part of a report; a field nobody knows is refused, lest a misspelt one is lost."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True
    )


class Person(Reported):
    """Somebody who can be written to; neither field shows in a `repr`."""

    name: Text = Field(repr=False)
    """How the person wants to be called."""
    email: EmailAddress = Field(repr=False)
    """Where messages reach the person now; for a worker this is the private address."""


def _listed(value: object) -> object:
    # A custom field of an HR system holds a list as one text.
    if isinstance(value, str):
        return tuple(each.strip() for each in value.split(",") if each.strip())
    return tuple(cast("list[object]", value)) if isinstance(value, list) else value


class ReportedTerms(Reported):
    """The terms of work that the checks read; leave out what is not agreed or not known."""

    contract_kind: ContractKind | None = None
    """Whether the contract ends by itself."""
    contract_signed_on: Day | None = None
    """The day both sides had signed the written contract."""
    position: Position | None = None
    """What kind of post it is, where the law tells them apart."""
    probation: Duration | None = None
    """Trial period as an ISO 8601 duration: `P90D`, `P6M`; `P0D` is none. Days are not months."""
    telework: bool | None = None
    """Whether the work is done from outside the employer's premises."""
    telework_agreement_on: Day | None = None
    """The day the written telework agreement was signed."""
    annual_leave_days: Annotated[Decimal, Field(ge=0, le=366, decimal_places=2)] | None = None
    """Paid annual leave, in days of the person's own working week."""
    working_days_per_week: Annotated[int, Field(ge=1, le=7)] | None = None
    """Working days in a usual week."""
    weekly_hours: Annotated[Decimal, Field(ge=0, le=168, decimal_places=2)] | None = None
    """Hours of work agreed for a usual week."""
    overtime_multiplier: Annotated[Decimal, Field(ge=0, le=10, decimal_places=4)] | None = None
    """What an hour of overtime is paid by: `1.25` is a quarter more, `0` is not paid apart."""
    employer_notice: Duration | None = None
    """The notice that the contract asks of the employer, as an ISO 8601 duration."""
    yearly_pay_floor: Annotated[Decimal, Field(ge=0, le=10**12, decimal_places=2)] | None = None
    """An amount that the agreed gross pay of a year does not fall below; rounded down is enough."""
    pay_currency: Currency | None = None
    """The currency of that amount, ISO 4217."""
    own_entity: bool | None = None
    """Whether the company has an entity or permanent establishment of its own in the country."""
    concludes_contracts: bool | None = None
    """Whether the person habitually concludes contracts for the company, or leads up to them."""
    payroll_registered: bool | None = None
    """Whether the employer is registered there for wage tax and social insurance."""
    ip_clause: bool | None = None
    """Whether the contract holds the clause on intellectual property that the law pack names."""
    data_transfer: DataTransfer | None = None
    """What protects the person's data where they leave the country or its free area."""
    data_stored_in: KnownJurisdiction | None = None
    """The country where the person's employment records are stored."""
    eor_licensed: bool | None = None
    """Whether the employer of record holds the licence that the country asks for."""
    assignment_ends_on: Day | None = None
    """The last day for which an employer of record lends the person."""
    contractor_signs: (
        Annotated[tuple[Sign, ...], Field(max_length=30), BeforeValidator(_listed)] | None
    ) = None
    """All signs of the country's test of status that hold, by their names in the law pack."""

    def as_terms(self) -> Terms:
        """The same terms as events carry them."""
        return Terms.model_validate(dict(self))


class Employment(Reported):
    """All that is known of one hire; the whole of it, each time."""

    employment_ref: EmploymentRef
    """The HR system's own id of this employment. A rehire has another one."""
    person: Person
    """Who is hired."""
    manager: Person | None = None
    """Whom the person will report to."""
    jurisdiction: KnownJurisdiction
    """Whose labour law applies: ISO 3166-1 alpha-2, or 3166-2 where it is a subdivision's."""
    timezone: KnownZone
    """IANA time zone in which the person works; due dates and the first day are counted in it."""
    role: Text
    """Job title."""
    engagement: Engagement
    """Employee of an own entity, through an employer of record, or contractor."""
    starts_on: Day
    """The first day of work, a civil date in `timezone`."""
    terms: ReportedTerms = ReportedTerms()
    """Terms of work as far as known."""


class HireReport(Employment):
    """An HR system says that somebody is hired, or that something about a hire is other now."""

    hire_id: HireId
    reported_at: Moment | None = None
    """When the HR system says this was so, UTC; None where it does not say."""
    newcomers_only: bool = False
    """Whether the HR system reports of everybody, so that who is long at work is no new hire."""

    def profile(self, *, worker: Sealed, manager: Sealed | None) -> Profile:
        """What events may carry of it, given the contacts sealed by `libs.common.sealing`."""
        return Profile(
            jurisdiction=self.jurisdiction,
            timezone=self.timezone,
            role=self.role,
            engagement=self.engagement,
            starts_on=self.starts_on,
            worker=worker,
            manager=manager,
            terms=self.terms.as_terms(),
        )


class CancelReport(Reported):
    """An HR system says that a hire will not start."""

    employment_ref: EmploymentRef
    hire_id: HireId
    reported_at: Moment | None = None


class LeaveReport(Reported):
    """An HR system says which day is somebody's last."""

    employment_ref: EmploymentRef
    hire_id: HireId
    last_day: Day
    reported_at: Moment | None = None


class StayReport(Reported):
    """An HR system knows of no last day of somebody: one that was known is withdrawn."""

    employment_ref: EmploymentRef
    hire_id: HireId
    reported_at: Moment | None = None


Report = HireReport | CancelReport | LeaveReport | StayReport


def hire_id_of(source: str, employment_ref: str) -> HireId:
    """The pseudonymous id of one employment of one HR system, the same for ever."""
    return ids.derived(source, employment_ref)


def contact(person: Person) -> dict[str, Any]:
    """What is sealed of a person: `{"name": …, "email": …}`."""
    return person.model_dump()
