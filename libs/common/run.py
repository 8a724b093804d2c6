"""Run a service: connect, migrate, declare topics, consume and serve, until it is told to stop."""

import asyncio
import gc
import logging
import signal
import socket
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from typing import Any, Final, TypeVar

import asyncpg
import uvicorn
import uvloop
from aiokafka.errors import KafkaError
from fastapi import FastAPI
from opentelemetry.sdk.trace import TracerProvider

from libs.common import database, logs, restoring, tracing
from libs.common.clock import Clock
from libs.common.contracts import CATALOG
from libs.common.contracts.operations import EVERY_SERVICE
from libs.common.database import KERNEL_MIGRATIONS, TRANSIENT, Pool
from libs.common.gauges import measure
from libs.common.http_app import create_app
from libs.common.kafka import TopicSpec, declare_topics
from libs.common.kernel import Kernel
from libs.common.rate_limit import RateLimit
from libs.common.running import Running
from libs.common.sealing import Vault
from libs.common.service import Service, Tools
from libs.common.settings import Settings, SettingsError

log = logging.getLogger(__name__)

T = TypeVar("T")

RETRY_SECONDS: Final = 1.0
CLOSE_SECONDS: Final = 3.0
ANSWER_SECONDS: Final = 5
OUTSIDE_KEPT: Final = timedelta(days=1)
"""How long the topic of a front door keeps what comes from outside, personal data in the clear: by
then it is kept as a delivery, sealed."""
YOUNG_OBJECTS: Final = 20_000
"""So many new objects have the collector look for cycles among them: about those of a batch."""
MIGRATE: Final = "migrate"
"""The word after `python -m services.<name>` that has only the schema brought up to date."""
POOL_SIZE: Final = 8
VAULT_POOL_SIZE: Final = 4


def run(service: Service) -> None:
    """Run a service until SIGTERM or SIGINT; wrong settings end it with one sentence.

    With the word `migrate` it brings its schema up to this release and ends: every start does so as
    well, but a roll-out that cannot be migrated is to stop before a process of it starts.
    """
    logs.configure(service.name)
    serves = _migrate_alone if sys.argv[1:] == [MIGRATE] else _serve
    try:
        uvloop.run(serves(service, Settings.read()))
    except SettingsError as error:
        sys.exit(f"{service.name} cannot start: {error}")
    except Exception:
        # Told by the log, which drops the text: a traceback of Python's own may quote a person.
        log.exception("ended by a defect")
        sys.exit(1)


