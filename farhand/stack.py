"""Everything up, and down again: the infrastructure, its bootstrap, the services.

async with running(Settings.from_env()) as stack: ...            # all
async with running(settings, services=()) as stack: ...          # infrastructure only
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncGenerator, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol

from farhand.bootstrap import DATABASE, KEYS, at, bootstrap
from farhand.credentials import Credentials
from farhand.embedded import bamboohr, jars, kafka, postgres, scim, smtp, valkey, zipkin
from farhand.embedded.unprivileged import Place
from farhand.errors import told
from farhand.home import Home, PartState, Running, refuse_busy
from farhand.orphans import Watcher
from farhand.services import SERVICES, Service, service_part
from farhand.settings import Settings
from farhand.supervisor import Child, Kind, Part

ROLES: Final = tuple(service.name for service in SERVICES)


class Report(Protocol):
    """Where a person reads what happens. Must not block."""

    def ready(self, title: str, where: str, seconds: float) -> None: ...
    def note(self, text: str) -> None: ...
    def download(self, done: int, total: int) -> None: ...


class Silence:
    """For tests."""

    def ready(self, title: str, where: str, seconds: float) -> None: ...
    def note(self, text: str) -> None: ...
    def download(self, done: int, total: int) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    kafka: str
    """host:port"""
    postgres: str
    """the DSN of the administrator"""
    redis: str
    """redis://:password@host:port/0"""
    zipkin: str
    """http://host:port"""
    smtp: str
    """host:port"""
    scim: str
    """http://host:port/v2"""
    bamboohr: str
    """base URL of BambooHR's API"""

    @classmethod
    def of(cls, settings: Settings, credentials: Credentials) -> "Addresses":
        """What is given, and for the rest where it is started here."""
        given, port = settings.given, settings.port
        admin, redis = credentials.read("postgres_admin"), credentials.read("redis")
        return cls(
            kafka=given.kafka or f"127.0.0.1:{port('kafka')}",
            postgres=given.postgres
            or f"postgresql://postgres:{admin}@127.0.0.1:{port('postgres')}/postgres",
            redis=given.redis or f"redis://:{redis}@127.0.0.1:{port('redis')}/0",
            zipkin=given.zipkin or f"http://127.0.0.1:{port('zipkin')}",
            smtp=given.smtp or f"127.0.0.1:{port('smtp')}",
            scim=given.scim or scim.base_url(port("scim")),
            bamboohr=given.bamboohr_url or bamboohr.base_url(port("bamboohr")),
        )


