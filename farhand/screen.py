"""What a person at a terminal sees while parts come up."""

import time
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

if TYPE_CHECKING:
    from rich.progress import TaskID

TITLE_WIDTH: Final = 22


class Screen:
    """A `Report` in a terminal, or in plain lines where there is none."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False, soft_wrap=True)
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def ready(self, title: str, where: str, seconds: float) -> None:
        self._line("[green]✓[/green]", f"{title:<{TITLE_WIDTH}} {seconds:5.1f} s  ", where)

    def note(self, text: str) -> None:
        self._line("[yellow]•[/yellow]", f"{time.strftime('%H:%M:%S')} ", text)

    def download(self, done: int, total: int) -> None:
        if self._progress is None or self._task is None:
            self.note(f"Fetching jars, {total / 1e6:.0f} MB, once")
            self._progress, self._task = self._bar(total)
        self._progress.update(self._task, completed=done)
        if done >= total:
            self._progress.stop()
            self._progress = None

    def close(self) -> None:
        """Leave the terminal as it was."""
        if self._progress:
            self._progress.stop()

    def _bar(self, total: int) -> "tuple[Progress, TaskID]":
        columns = (TextColumn("  "), BarColumn(), DownloadColumn(), TransferSpeedColumn())
        progress = Progress(*columns, console=self.console, transient=True)
        progress.start()
        return progress, progress.add_task("jars", total=total)

    def _line(self, sign: str, before: str, text: str) -> None:
        self.console.print(sign, end=" ")
        self.console.print(before + text, markup=False)
