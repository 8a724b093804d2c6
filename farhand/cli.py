"""The `farhand` command. A sub-command is a function in a module of its own, and a line here."""

import logging
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager

from cyclopts import App
from rich.console import Console

from farhand.errors import StackError

app = App(name="farhand", help="Farhand, on one machine, from packages.", version_flags=[])

# by name, so that `farhand inbox` does not import what only `farhand up` needs
app.command("farhand.up:up", help="Start everything and stay until Ctrl-C.")
app.command("farhand.demo.command:demo", help="Live through two weeks of a company in two minutes.")
app.command("farhand.status:status", help="Show what runs, or where a hire stands.")
app.command("farhand.logs:logs", help="Print the end of a part's log, or of every part's.")
app.command("farhand.hire:hire", help="Report a hire by hand.")
app.command("farhand.task:app", name="task")
app.command("farhand.explain:explain", help="Print the decision on a hire for a lawyer.")
app.command("farhand.law:app", name="law")
app.command("farhand.replay:replay", help="List what was set aside, or settle it.")
app.command("farhand.rebuild:rebuild", help="Make a service's read model anew from its log.")
app.command("farhand.inbox:inbox", help="List the mails, oldest first, or print one.")
app.command("farhand.master_key:master_key", help="Change the key that wraps all data keys.")
app.command("farhand.reset:reset", help="Remove everything that was kept.")


def main() -> None:
    with speaking():
        app()


@contextmanager
def speaking() -> Generator[None]:
    """What goes wrong is told in a sentence, with an exit code other than 0."""
    # while a part comes up or back, the drivers would log each refused connection
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    try:
        yield
    except StackError as error:
        console = Console(stderr=True, highlight=False, soft_wrap=True)
        console.print("[red]✗[/red]", end=" ")
        console.print(str(error), markup=False)
        sys.exit(1)
    except BrokenPipeError:  # `farhand logs | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(130)
