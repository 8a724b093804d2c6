"""What the law says on remote work, contractors, foreign employers, IP and personal data."""

from typing import Literal

from pydantic import Field, computed_field

from services.compliance.facts.units import Period, Prose, Shape, Token


class RightToDisconnect(Shape):
    exists: bool
    threshold_employees: int | None
    form: Prose
    rule: Prose


class TeleworkAgreement(Shape):
    written_required: bool
    applies_when: Prose
    content: Prose
    rule: Prose


class EquipmentExpenses(Shape):
    employer_pays: bool
    rule: Prose
    amount: Prose


class Factor(Shape):
    """A sign of status: what it points to when it is true, and how much it weighs."""

    id: str
    points_to: Literal["employee", "contractor"]
    weight: Literal["decisive", "necessary", "strong", "indicative"]
    text: str


class MisclassificationTest(Shape):
    name: str
    default: Prose
    burden: Prose
    combine: Literal["totality", "all_necessary", "count", "statutory_then_common_law"]
    factors: tuple[Factor, ...]
    authority: Prose

    @computed_field
    @property
    def signs(self) -> str:
        """Every factor in words, for the person who weighs them."""
        return "; ".join(f"{f.id}: {f.text} ({f.points_to}, {f.weight})" for f in self.factors)


class LabourLeasing(Shape):
    licence_required: bool
    max_duration: Period | None
    equal_pay_after: Period | None
    eor_route: Prose
    sanction: Prose
    rule: Prose

    @computed_field
    @property
    def limited(self) -> bool:
        """Whether the law says how long somebody may be lent."""
        return self.max_duration is not None and self.max_duration not in tuple(Token)


class PeNexus(Shape):
    rule: Prose
    triggers: tuple[str, ...]
    home_office: Prose


class Registration(Shape):
    authority: str = Field(alias="with")
    deadline: Prose


class ForeignEmployerRegistration(Shape):
    entity_required: bool
    registrations: tuple[Registration, ...]
    representative: Prose

    @computed_field
    @property
    def with_whom(self) -> str:
        """Every registration with its deadline, in words."""
        return "; ".join(f"{each.authority} ({each.deadline})" for each in self.registrations)


class Inventions(Shape):
    default_owner: Prose
    claim_rule: Prose
    extra_compensation: Prose


class Copyright(Shape):
    default_owner: Prose
    software_rule: Prose
    moral_rights: Prose


class ClauseNeeded(Shape):
    clause: Prose


class DataLaw(Shape):
    acts: tuple[str, ...]


class CrossBorderTransfer(Shape):
    mechanisms: tuple[str, ...]
    rule: Prose


class Residency(Shape):
    required: bool
    rule: Prose


class Authority(Shape):
    name: str
    short: str
