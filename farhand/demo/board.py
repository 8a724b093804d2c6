"""What a person sees while the demo runs: the board, live."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from libs.common.contracts.onboarding import HireStatus

BAR_WIDTH: Final = 40
COLOURS: Final = {
    HireStatus.BLOCKED: "red",
    HireStatus.READY: "green",
    HireStatus.ACTIVE: "bold green",
    HireStatus.CANCELLED: "dim",
}


def board(
    now: datetime,
    passed: float,
    sent: int,
    total: int,
    seen: Mapping[UUID, Mapping[str, Any]],
    letters: int,
) -> RenderableType:
    """The hires by status, the product's time, and how much of the two weeks has passed."""
    counts = dict.fromkeys(HireStatus, 0)
    for hire in seen.values():
        counts[HireStatus(hire["status"])] += 1
    table = Table(box=None, pad_edge=False, show_header=False)
    for status, count in counts.items():
        if count:
            table.add_row(
                Text(status.value, style=COLOURS.get(status, "")),
                f"{count:4d}",
                ProgressBar(total=max(total, 1), completed=count, width=BAR_WIDTH),
            )
    head = (
        f"{now:%A %d %B %H:%M} UTC · {min(passed, 1):4.0%} of two weeks · "
        f"{sent} of {total} hires announced · {letters} letters sent"
    )
    return Group(Text(head, style="bold"), table)
