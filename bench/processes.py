"""A contender's processes, as parts of the stack: ready before the first hire, gone afterwards."""

import socket
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Final

from bench.contender import Contender
from bench.ground import PARTITIONS
from farhand import probes
from farhand.services import ROOT
from farhand.stack import Stack
from farhand.supervisor import Kind, Part, Probe

READY_SECONDS: Final = 180.0
PORT_NAMES: Final = ("onboarding", "compliance", "notify", "metrics")
"""No service of the product runs meanwhile: the ports are free. Copies get whatever port is."""


@asynccontextmanager
async def running(
    stack: Stack, contender: Contender, dsn: str, prefix: str
) -> AsyncGenerator[tuple[int, ...]]:
    """Start the processes; gives their ids. Raises StackError with the end of the log."""
    parts = [
        _part(stack, contender, number, dsn, prefix) for number in range(len(contender.processes))
    ]
    stack.add(*parts)
    names = [part.name for part in parts]
    try:
        await stack.start(*names)
        yield tuple(pid for name in names if (pid := stack.pid(name)) is not None)
    finally:
        for name in names:
            await stack.children.pop(name).stop()


def restarts(stack: Stack, contender: Contender) -> int:
    """How often a process of the contender ended by itself and was started again."""
    return sum(
        child.restarts for name, child in stack.children.items() if name.startswith(contender.name)
    )


def _part(stack: Stack, contender: Contender, number: int, dsn: str, prefix: str) -> Part:
    module, *arguments = contender.processes[number]
    is_copy = number >= len(PORT_NAMES)
    port = _free_port() if is_copy else stack.settings.port(PORT_NAMES[number])
    copy = (str(number // len(PORT_NAMES) + 1),) if is_copy else ()
    env: Mapping[str, str] = {}
    if contender.is_kernel:
        env = _kernel(stack, arguments[0], dsn, prefix, port)
    return Part(
        name="-".join((contender.name, *arguments, *copy)),
        title=" ".join((contender.title, *arguments, *copy)),
        port=port,
        kind=Kind.SERVICE,
        command=(sys.executable, "-m", module, *arguments),
        probe=_healthy(port) if contender.is_kernel else _listening(port),
        env={
            "BENCH_KAFKA": stack.addresses.kafka,
            "BENCH_POSTGRES": dsn,
            "BENCH_PREFIX": prefix,
            "BENCH_PORT": str(port),
            **env,
            **contender.env,
        },
        cwd=ROOT,
        stop_within=20,
        ready_within=READY_SECONDS,
    )


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def _kernel(stack: Stack, service: str, dsn: str, prefix: str, port: int) -> Mapping[str, str]:
    """The environment of a service of ours, in a schema of its own."""
    return stack.environment("onboarding") | {
        "FARHAND_SERVICE": service,
        "FARHAND_POSTGRES": f"{dsn}?search_path={service}",
        "FARHAND_TOPIC_PREFIX": prefix,
        "FARHAND_PARTITIONS": str(PARTITIONS),
        "FARHAND_HTTP_PORT": str(port),
        "FARHAND_REDIS": "",
        "FARHAND_CLOCK": "",
    }


def _healthy(port: int) -> Probe:
    return lambda: probes.http(f"http://127.0.0.1:{port}/health/ready")


def _listening(port: int) -> Probe:
    async def probe() -> None:
        async with probes.connected(port):
            pass

    return probe
