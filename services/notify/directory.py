"""The directory: where the roles of the company read their mail, and when they are at work.

The setting FARHAND_DIRECTORY names a YAML (or JSON) file such as

    hr:    {address: people@example.com, zone: Europe/Berlin, jurisdiction: DE}
    it:    {address: it@example.com, zone: Europe/Lisbon, jurisdiction: PT, hours: 08:00-16:00}
    legal: {address: legal@example.com, zone: Europe/Berlin, jurisdiction: DE,
            days_off: [2026-12-24]}
    leads:
      ranking: {address: ranking-lead@example.com, zone: America/Sao_Paulo, jurisdiction: BR}
    sender: farhand@example.com
    console: https://farhand.example.com

What is left out has its default.
"""

from datetime import date, time
from email.errors import HeaderParseError
from email.headerregistry import Address
from pathlib import Path
from typing import Annotated, Final, Self

import yaml
from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, ValidationError

from libs.common.contracts.metrics import Slug
from libs.common.contracts.values import HireId, Jurisdiction, Owner, Value, ZoneName
from services.notify.civil_time import find_zone
from services.notify.working_hours import Shift, WorkingHours, standard_hours

CONSOLE: Final = "http://127.0.0.1:7100"
ROLES: Final = (Owner.HR, Owner.IT, Owner.LEGAL)
"""The roles with a mailbox of their own; everybody else is reached by a sealed contact."""


def mail_address(text: str) -> Address:
    """An e-mail address, its domain in ASCII (RFC 5321, RFC 6531 for the local part).

    Local parts in quotes are not taken. Raises ValueError, without the text, for anything else.
    """
    safe = text.isprintable() and not set(text) & set(' "')
    local, _, domain = text.rpartition("@") if safe else ("", "", "")
    try:
        domain = domain.encode("idna").decode()
        # The parser knows ASCII only: other letters of the local part are stood for by `?`.
        Address(addr_spec=f"{local.encode('ascii', 'replace').decode()}@{domain}")
        return Address(username=local, domain=domain)
    except (HeaderParseError, ValueError, IndexError):
        raise ValueError(
            "this is not an e-mail address; write one such as it@example.com"
        ) from None


def _checked_address(text: str) -> str:
    mail_address(text)
    return text


def _checked_zone(name: str) -> str:
    return find_zone(name).key


WallHours = Annotated[str, StringConstraints(pattern=r"^\d\d:\d\d-\d\d:\d\d$")]
BaseUrl = Annotated[
    str,
    StringConstraints(max_length=400, pattern=r"^https?://[^\s\p{C}]+$"),
    AfterValidator(lambda url: url.rstrip("/")),
]


class Mailbox(Value):
    """Where a role reads its mail, and when: `hours` on every day but weekends and days off."""

    model_config = ConfigDict(extra="forbid")

    address: Annotated[str, AfterValidator(_checked_address)]
    zone: Annotated[ZoneName, AfterValidator(_checked_zone)] = "Europe/Berlin"
    jurisdiction: Jurisdiction = "DE"
    hours: Annotated[WallHours, AfterValidator(lambda text: str(_shift(text)) and text)] = (
        "09:00-17:00"
    )
    days_off: frozenset[date] = frozenset()

    @property
    def working_hours(self) -> WorkingHours:
        """When the people behind this mailbox are at work."""
        zone, shift = find_zone(self.zone), _shift(self.hours)
        return standard_hours(zone, self.jurisdiction, shift, self.days_off)


class Directory(Value):
    """The mailboxes of the roles and team leads, who letters come from, and where they link to.

    `lead` is for the teams without an entry among `leads`.
    """

    model_config = ConfigDict(extra="forbid")

    hr: Mailbox = Mailbox(address="hr@farhand.localhost")
    it: Mailbox = Mailbox(address="it@farhand.localhost")
    legal: Mailbox = Mailbox(address="legal@farhand.localhost")
    lead: Mailbox = Mailbox(address="leads@farhand.localhost")
    leads: dict[Slug, Mailbox] = Field(default_factory=dict)
    sender: Annotated[str, AfterValidator(_checked_address)] = "no-reply@farhand.localhost"
    console: BaseUrl = CONSOLE

    @classmethod
    def read(cls, setting: str, console: str = CONSOLE) -> Self:
        """Read the file that FARHAND_DIRECTORY names; an empty setting gives the defaults.

        `console` is where it runs, unless the file says otherwise. Raises ValueError, with what is
        wrong and where, if the file cannot be read.
        """
        if not setting:
            return cls(console=console)
        try:
            told = cls.model_validate(yaml.safe_load(Path(setting).read_text()) or {})
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where, what = ".".join(map(str, first["loc"])), first["msg"]
            raise ValueError(f"FARHAND_DIRECTORY: {where} in {setting}: {what}") from None
        except (OSError, UnicodeError, yaml.YAMLError) as error:
            raise ValueError(
                f"FARHAND_DIRECTORY names {setting}, which cannot be read as YAML: {error}"
            ) from error
        return (
            told
            if "console" in told.model_fields_set
            else told.model_copy(update={"console": console})
        )

    def mailbox(self, role: Owner) -> Mailbox:
        """The mailbox of a role; HR's for those that have none."""
        return {Owner.IT: self.it, Owner.LEGAL: self.legal}.get(role, self.hr)

    def mailbox_in(self, team: str, role: Owner) -> Mailbox:
        """The mailbox of a role where a team is concerned: its manager is the team's lead."""
        if role in ROLES:
            return self.mailbox(role)
        return self.leads.get(team, self.lead)

    def hire_page(self, hire_id: HireId) -> str:
        """The page where a person sees the hire."""
        return f"{self.console}/hires/{hire_id}"

    def board_page(self, role: Owner) -> str:
        """The page where a person sees every hire with which it is a role's turn."""
        return f"{self.console}/?turn={role}"

    def law_page(self) -> str:
        """The page where legal sees what it is asked about the law."""
        return f"{self.console}/law"

    def key_result_page(self, key_result: str) -> str:
        """The page where a person sees the key result."""
        return f"{self.console}/key-results/{key_result}"


def _shift(text: str) -> Shift:
    begins, _, ends = text.partition("-")
    return Shift(time.fromisoformat(begins), time.fromisoformat(ends))
