"""A whole Farhand, and how the world around it sees it: through front doors, APIs, mails, files."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from typing import Any, Final

import asyncpg

from farhand.bootstrap import DATABASE, at
from farhand.demo import deliveries, people
from farhand.demo.deliveries import Planned
from farhand.demo.doors import Doors, doors_of
from farhand.demo.person import DemoHire, Story
from farhand.demo.places import PLACES, terms
from farhand.embedded.mail_folder import MailFolder, read
from farhand.services import SERVICES
from farhand.settings import Given, Settings
from farhand.stack import Stack, running
from libs.common.clock import Clock, wall
from services.onboarding.local_day import local_date
from services.onboarding.vpn.peer_config import Peer, read_configuration
from services.onboarding.vpn.wireguard import CONFIGURATION
from services.onboarding.working_days import working_days
from tests.e2e.waiting import POLL_SECONDS, eventually

BEGINS: Final = datetime(2026, 3, 2, 6, tzinfo=UTC)
"""A Monday; the packs know the law of that year."""

SPEED: Final = 14_000
"""A day in 6.2 seconds."""

STARTING: Final = timedelta(seconds=5)
SOON: Final = timedelta(hours=39)
"""From now, this falls on a day that begins to work in 24 hours at the earliest."""


@dataclass(slots=True)
class Line:
    """A running Farhand with its doors, its clock and its mail folder."""

    stack: Stack
    doors: Doors
    clock: Clock
    numbers: Iterator[int] = field(default_factory=lambda: count(3, 3))
    """Of hires, so that tests do not meet; a multiple of three has its laptop on the same day."""

    @property
    def mail(self) -> MailFolder:
        return MailFolder(self.stack.home.mail)

    def somebody(self, jurisdiction: str = "DE", *, later: int = 0, **changes: Any) -> DemoHire:
        """A hire nobody has heard of yet, whose terms are what the law wants.

        It starts on the next working day that leaves time to get ready, or so many `later`.
        """
        number, now = next(self.numbers), self.clock.now()
        soon = local_date(now + SOON, PLACES[jurisdiction].timezone)
        starts_on = working_days(jurisdiction).shift(soon, later)
        told: dict[str, Any] = {
            "number": number,
            "story": Story.SMOOTH,
            "name": f"Robin Example-{number}",
            "email": f"robin.{number}@people.example",
            "manager": f"lead.{number}@company.example",
            "jurisdiction": jurisdiction,
            "role": "ML engineer",
            "announced_at": now,
            "starts_on": starts_on,
            "truth": terms(jurisdiction, starts_on),
        }
        return DemoHire(**(told | changes))

    async def announce(self, hire: DemoHire) -> dict[str, Any]:
        """Have the HR system report the hire; returns what the front door answered."""
        return await self.doors.deliver("onboarding", first_delivery(hire))

    async def tell(self, hire: DemoHire, name: str, body: bytes) -> dict[str, Any]:
        """Have the HR system say something more of a hire."""
        planned = Planned(self.clock.now(), "standard", f"{hire.ref}-{name}", body)
        return await self.doors.deliver("onboarding", planned)

    async def look(self, hire: DemoHire) -> dict[str, Any] | None:
        """Where the hire stands, or None while nobody knows of it."""
        path = f"{self.doors.addresses['onboarding']}/hires/{hire.hire_id}"
        answer = await self.doors.http.get(path, headers=self.bearer)
        return answer.json() if answer.is_success else None

    @property
    def bearer(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.doors.token}"}

    async def until(self, hire: DemoHire, *statuses: str, within: float = 15) -> dict[str, Any]:
        """Wait for a status, while nobody does anything."""
        return await self._follow(hire, statuses, within, busy=False)

    async def see_through(
        self, hire: DemoHire, *statuses: str, within: float = 75
    ) -> dict[str, Any]:
        """Wait for a status, while people answer and close what is theirs, over the API."""
        return await self._follow(hire, statuses, within, busy=True)

    async def _follow(
        self, hire: DemoHire, statuses: tuple[str, ...], within: float, *, busy: bool
    ) -> dict[str, Any]:
        seen: dict[str, Any] | None = None
        try:
            async with asyncio.timeout(within):
                while True:
                    seen = await self.look(hire)
                    if seen and seen["status"] in statuses:
                        return seen
                    if seen and busy:
                        await self.do_what_is_open(hire, seen)
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError:
            wanted = " or ".join(statuses)
            raise TimeoutError(f"{hire.ref} is not {wanted} in {within:g} s: {seen}") from None

    async def do_what_is_open(self, hire: DemoHire, seen: dict[str, Any]) -> None:
        """Play the people, as the demo does; legal confirms the law before all else."""
        if seen["awaits"]:
            await people.confirm_law(self.doors)
            return
        for deed in people.deeds(hire, seen, self.clock.now().date()):
            await self.doors.post("onboarding", deed.path, dict(deed.body))

    def letters(self, hire: DemoHire) -> list[EmailMessage]:
        """The mails about a hire, oldest first: each links to its page."""
        mails = [read(file) for file in self.mail.mails()]
        return [mail for mail in mails if str(hire.hire_id) in text_of(mail)]

    async def told_ready(self, hire: DemoHire) -> list[EmailMessage]:
        """The letters that everything is ready, to the worker and the manager, once both came."""

        async def both() -> list[EmailMessage]:
            letters = self.letters(hire)
            found = [mail for mail in letters if "Everything is ready" in text_of(mail)]
            return found if len(found) > 1 else []

        return await eventually(both, within=60)

    def peers(self) -> frozenset[Peer]:
        """The peers that the WireGuard server lets in."""
        file = self.stack.home.folder / CONFIGURATION
        return read_configuration(file.read_text()) if file.exists() else frozenset()

    async def peer(self, hire: DemoHire) -> Peer | None:
        """The peer that onboarding holds for a hire."""
        row = await self.row(
            """
            select public_key, host(address) as address
              from onboarding.vpn_peer join onboarding.vpn_address using (hire_id)
             where hire_id = $1
            """,
            hire.hire_id,
        )
        return None if row is None else Peer(*row)

    async def row(self, query: str, *args: object) -> asyncpg.Record | None:
        """The first row that a query finds, as the administrator sees the database."""
        conn = await asyncpg.connect(at(self.stack.addresses.postgres, DATABASE))
        try:
            return await conn.fetchrow(query, *args)
        finally:
            await conn.close()

    def processes(self) -> dict[str, tuple[int | None, int]]:
        """Each process by its pid, and how often it was started again."""
        return {name: (each.pid, each.restarts) for name, each in self.stack.children.items()}


def first_delivery(hire: DemoHire) -> Planned:
    """What the HR system sends first of a hire."""
    return next(iter(deliveries.planned(hire)))


def address_of(mail: EmailMessage) -> str:
    return str(mail["To"].addresses[0].addr_spec)


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return "" if body is None else str(body.get_content())


def of_kind(seen: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """The tasks of one kind."""
    return [task for task in seen["tasks"] if task["kind"] == kind]


@asynccontextmanager
async def whole_line(home: Path, port_base: int, *, copies: int = 1) -> AsyncGenerator[Line]:
    """Bring up the infrastructure and the services on a hurried clock; take it down afterwards."""
    settings = Settings.from_env().evolve(home=home, port_base=port_base, given=Given())
    async with running(settings, services=()) as stack:
        clock = Clock(BEGINS, wall() + STARTING, SPEED)
        await stack.add_services(settings.evolve(clock=str(clock)), SERVICES, copies)
        async with doors_of(stack.settings, stack.credentials) as doors:
            yield Line(stack, doors, clock)