class Stack:
    """What `running` brought up. Parts are named as in `farhand status`."""

    def __init__(self, settings: Settings, home: Home, report: Report, watcher: Watcher) -> None:
        self.settings = settings
        self.home = home
        self.credentials = Credentials(home.secrets)
        self.addresses = Addresses.of(settings, self.credentials)
        self.children: dict[str, Child] = {}
        self._report = report
        self._watcher = watcher

    def child(self, name: str) -> Child:
        return self.children[name]

    def pid(self, name: str) -> int | None:
        """None while the part is down."""
        return self.children[name].pid

    def kill(self, name: str, sig: signal.Signals = signal.SIGKILL) -> None:
        """As if the part had crashed; it is started again. Follow with `until_ready`."""
        self.children[name].kill(sig)

    async def until_ready(self, name: str, within: float = 60) -> None:
        """Raises TimeoutError."""
        async with asyncio.timeout(within):
            await self.children[name].ready.wait()

    def state(self) -> Running:
        return Running(
            pid=os.getpid(),
            port_base=self.settings.port_base,
            parts=tuple(
                PartState(
                    name=child.part.name,
                    title=child.part.title,
                    pid=child.pid,
                    port=child.part.port,
                    ready=child.ready.is_set(),
                    restarts=child.restarts,
                    url=child.part.url,
                )
                for child in self.children.values()
            ),
        )

    def environment(self, service: str) -> dict[str, str]:
        """What the service's process is given on top of ours."""
        admin, password = self.addresses.postgres, self.credentials.read(f"postgres_{service}")
        clock = {"FARHAND_CLOCK": self.settings.clock} if self.settings.clock else {}
        return clock | {
            "FARHAND_SERVICE": service,
            "FARHAND_HOME": str(self.home.folder),
            "FARHAND_SECRETS": str(self.home.secrets),
            "FARHAND_HTTP_PORT": str(self.settings.port(service)),
            "FARHAND_KAFKA": self.addresses.kafka,
            "FARHAND_POSTGRES": at(admin, DATABASE, service, password),
            "FARHAND_KEYS": at(admin, KEYS, service, password),
            "FARHAND_REDIS": self.addresses.redis,
            "FARHAND_ZIPKIN": self.addresses.zipkin,
            "FARHAND_SMTP": self.addresses.smtp,
            "FARHAND_SCIM": self.addresses.scim,
            "FARHAND_OPERATIONS": ",".join(
                f"{name}=http://127.0.0.1:{self.settings.port(name)}" for name in ROLES
            ),
            "FARHAND_CONSOLE": f"http://127.0.0.1:{self.settings.port('console')}",
            "FARHAND_BAMBOOHR_URL": self.addresses.bamboohr,
        }

    def add(self, *parts: Part) -> None:
        for part in parts:
            self.children[part.name] = Child(
                part,
                self.home.log(part.name),
                self._watcher,
                say=self._report.note,
                changed=self._tell_others,
            )

    def ports(self) -> list[tuple[str, int]]:
        """What this copy listens on, each with who does."""
        ports = {child.part.port: child.part.title for child in self.children.values()}
        if "kafka" in self.children:
            ports[self.settings.port("kafka-controller")] = "Apache Kafka's controller"
        return [(title, port) for port, title in ports.items()]

    def make_remarks(self) -> None:
        for child in self.children.values():
            if child.part.remark:
                self._report.note(child.part.remark)

    async def bring_up(self) -> None:
        """Infrastructure, then roles and schemas, then services. Raises StackError."""
        await together(self._start_native(), self._start_java())
        roles = {role: self.credentials.read(f"postgres_{role}") for role in ROLES}
        await bootstrap(self.addresses.postgres, roles)
        await self.start(*self._names(Kind.SERVICE))

    async def add_services(
        self, settings: Settings, services: Sequence[Service], copies: int
    ) -> None:
        """Start services on infrastructure that is up, with settings known only now."""
        self.settings = settings
        self.add(*service_parts(self, services, copies))
        await self.start(*self._names(Kind.SERVICE))

    async def start(self, *names: str) -> None:
        """At once; ready when this returns. Raises StackError."""
        await together(*(self._start(self.children[name]) for name in names))

    async def stop(self) -> None:
        """Services first, then what they stand on, each all at once. Interrupted: kill."""
        try:
            for kinds in ((Kind.SERVICE,), (Kind.NATIVE, Kind.JAVA)):
                ending = [
                    child.stop() for child in self.children.values() if child.part.kind in kinds
                ]
                await asyncio.gather(*ending)
        except asyncio.CancelledError:
            self.kill_for_good()
            raise

    def kill_for_good(self) -> None:
        """End everything at once; nothing is started again."""
        for child in self.children.values():
            child.kill_for_good()

    async def _start_native(self) -> None:
        await self.start(*self._names(Kind.NATIVE))

    async def _start_java(self) -> None:
        names = self._names(Kind.JAVA)
        wanted = [jar for name in names for jar in jars.locked(name)]
        await jars.fetch(wanted, self.settings.cache, self._report.download)
        await self.start(*names)

    def _names(self, kind: Kind) -> list[str]:
        return [name for name, child in self.children.items() if child.part.kind is kind]

    async def _start(self, child: Child) -> None:
        began = asyncio.get_running_loop().time()
        await child.start()
        took = asyncio.get_running_loop().time() - began
        self._report.ready(child.part.title, child.part.url, took)

    def _tell_others(self) -> None:
        with contextlib.suppress(OSError):  # a full disk must not end what runs
            self.home.write(self.state())


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    services: Sequence[Service] = SERVICES,
    copies: int = 1,
    report: Report | None = None,
) -> AsyncGenerator[Stack]:
    """Bring everything up, and take it down again on leaving, however that happens.

    Without services, it is the infrastructure only, with the roles and schemas of all services.
    Raises StackError with a sentence for the person who started it.
    """
    home = Home(settings.home)
    async with AsyncExitStack() as exits:
        exits.enter_context(home.held())
        try:
            home.make()
            credentials = Credentials(home.secrets)
            credentials.generate(ROLES)
            watcher = await exits.enter_async_context(Watcher())
            stack = Stack(settings, home, report or Silence(), watcher)
            stack.add(*infrastructure(settings, home, credentials))
            stack.add(*service_parts(stack, services, copies))
            await asyncio.to_thread(refuse_busy, stack.ports())
            stack.make_remarks()
            exits.push_async_callback(stack.stop)
            await stack.bring_up()
        except OSError as error:
            raise told(error, settings.home) from error
        yield stack


def infrastructure(settings: Settings, home: Home, credentials: Credentials) -> Iterator[Part]:
    """The parts to start here, in order: those whose address is not given."""
    given, port, folder = settings.given, settings.port, home.folder
    if not given.postgres:
        yield postgres.part(
            place=Place.inside(folder),
            port=port("postgres"),
            password=credentials.read("postgres_admin"),
        )
    if not given.redis:
        yield valkey.part(
            folder=folder / "valkey", port=port("redis"), password=credentials.read("redis")
        )
    if not given.smtp:
        yield smtp.part(folder=home.mail, port=port("smtp"))
    if not given.scim:
        yield scim.part(
            folder=folder / "scim", port=port("scim"), token=credentials.file("scim_token")
        )
    if not given.bamboohr_url:
        yield bamboohr.part(
            folder=folder / "bamboohr",
            port=port("bamboohr"),
            secrets=home.secrets,
            hook=f"http://127.0.0.1:{port('onboarding')}/hooks/bamboohr",
        )
    if not given.kafka:
        yield kafka.part(
            folder=folder / "kafka",
            cache=settings.cache,
            tmp=home.tmp,
            port=port("kafka"),
            controller_port=port("kafka-controller"),
        )
    if not given.zipkin:
        yield zipkin.part(cache=settings.cache, tmp=home.tmp, port=port("zipkin"))


def service_parts(stack: Stack, services: Sequence[Service], copies: int) -> Iterator[Part]:
    for service in services:
        for copy in range(1, copies + 1):
            yield service_part(
                service, copy, stack.settings.port(service.name), stack.environment(service.name)
            )


async def together(*jobs: Coroutine[Any, Any, None]) -> None:
    """All at once. The first error stops the others and is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            for job in jobs:
                group.create_task(job)
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from None
