"""`farhand reset`: remove the state folder, and nothing else."""

import shutil
import sys

from rich.prompt import Confirm

from farhand.embedded.unprivileged import outside_of
from farhand.errors import StackError, told
from farhand.home import Home
from farhand.settings import Settings


def reset(*, yes: bool = False) -> None:
    """Remove everything that was kept: events, databases, mails, secrets, logs.

    Parameters
    ----------
    yes
        Do not ask.

    """
    home = Home(Settings.from_env().home)
    if not home.folder.exists():
        print(f"There is nothing to remove: {home.folder} does not exist.")
        return
    if not home.lock.exists():
        raise StackError(
            f"{home.folder} was not made by Farhand, so it is left alone. Is FARHAND_HOME right?"
        )
    if yes or agreed(home):
        remove(home)
        print(f"Removed {home.folder}.")


def agreed(home: Home) -> bool:
    if not sys.stdin.isatty():
        raise StackError(f"To remove {home.folder} without being asked, say `reset --yes`.")
    return Confirm.ask(f"Remove {home.folder} with everything in it?", default=False)


def remove(home: Home) -> None:
    """Raises StackError while `up` runs there."""
    with home.held():
        try:
            shutil.rmtree(outside_of(home.folder), ignore_errors=True)
            shutil.rmtree(home.folder)
        except OSError as error:
            raise told(error, home.folder) from error


def make_room(home: Home, marker: str) -> None:
    """Empty the folder if a run of the same kind left it, and mark it as such a run's.

    Raises StackError where the folder holds something else, so that no real state is lost.
    """
    mark = home.folder / marker
    if home.folder.exists() and any(home.folder.iterdir()):
        if not mark.exists():
            raise StackError(
                f"{home.folder} holds a state that is not a {marker}'s. Set FARHAND_HOME to "
                f"another folder for the {marker}, or remove the state with `farhand reset`."
            )
        remove(home)
    home.folder.mkdir(parents=True, exist_ok=True)
    mark.touch()
