"""`python -m bench`: the benchmark, as `make bench` runs it."""

import sys
from pathlib import Path
from typing import Annotated, Final

from cyclopts import App, Parameter
from cyclopts.validators import Number

from bench import usage
from bench.contender import CONTENDERS
from bench.rounds import QUICK_SLOW, Plan
from bench.session import Session
from farhand import interrupt
from farhand.errors import StackError
from farhand.services import ROOT
from farhand.settings import Settings

NAMES: Final = tuple(contender.name for contender in CONTENDERS)
Count = Annotated[int, Parameter(validator=Number(gte=1))]
app = App(name="bench", help="Measure Farhand's kernel beside what one would pick instead.")


@app.default
def bench(
    *,
    hires: tuple[Count, ...] = (2_000, 10_000, 50_000),
    rounds: Count = 5,
    trickle: Annotated[int, Parameter(validator=Number(gte=0))] = 200,
    only: tuple[str, ...] = NAMES,
    quick: bool = False,
    to: Path = ROOT / "docs",
) -> None:
    """Run the benchmark and write benchmarks.md; Ctrl-C stops it and cleans up.

    Parameters
    ----------
    hires
        How many hires are sent at once; may be given several times.
    rounds
        How often every contender has its turn.
    trickle
        How many hires are sent at 20 a second; 0 leaves that out.
    only
        Contenders to take; may be given several times.
    quick
        One round of small bursts, to see that it works.
    to
        The folder of the document.

    """
    if unknown := set(only) - set(NAMES):
        sys.exit(f"There is no contender {', '.join(unknown)}; there are {', '.join(NAMES)}.")
    if not usage.is_available():
        sys.exit("The benchmark reads CPU and memory from /proc, which only Linux has.")
    plan = Plan(
        contenders=[each for each in CONTENDERS if each.name in only],
        hires=(1_000,) if quick else hires,
        rounds=1 if quick else rounds,
        trickle=min(trickle, 100) if quick else trickle,
        slow=QUICK_SLOW if quick else None,
    )
    settings = Settings.from_env()
    session = Session(plan, settings.evolve(home=settings.home / "bench"), to)
    try:
        interrupt.run(session.run(), session.screen.note)
    except StackError as error:
        sys.exit(f"✗ {error}")
    if not session.is_clean:
        sys.exit(1)


if __name__ == "__main__":
    app()
