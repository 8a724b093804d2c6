"""A whole Farhand that can be broken: every service in copies that die when they are told to."""

import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from farhand.demo.doors import doors_of
from farhand.services import SERVICES, service_part
from farhand.settings import Given, Settings
from farhand.stack import Report, Stack, running
from farhand.supervisor import Part
from libs.common.clock import Clock, wall
from tests.chaos.faults import COPIES, WIRED, Point
from tests.chaos.greylist import Doorkeeper, doorkeeper
from tests.chaos.moody_provider import Provider, moody_provider
from tests.chaos.mortal import ORDER
from tests.chaos.wires import Wire, wire
from tests.e2e.line import BEGINS, Line

STARTING = timedelta(seconds=20)
"""What ten processes need to come up; the first morning begins after it."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands between services and their peers."""

    provider: Provider
    doorkeeper: Doorkeeper
    wires: Mapping[str, Wire]
    """to what is in `WIRED`"""

    def of(self, number: int, known: Mapping[str, str]) -> dict[str, str]:
        """The environment of a copy; from the second on it stands behind the wires."""
        around = {
            "FARHAND_SCIM": f"http://127.0.0.1:{self.provider.at}/v2",
            "FARHAND_SMTP": f"127.0.0.1:{self.doorkeeper.at}",
        }
        if number > 1:
            for name, wired in BY_WIRE.items():
                around[name] = moved(known[name], self.wires[wired].at)
        return around


BY_WIRE: Final = {
    "FARHAND_POSTGRES": "postgres",
    "FARHAND_KEYS": "postgres",
    "FARHAND_REDIS": "redis",
}


def moved(url: str, port: int) -> str:
    """The same address on another port."""
    parts = urlsplit(url)
    login, _, _ = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{login}@127.0.0.1:{port}").geturl()


@dataclass(frozen=True, slots=True)
class Ground:
    """A running Farhand, and the folder in which its processes find their orders."""

    line: Line
    orders: Path
    around: Surroundings

    @property
    def stack(self) -> Stack:
        return self.line.stack

    def order(self, name: str, point: Point) -> None:
        """Have a process die when it next comes by a point."""
        file = self.orders / name
        draft = file.with_suffix(".new")
        draft.write_text(point)
        draft.replace(file)

    def revoke(self, name: str) -> bool:
        """Take an order back; False if it was carried out."""
        try:
            (self.orders / name).unlink()
        except FileNotFoundError:
            return False
        return True

    def copy(self, service: str, number: int) -> Part:
        """How one more process of a service is started."""
        [known] = [each for each in SERVICES if each.name == service]
        stack = self.stack
        port, env = stack.settings.port(service), stack.environment(service)
        env |= self.around.of(number, env)
        return mortal(service_part(known, number, port, env), self.orders)


def mortal(part: Part, orders: Path) -> Part:
    """The same process, but that it can be told to die."""
    *_, module = part.command
    return replace(
        part,
        command=(sys.executable, "-m", "tests.chaos.mortal", module),
        env={**part.env, ORDER: str(orders / part.name)},
    )


@asynccontextmanager
async def ground(
    home: Path, port_base: int, speed: float, report: Report | None = None
) -> AsyncGenerator[Ground]:
    """Bring it all up on a hurried clock, and down again afterwards."""
    settings = Settings.from_env().evolve(home=home, port_base=port_base, given=Given())
    async with running(settings, services=(), report=report) as stack:
        clock = Clock(BEGINS, wall() + STARTING, speed)
        stack.settings = settings.evolve(clock=str(clock))
        orders = home / "orders"
        orders.mkdir(exist_ok=True)
        async with doors_of(stack.settings, stack.credentials) as doors, _around(stack) as around:
            made = Ground(Line(stack, doors, clock), orders, around)
            for service in SERVICES:  # one after the other: at once they hold each other up
                parts = [made.copy(service.name, number + 1) for number in range(COPIES)]
                stack.add(*parts)
                await stack.start(*(part.name for part in parts))
            yield made


@asynccontextmanager
async def _around(stack: Stack) -> AsyncGenerator[Surroundings]:
    scim, smtp = urlsplit(stack.addresses.scim), urlsplit(f"//{stack.addresses.smtp}")
    async with AsyncExitStack() as exits:
        wires: dict[str, Wire] = {}
        for wired in WIRED:
            reached = wire("127.0.0.1", stack.settings.port(wired))
            wires[wired] = await exits.enter_async_context(reached)
        yield Surroundings(
            await exits.enter_async_context(moody_provider(f"{scim.scheme}://{scim.netloc}")),
            await exits.enter_async_context(
                doorkeeper(smtp.hostname or "127.0.0.1", smtp.port or 25)
            ),
            wires,
        )
