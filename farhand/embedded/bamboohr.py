"""The HR system: a small BambooHR, with employees that can be added and changed."""

import sys
from pathlib import Path
from typing import Final

from farhand import probes
from farhand.services import ROOT
from farhand.supervisor import Part

TITLE: Final = "BambooHR, simulated"


def base_url(port: int) -> str:
    """Where its API is."""
    return f"http://127.0.0.1:{port}/api/v1"


def part(*, folder: Path, port: int, secrets: Path, hook: str) -> Part:
    """Employees are kept in `folder`; what changes of them is delivered to `hook`, signed."""
    return Part(
        name="bamboohr",
        title=TITLE,
        port=port,
        command=(
            *(sys.executable, "-m", "farhand.embedded.bamboohr_server"),
            *(str(port), str(folder), str(secrets), hook),
        ),
        probe=lambda: probes.http(f"http://127.0.0.1:{port}/health"),
        cwd=ROOT,
        url=f"http://127.0.0.1:{port}",
    )
