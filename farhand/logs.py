"""`farhand logs`: what the parts wrote."""

import os
import time
from collections import deque
from pathlib import Path

from farhand.errors import StackError
from farhand.home import Home
from farhand.settings import Settings


def logs(part: str | None = None, /, *, lines: int = 20, follow: bool = False) -> None:
    """Print the end of a part's log, or of every part's.

    Parameters
    ----------
    part
        As `farhand status` names it.
    lines
        How many of each.
    follow
        Go on as it grows, until Ctrl-C. Needs a part.

    """
    found = logs_of(Home(Settings.from_env().home).logs, part)
    for file in found:
        if part is None:
            print(f"--- {file}")
        with file.open(errors="replace") as log:
            print("".join(deque(log, maxlen=lines)), end="")
    if follow:
        if part is None:
            raise StackError("Name the part to follow: `farhand logs kafka --follow`.")
        print_new(found[0])


def logs_of(folder: Path, part: str | None) -> list[Path]:
    there = sorted(file for file in folder.glob("*.log") if not file.name.endswith(".old.log"))
    found = [file for file in there if part in (None, file.stem)]
    if not found:
        names = ", ".join(file.stem for file in there) or "nothing has run yet"
        raise StackError(f"No log of {part or 'any part'} in {folder}; there are: {names}.")
    return found


def print_new(file: Path) -> None:
    with file.open(errors="replace") as log:
        log.seek(0, os.SEEK_END)
        while True:
            if text := log.read():
                print(text, end="", flush=True)
            else:
                time.sleep(0.2)
