"""`farhand status`: what runs, under which process id, on which port; or where a hire stands."""

import json
import sys
from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from cyclopts import Parameter
from rich.console import Console
from rich.table import Table

from farhand.hire_status import hire_status
from farhand.home import Home, Running
from farhand.settings import Settings


def status(
    hire: UUID | None = None,
    /,
    *,
    as_json: Annotated[bool, Parameter(name="--json", negative=())] = False,
) -> None:
    """Show what runs; the exit code is 0 when all of it is ready.

    Parameters
    ----------
    hire
        The id of a hire: shows where it stands instead, with its decision, access, tasks, messages.
    as_json
        For programs.

    """
    if hire is not None:
        print(hire_status(hire))
        return
    folder = Settings.from_env().home
    running = Home(folder).running()
    if as_json:
        print(json.dumps({"running": bool(running), **(asdict(running) if running else {})}))
    elif running:
        Console(highlight=False).print(table(running))
    else:
        print(f"Nothing runs in {folder}. Start it with `farhand up`.")
    sys.exit(0 if running and all(part.ready for part in running.parts) else 1)


def table(running: Running) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("part", "process", "port", "ready", "restarts", "address"):
        table.add_column(column, header_style="bold")
    for part in running.parts:
        ready = "[green]yes[/green]" if part.ready else "[red]no[/red]"
        pid = str(part.pid or "-")
        table.add_row(part.name, pid, str(part.port), ready, str(part.restarts), part.url)
    return table
