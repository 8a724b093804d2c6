"""The identity provider: a small SCIM server that keeps the company's accounts."""

import sys
from pathlib import Path
from typing import Final

from farhand import probes
from farhand.services import ROOT
from farhand.supervisor import Part

TITLE: Final = "Identity provider"


def base_url(port: int) -> str:
    """Where SCIM is spoken."""
    return f"http://127.0.0.1:{port}/v2"


def part(*, folder: Path, port: int, token: Path) -> Part:
    return Part(
        name="scim",
        title=TITLE,
        port=port,
        # the token is in a file: an argument could be read by everybody
        command=(
            *(sys.executable, "-m", "farhand.embedded.scim_server"),
            *(str(port), str(folder), str(token)),
        ),
        probe=lambda: probes.http(f"{base_url(port)}/ServiceProviderConfig"),
        cwd=ROOT,
        url=base_url(port),
    )
