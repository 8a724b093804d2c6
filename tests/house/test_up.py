"""`farhand up` as a person meets it, with services that do nothing."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from pathlib import Path

import psutil
import pytest

from farhand.home import Home, Running
from farhand.services import ROOT, SERVICES
from farhand.settings import Settings

FAKES = "tests.house.up_with_fakes"
NOT_OURS = {"kafka": "127.0.0.1:1", "zipkin": "http://127.0.0.1:1"}
"""Taken as given, so that these tests do not wait for Java; no fake asks for them."""


class Up:
    def __init__(self, settings: Settings, output: Path) -> None:
        self.home = Home(settings.home)
        self.output = output
        self.env = os.environ | {
            "FARHAND_HOME": str(settings.home),
            "FARHAND_PORT_BASE": str(settings.port_base),
            "FARHAND_CACHE": str(settings.cache),
            **{f"FARHAND_{part.upper()}": address for part, address in NOT_OURS.items()},
        }
        with output.open("wb") as file:
            self.process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", FAKES, "2"],
                cwd=ROOT,
                env=self.env,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        self.wait(lambda: "Ctrl-C stops" in self.said())

    def said(self) -> str:
        return self.output.read_text()

    def wait(self, until: Callable[[], bool], within: float = 30) -> None:
        deadline = time.monotonic() + within
        while not until():
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.02)

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def call(self, *args: str, module: str = "farhand") -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603
            [sys.executable, "-m", module, *args],
            cwd=ROOT,
            env=self.env,
            check=False,
            capture_output=True,
            text=True,
            timeout=30,
        )

    def state(self) -> Running:
        running = self.home.running()
        assert running
        return running

    def pid(self, part: str) -> int:
        return next(one.pid or 0 for one in self.state().parts if one.name == part)


@pytest.fixture
def up(settings: Settings, tmp_path: Path) -> Generator[Up]:
    up = Up(settings, tmp_path / "output")
    yield up
    up.process.kill()
    up.process.wait()


def gone(processes: list[psutil.Process]) -> bool:
    _, alive = psutil.wait_procs(processes, timeout=0)
    return not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def test_nobody_is_left_after_a_kill(up: Up) -> None:
    family = up.family()
    assert len(family) > len(SERVICES) * 2 + 3
    up.process.kill()
    up.process.wait()
    up.wait(lambda: gone(family), within=5)
    assert up.home.running() is None


def test_a_life_of_it(up: Up) -> None:
    """One start for what does not disturb each other."""
    assert [part.name for part in up.state().parts if part.ready] == [
        *("postgres", "redis", "smtp", "scim", "bamboohr"),
        *(name for one in SERVICES for name in (one.name, f"{one.name}-2")),
    ]

    second = up.call(module=FAKES)
    assert second.returncode == 1
    assert f"already running in {up.home.folder} (process {up.process.pid}" in second.stderr
    assert "Traceback" not in second.stderr

    status = up.call("status", "--json")
    assert status.returncode == 0
    assert json.loads(status.stdout)["pid"] == up.process.pid
    assert up.call("reset", "--yes").returncode == 1
    assert "No mail" in up.call("inbox").stdout

    first = up.pid("notify")
    os.kill(first, signal.SIGKILL)
    up.wait(lambda: "notify is back" in up.said())
    assert "notify was ended by signal SIGKILL; starting it again" in up.said()
    assert up.pid("notify") != first

    family = up.family()
    up.process.send_signal(signal.SIGINT)
    assert up.process.wait(30) == 0
    assert gone(family)
    assert up.home.running() is None


def test_a_busy_port_is_a_sentence(settings: Settings) -> None:
    port = settings.port("kafka")
    with socket.create_server(("127.0.0.1", port)):
        refused = subprocess.run(  # noqa: S603
            [sys.executable, "-m", FAKES],
            cwd=ROOT,
            env=os.environ
            | {
                "FARHAND_HOME": str(settings.home),
                "FARHAND_PORT_BASE": str(settings.port_base),
            },
            check=False,
            capture_output=True,
            text=True,
            timeout=30,
        )
    assert refused.returncode == 1
    assert f"Port {port}, which Apache Kafka needs, is taken" in refused.stderr
    assert "FARHAND_PORT_BASE" in refused.stderr
    assert "Traceback" not in refused.stderr