def _tell(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What asyncio has to say of a task that nobody waited for, without the error's text."""
    error: BaseException | None = context.get("exception")
    log.error("%s", context.get("message", "asyncio"), exc_info=error)


async def _serve(service: Service, settings: Settings) -> None:
    provider = tracing.tracer_provider(
        service.name, zipkin=settings.zipkin, otlp=settings.otlp, ratio=settings.trace_ratio
    )
    app = create_app(service, settings.secret("api_token"), provider)
    stop, draining = asyncio.Event(), asyncio.Event()
    asyncio.get_running_loop().set_exception_handler(_tell)
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with _http(app, settings):
        starting = asyncio.create_task(
            _run_kernel(service, settings, app, provider, (stop, draining))
        )
        await asyncio.wait(
            [starting, asyncio.create_task(stop.wait())], return_when=asyncio.FIRST_COMPLETED
        )
        # Cancelled only while it starts: once it runs, it ends by itself, and finishes its work.
        if not starting.done() and app.state.running is None and not draining.is_set():
            starting.cancel()
        with suppress(asyncio.CancelledError):
            await starting
    provider.shutdown()
    log.info("stopped")


async def _run_kernel(
    service: Service,
    settings: Settings,
    app: FastAPI,
    provider: TracerProvider,
    signals: tuple[asyncio.Event, asyncio.Event],
) -> None:
    stop, draining = signals
    async with AsyncExitStack() as stack:
        tools = await _connect(service, settings, stack)
        await _until_reachable(lambda: _declare_topics(service, settings))
        if settings.restored:
            await _until_reachable(lambda: _go_on_after_the_log(service, tools))
        await _until_reachable(lambda: service.prepare(tools))
        tracer = provider.get_tracer("farhand")
        limit = RateLimit(settings.redis_url)
        stack.push_async_callback(limit.close)
        while not stop.is_set():
            kernel = Kernel(service, tools, tracer)
            try:
                async with kernel.running(), measure(kernel, tools.pool):
                    app.state.running = Running(kernel, tools, limit)
                    _spare_what_stays()
                    log.info("ready")
                    await stop.wait()
                    draining.set()
                    app.state.running = None
            except* (KafkaError, *TRANSIENT) as errors:
                app.state.running = None
                log.warning("starting over: %s", type(errors.exceptions[0]).__name__)
                await asyncio.sleep(RETRY_SECONDS)


def _spare_what_stays() -> None:
    """Take what was imported and built so far out of every collection to come.

    A batch makes thousands of objects, each of which stays only for the batch. By default that many
    have the collector walk through all that there is, which took a fifth of a busy service's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])


async def _connect(service: Service, settings: Settings, stack: AsyncExitStack) -> Tools:
    async def pool(dsn: str, size: int) -> Pool:
        opened = await _until_reachable(
            lambda: database.connect_pool(dsn, application=service.name, size=size)
        )
        stack.push_async_callback(_close, opened)
        return opened

    own = await pool(settings.postgres, POOL_SIZE)
    keys = await pool(settings.keys, VAULT_POOL_SIZE)
    await _until_reachable(lambda: _migrate(service, own))
    vault = Vault.with_master_key(keys, settings.secret("master_key"))
    return Tools(settings, own, vault, Clock.parse(settings.clock))


async def _close(pool: Pool) -> None:
    """Close a pool in order, or at once where PostgreSQL does not answer."""
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await pool.close()
    except TRANSIENT:
        pool.terminate()


async def _migrate(service: Service, pool: Pool) -> None:
    steps = database.read_migrations(KERNEL_MIGRATIONS)
    if service.migrations is not None:
        steps += database.read_migrations(service.migrations)
    async with pool.acquire() as conn:
        for applied in await database.migrate(conn, steps):
            log.info("applied %s", applied)


async def _migrate_alone(service: Service, settings: Settings) -> None:
    dsn = settings.postgres
    pool = await _until_reachable(
        lambda: database.connect_pool(dsn, application=service.name, size=1)
    )
    try:
        await _until_reachable(lambda: _migrate(service, pool))
    finally:
        await _close(pool)
    log.info("the schema is that of this release")


async def _go_on_after_the_log(service: Service, tools: Tools) -> None:
    settings, now = tools.settings, tools.clock.now()
    topics = sorted(settings.topic_prefix + name for name in _told_in(service))
    newest = await restoring.newest_numbers(
        service.name, settings.kafka, topics, now, settings.kafka_access
    )
    raised = await restoring.go_on_after(tools.pool, newest, now)
    log.info("restored: %d of %d numbers were behind Kafka", raised, len(newest))


def _told_in(service: Service) -> set[str]:
    """The topics that a service publishes to."""
    emitters = (service.name, EVERY_SERVICE)
    return {contract.topic for contract in CATALOG.values() if contract.emitter in emitters}


async def _declare_topics(service: Service, settings: Settings) -> None:
    names = _told_in(service)
    names.update(service.topics)
    doors = {door.topic for door in service.front_doors if door.topic is not None}
    await declare_topics(
        settings.kafka,
        [
            TopicSpec(
                settings.topic_prefix + name,
                settings.partitions,
                settings.replicas,
                OUTSIDE_KEPT if name in doors else None,
            )
            for name in sorted(names | doors)
        ],
        settings.kafka_access,
    )


async def _until_reachable(attempt: Callable[[], Awaitable[T]]) -> T:
    """Try until what it needs is there: a service may start before its broker and database."""
    while True:
        try:
            return await attempt()
        except asyncpg.exceptions.ClientConfigurationError as error:
            raise SettingsError(
                "FARHAND_POSTGRES or FARHAND_KEYS is not an address like "
                "postgresql://user:password@host:port/database"
            ) from error
        except (KafkaError, *TRANSIENT) as error:
            log.info("waiting: %s", type(error).__name__)
            await asyncio.sleep(RETRY_SECONDS)


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave signals to the kernel, which drains while requests are still answered."""
        yield


@asynccontextmanager
async def _http(app: FastAPI, settings: Settings) -> AsyncGenerator[None]:
    """Serve on a socket that several processes of one service may share."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        listening.bind((settings.http_host, settings.http_port))
    except OSError as error:
        raise SettingsError(
            f"port {settings.http_port} of {settings.http_host} cannot be used "
            f"({error.strerror}); set FARHAND_HTTP_PORT to a free one"
        ) from error
    server = _Server(
        uvicorn.Config(
            app, log_config=None, access_log=False, timeout_graceful_shutdown=ANSWER_SECONDS
        )
    )
    serving = asyncio.create_task(server.serve([listening]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving
