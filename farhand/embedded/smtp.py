"""The mail box: a small mail server that keeps what it is sent."""

import sys
from pathlib import Path
from typing import Final

from farhand import probes
from farhand.services import ROOT
from farhand.supervisor import Part

TITLE: Final = "Mail box"


def part(*, folder: Path, port: int) -> Part:
    return Part(
        name="smtp",
        title=TITLE,
        port=port,
        command=(sys.executable, "-m", "farhand.embedded.smtp_sink", str(port), str(folder)),
        probe=lambda: probes.smtp(port),
        cwd=ROOT,
        url=f"127.0.0.1:{port}",
    )
