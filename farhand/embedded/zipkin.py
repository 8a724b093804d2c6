"""Zipkin, which keeps traces in memory and shows them."""

from pathlib import Path
from typing import Final

from farhand import probes
from farhand.embedded import jars, java
from farhand.supervisor import Kind, Part

TITLE: Final = "Zipkin"
HEAP: Final = 512
SPANS_KEPT: Final = 100_000
"""about what the heap holds; the oldest traces go first"""


def part(*, cache: Path, tmp: Path, port: int) -> Part:
    """Its jar has to be in the cache before it starts."""
    options = (
        # its own setting for the port would listen on every interface
        "-Darmeria.ports[0].ip=127.0.0.1",
        f"-Darmeria.ports[0].port={port}",
        "-Darmeria.ports[0].protocols[0]=http",
        *("-jar", jars.classpath("zipkin", cache)),
    )
    return Part(
        name="zipkin",
        title=TITLE,
        port=port,
        kind=Kind.JAVA,
        command=java.command(heap=HEAP, tmp=tmp, options=options),
        probe=lambda: probes.http(f"http://127.0.0.1:{port}/health"),
        env={
            "STORAGE_TYPE": "mem",
            "MEM_MAX_SPANS": str(SPANS_KEPT),
            "SELF_TRACING_ENABLED": "false",
        },
        url=f"http://127.0.0.1:{port}/zipkin/",
    )
