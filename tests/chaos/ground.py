"""A whole Farhand that can be broken: every service in copies that die when they are told to."""

import os
import shutil
import socket
import sys
import tempfile
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from farhand.demo.doors import doors_of
from farhand.embedded import jars, kafka, scim
from farhand.services import SERVICES, service_part
from farhand.settings import Given, Settings
from farhand.stack import Report, Silence, Stack, running
from farhand.supervisor import Part
from libs.common.clock import Clock, wall
from tests.chaos import scim_peer
from tests.chaos.faults import COPIES, WIRED, Mood, Point
from tests.chaos.greylist import Doorkeeper, doorkeeper
from tests.chaos.mortal import CLOCK, ORDER
from tests.chaos.small_disk import Disk, small_disk, why_not
from tests.chaos.wires import Wire, wire
from tests.e2e.line import Line

BEGINS: Final = datetime(2026, 3, 27, 6, tzinfo=UTC)
"""The Friday before the clocks of Europe are put forward; a week later those of Sydney go back."""

MOOD: Final = "mood"
STARTING: Final = timedelta(seconds=20)
"""What ten processes need to come up; the first morning begins after it."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands between services and their peers."""

    doorkeeper: Doorkeeper
    wires: Mapping[str, Wire]
    """to what is in `WIRED`"""
    disk: Disk | None
    """what the state folder lies on, where one could be mounted"""

    def of(self, number: int, known: Mapping[str, str]) -> dict[str, str]:
        """The environment of a copy; from the second on it stands behind the wires."""
        around = {"FARHAND_SMTP": f"127.0.0.1:{self.doorkeeper.at}"}
        if number > 1:
            around["FARHAND_KAFKA"] = f"127.0.0.1:{self.wires['kafka'].at}"
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

    @property
    def accounts(self) -> Path:
        """The folder of the identity provider."""
        return self.stack.home.folder / "scim"

    def be(self, mood: Mood) -> None:
        """Have the identity provider answer otherwise, also once it is started anew."""
        scim_peer.set_mood(self.orders / MOOD, mood)

    def step_clock(self, name: str, by: timedelta) -> None:
        """Have a process take it for later than it is, by so much of the product's time."""
        file = _clock_of(self.orders, name)
        draft = file.with_suffix(".new")
        draft.write_text(str(by.total_seconds() / self.line.clock.speed))
        draft.replace(file)

    def right_clock(self, name: str) -> None:
        """Put the clock of a process right again."""
        _clock_of(self.orders, name).unlink(missing_ok=True)

    def copy(self, service: str, number: int) -> Part:
        """How one more process of a service is started."""
        [known] = [each for each in SERVICES if each.name == service]
        stack = self.stack
        port, env = stack.settings.port(service), stack.environment(service)
        env |= self.around.of(number, env)
        return mortal(service_part(known, number, port, env), self.orders)


@contextmanager
def _logs_kept(home: Path) -> Generator[None]:
    """Copy the logs of a run to the folder that FARHAND_CHAOS_LOGS names, if it does."""
    try:
        yield
    finally:
        if folder := os.environ.get("FARHAND_CHAOS_LOGS"):
            shutil.copytree(home / "logs", folder, dirs_exist_ok=True)


def mortal(part: Part, orders: Path) -> Part:
    """The same process, but that it can be told to die, and what time it is."""
    *_, module = part.command
    told = {ORDER: str(orders / part.name), CLOCK: str(_clock_of(orders, part.name))}
    return replace(
        part,
        command=(sys.executable, "-m", "tests.chaos.mortal", module),
        env={**part.env, **told},
    )


def _clock_of(orders: Path, name: str) -> Path:
    return orders / f"{name}.clock"


