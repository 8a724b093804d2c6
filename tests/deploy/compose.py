"""docker-compose.yml as a test starts it: a project and ports of its own, taken down afterwards."""

import io
import os
import subprocess
import tarfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from farhand.settings import DEFAULT_PORT_BASE, OFFSETS
from libs.common.clock import Clock

ROOT: Final = Path(__file__).parents[2]
PUBLISHED: Final = {"smtp": "MAIL"}
"""Parts whose port has another name in the file."""
COLLECTOR: Final = "otel/opentelemetry-collector-contrib:0.150.0"
BESIDE: Final = {"FARHAND_TRACES": "nowhere", "FARHAND_TRACES_ZIPKIN": "http://zipkin:9411"}
"""Where the collector was built without the exporter to Zipkin, services tell Zipkin as well."""


@dataclass(frozen=True, slots=True)
class Compose:
    """One project; whatever the engine says stands in the error of a command that fails."""

    project: str
    files: Sequence[str]
    port_base: int
    clock: Clock

    @property
    def environment(self) -> Mapping[str, str]:
        """The ports and the clock, as the file asks for them."""
        ports = {
            f"{PUBLISHED.get(part, part.upper())}_PORT": str(self.port_base + offset)
            for part, offset in OFFSETS.items()
        }
        own = {"FARHAND_PORT_BASE": str(self.port_base), "FARHAND_CLOCK": str(self.clock)}
        return {**os.environ, **ports, **own, **({} if exports_to_zipkin() else BESIDE)}

    def __call__(self, *words: str, check: bool = True) -> "subprocess.CompletedProcess[bytes]":
        files = [word for file in self.files for word in ("--file", file)]
        command = ["docker", "compose", *files, "--project-name", self.project, *words]
        done = subprocess.run(  # noqa: S603  # the words are this file's and the tests'
            command, cwd=ROOT, env=self.environment, capture_output=True, check=False
        )
        assert not check or done.returncode == 0, done.stderr.decode()[-4000:]
        return done

    def crash(self, *parts: str) -> None:
        """Crash each part, one after the other, until it is back by itself."""
        words = ["deploy/compose-crash.sh", self.project, *parts]
        done = subprocess.run(words, cwd=ROOT, capture_output=True, check=False)  # noqa: S603  # of this project
        assert done.returncode == 0, (done.stdout + done.stderr).decode()[-4000:]

    def secrets(self, folder: Path) -> None:
        """Copy every secret into a folder."""
        packed = self("run", "--rm", "--no-deps", "secrets", "export", "/secrets").stdout
        folder.mkdir(parents=True)
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(folder, filter="data")


@cache
def exports_to_zipkin() -> bool:
    """Whether the collector that is here was built with the exporter to Zipkin."""
    asked = ["docker", "run", "--rm", "--network", "none", COLLECTOR, "components"]
    said = subprocess.run(asked, capture_output=True, check=False).stdout.decode()  # noqa: S603  # of this file
    _, _, exporters = said.partition("exporters:")
    return "name: zipkin\n" in exporters


@contextmanager
def composed(name: str, *files: str, clock: Clock, parts: Sequence[str] = ()) -> Generator[Compose]:
    """Build, start, and wait until all of it is healthy; removed with its volumes afterwards."""
    base = int(os.environ.get("FARHAND_TEST_PORT_BASE", str(DEFAULT_PORT_BASE + 20_000)))
    project = Compose(f"farhand-test-{name}-{base}", files, base, clock)
    try:
        project("up", "--build", "--detach", "--wait", *parts)
        yield project
    finally:
        project("down", "--volumes", "--timeout", "20", check=False)
