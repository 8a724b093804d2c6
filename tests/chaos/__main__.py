"""`make chaos`: the fault suite in its long form.

FARHAND_CHAOS_HIRES (10000), FARHAND_CHAOS_FAULTS (45), FARHAND_CHAOS_MINUTES (60: how long a run
may take; where that is too short for all the hires, fewer are announced, and the page says how
many), FARHAND_CHAOS_RATE (hires announced a second, 8, while everybody keeps up and none are far
ahead of the faults), FARHAND_CHAOS_DAY (seconds that a day lasts at least, 8.64),
FARHAND_CHAOS_WIDTH (faults at once, at most: 2) and
FARHAND_CHAOS_SEED (several with commas; three are drawn and printed where none is given); the logs
of the last run are kept in the folder that FARHAND_CHAOS_LOGS names. Ctrl-C stops it and takes
everything down; the page then tells of the runs that were over, if any, and with
FARHAND_CHAOS_GO_ON=1 the next call adds those of the seeds that are missing. Exit code 1 on any
breach.
"""

import logging
import os
import platform
import random
import sys
from pathlib import Path
from typing import Final

from farhand import interrupt
from farhand.errors import StackError
from farhand.screen import Screen
from farhand.services import ROOT
from tests.chaos.course import DAY_IN_SECONDS, Setup, lived_through
from tests.chaos.judged import judged
from tests.chaos.kept import keep, kept
from tests.chaos.report import Result, document
from tests.e2e.conftest import new_home

SEEDS: Final = 3
WIDTH: Final = 2
DOCUMENT: Final = ROOT / "docs" / "chaos.md"


def setups() -> list[Setup]:
    """The runs that the environment asks for."""
    env = os.environ
    drawn = [str(random.SystemRandom().randrange(1_000_000)) for _ in range(SEEDS)]
    seeds = env["FARHAND_CHAOS_SEED"].split(",") if env.get("FARHAND_CHAOS_SEED") else drawn
    try:
        return [
            Setup(
                seed=int(seed),
                hires=int(env.get("FARHAND_CHAOS_HIRES") or 10_000),
                faults=int(env.get("FARHAND_CHAOS_FAULTS") or 45),
                width=int(env.get("FARHAND_CHAOS_WIDTH") or WIDTH),
                rate=float(env.get("FARHAND_CHAOS_RATE") or 8),
                minutes=float(env.get("FARHAND_CHAOS_MINUTES") or 60),
                day=float(env.get("FARHAND_CHAOS_DAY") or DAY_IN_SECONDS),
            )
            for seed in seeds
        ]
    except ValueError as error:
        sys.exit(
            "FARHAND_CHAOS_SEED, _HIRES, _FAULTS, _MINUTES, _RATE, _DAY and _WIDTH must be "
            f"numbers: {error}."
        )


async def run(wanted: list[Setup], results: list[Result], screen: Screen, to: Path) -> None:
    """One run after the other; each leaves its result, and the page tells of it."""
    port_base = int(os.environ.get("FARHAND_PORT_BASE") or 27900)
    for setup in wanted:
        screen.note(f"FARHAND_CHAOS_SEED={setup.seed}: {setup.hires} hires, {setup.faults} faults")
        with new_home() as home:
            async with lived_through(setup, home, port_base, screen) as outcome:
                results.append(judged(outcome))
        keep(results, machine(), to)
        for problem in results[-1].problems:
            screen.note(problem)


def machine() -> str:
    """What this runs on, without a name."""
    return f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def main(to: Path = DOCUMENT) -> None:
    """Run, print, write, and say by the exit code whether all held."""
    # while Kafka is down, its driver would log each refused connection
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    wanted, screen = setups(), Screen()
    results = kept(to) if os.environ.get("FARHAND_CHAOS_GO_ON") else []
    over = {result.seed for result in results}
    missing = [setup for setup in wanted if setup.seed not in over]
    try:
        interrupt.run(run(missing, results, screen, to), screen.note)
    except StackError as error:
        sys.exit(f"✗ {error}")
    finally:
        screen.close()
    if not results:
        sys.exit("Interrupted before a run was over: nothing is written.")
    print(document(results, machine()))  # noqa: T201  # a command line prints
    left = {setup.seed for setup in wanted} - {result.seed for result in results}
    if left:
        sys.exit(f"Interrupted: {len(left)} of {len(wanted)} runs are missing from the page.")
    sys.exit(1 if any(result.problems for result in results) else 0)


if __name__ == "__main__":
    main()
