"""The hires of the workload: made up, and the same for the same seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import Field

from libs.common import ids

SEED: Final = 7
COUNTRIES: Final = ("BR", "DE", "ES", "GB", "IN", "PL", "PT", "US")
FIRST_START: Final = date(2027, 1, 4)

Name = Annotated[str, Field(min_length=1, max_length=100)]
Mailbox = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=200)]
WallTime = Annotated[str, Field(pattern=r"^\d\d:\d\d$")]


@dataclass(frozen=True, slots=True)
class Hours:
    """The working hours that were agreed, on the wall clock of a zone."""

    start: WallTime
    end: WallTime
    zone: Name


@dataclass(frozen=True, slots=True)
class Hire:
    """One reported hire; whoever validates holds every field to its bounds.

    `salary` is a yearly one, in whole units of the currency; `contract_months` is 0 for a contract
    without an end.
    """

    hire_id: UUID
    employee_number: Annotated[int, Field(ge=0)]
    full_name: Name
    email: Mailbox
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    place: Literal["remote", "office"]
    role: Name
    seniority: Literal["junior", "senior", "lead"]
    department: Name
    manager_email: Mailbox
    engagement: Literal["employee", "contractor", "eor"]
    starts_on: date
    salary: Annotated[int, Field(ge=0)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    contract_months: Annotated[int, Field(ge=0, le=120)]
    data_access: Literal["none", "internal", "personal"]
    nda_signed: bool
    background_check: bool
    equipment: tuple[Name, ...]
    access: tuple[Name, ...]
    hours: Hours


def hires(count: int, seed: int = SEED) -> Iterator[Hire]:
    """So many different hires; the first ones are the same however many follow."""
    random = Random(seed)  # noqa: S311  # made-up people, the same on every run
    for number in range(count):
        yield _hire(number, seed, random)


def _hire(number: int, seed: int, random: Random) -> Hire:
    return Hire(
        hire_id=ids.derived("bench", seed, number),
        employee_number=number,
        full_name=f"Person Number {number}",
        email=f"person.{number}@example.net",
        country=random.choice(COUNTRIES),
        place=random.choice(("remote", "remote", "office")),
        role="Machine learning engineer",
        seniority=random.choice(("junior", "senior", "lead")),
        department="Applied research",
        manager_email="lead.applied.research@example.net",
        engagement=random.choice(("employee", "contractor", "eor")),
        starts_on=FIRST_START + timedelta(days=random.randrange(60)),
        salary=40_000 + random.randrange(80_000),
        currency="EUR",
        contract_months=random.choice((0, 6, 12, 24)),
        data_access=random.choice(("none", "internal", "personal")),
        nda_signed=random.random() < 0.95,  # noqa: PLR2004
        background_check=random.random() < 0.9,  # noqa: PLR2004
        equipment=("laptop", "security key"),
        access=("vpn", "gpu cluster"),
        hours=Hours("09:00", random.choice(("17:00", "17:30", "18:30")), "Europe/Lisbon"),
    )