@asynccontextmanager
async def ground(
    home: Path, port_base: int, speed: float, report: Report | None = None
) -> AsyncGenerator[Ground]:
    """Bring it all up on a hurried clock, and down again afterwards."""
    report = report or Silence()
    async with AsyncExitStack() as exits:
        disk = exits.enter_context(small_disk(home))
        exits.enter_context(_logs_kept(home))
        if disk is None:
            report.note(why_not() or "no disk is filled up: it could not be mounted")
        settings = Settings.from_env().evolve(home=home, port_base=port_base, given=Given())
        # Kafka and the identity provider are the suite's own, at the same ports.
        own = Given(
            kafka=f"127.0.0.1:{settings.port('kafka')}", scim=scim.base_url(settings.port("scim"))
        )
        stack = await exits.enter_async_context(
            running(settings.evolve(given=own), services=(), report=report)
        )
        around = await exits.enter_async_context(_around(stack, disk))
        # Not in the home: nobody could be told anything while its disk is full.
        orders = Path(exits.enter_context(tempfile.TemporaryDirectory(prefix="farhand-orders-")))
        await _start_own(stack, around, orders / MOOD)
        clock = Clock(BEGINS, wall() + STARTING, speed)
        stack.settings = settings.evolve(clock=str(clock))
        doors = await exits.enter_async_context(doors_of(stack.settings, stack.credentials))
        made = Ground(Line(stack, doors, clock), orders, around)
        for service in SERVICES:  # one after the other: at once they hold each other up
            parts = [made.copy(service.name, number + 1) for number in range(COPIES)]
            stack.add(*parts)
            await stack.start(*(part.name for part in parts))
        yield made


async def _start_own(stack: Stack, around: Surroundings, mood: Path) -> None:
    """Kafka, which can be reached by a wire as well, and the identity provider with its moods."""
    settings, home = stack.settings, stack.home
    broker = kafka.part(
        folder=home.folder / "kafka",
        cache=settings.cache,
        tmp=home.tmp,
        port=settings.port("kafka"),
        controller_port=settings.port("kafka-controller"),
    )
    provider = scim.part(
        folder=home.folder / "scim",
        port=settings.port("scim"),
        token=stack.credentials.file("scim_token"),
    )
    command = (sys.executable, "-m", "tests.chaos.scim_peer", *provider.command[3:])
    env = {scim_peer.MOOD_FILE: str(mood)}
    stack.add(wired(broker, around.wires["kafka"]), replace(provider, command=command, env=env))
    await jars.fetch(jars.locked("kafka"), settings.cache, lambda _done, _total: None)
    await stack.start("kafka", "scim")


def wired(broker: Part, by: Wire) -> Part:
    """The same broker, with a second listener that it tells clients to reach by the wire.

    A client goes to the address that Kafka tells it, whichever it asked first.
    """
    config = Path(broker.command[-1])

    async def prepare() -> None:
        await broker.prepare()
        _add_listener(config, by)

    return replace(broker, prepare=prepare)


def _add_listener(config: Path, by: Wire) -> None:
    [known] = [each for each in config.read_text().splitlines() if each.startswith("listeners=")]
    both = known.partition("=")[2]
    with config.open("a") as file:
        file.write(
            f"listeners={both},WIRED://127.0.0.1:{by.port}\n"
            f"advertised.listeners={both},WIRED://127.0.0.1:{by.at}\n"
            "listener.security.protocol.map="
            "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,WIRED:PLAINTEXT\n"
        )


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@asynccontextmanager
async def _around(stack: Stack, disk: Disk | None) -> AsyncGenerator[Surroundings]:
    smtp = urlsplit(f"//{stack.addresses.smtp}")
    async with AsyncExitStack() as exits:
        wires: dict[str, Wire] = {}
        for name in WIRED:
            port = free_port() if name == "kafka" else stack.settings.port(name)
            wires[name] = await exits.enter_async_context(wire("127.0.0.1", port))
        host, port = smtp.hostname or "127.0.0.1", smtp.port or 25
        keeper = await exits.enter_async_context(doorkeeper(host, port))
        yield Surroundings(keeper, wires, disk)
