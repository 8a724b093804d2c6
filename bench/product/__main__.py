"""`python -m bench.product`: measure the whole product, as `make bench-product` does."""

import sys
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Final

from cyclopts import App, Parameter
from cyclopts.validators import Number
from rich.status import Status

from bench import usage
from bench.machine import machine, versions
from bench.product.measure import Load, Measured, measure
from bench.product.report import ProductReport
from farhand import interrupt
from farhand.errors import StackError
from farhand.home import Home
from farhand.reset import make_room, remove
from farhand.screen import Screen
from farhand.services import ROOT
from farhand.settings import Settings
from libs.common.clock import wall

MARKER: Final = "bench"
Count = Annotated[int, Parameter(validator=Number(gte=1))]
Readers = Annotated[int, Parameter(validator=Number(gte=0))]
Rate = Annotated[float, Parameter(validator=Number(gt=0))]
app = App(name="bench.product", help="Measure all of Farhand under a burst of hires.")


@app.default
def product(
    *,
    hires: Count = 500,
    copies: tuple[Count, ...] = (1, 2, 4),
    readers: Readers = 0,
    rate: Rate = 2,
    to: Path = ROOT / "docs",
) -> None:
    """Run the burst and write benchmarks/product.md; Ctrl-C stops it and cleans up.

    Parameters
    ----------
    hires
        How many hires are sent at once.
    copies
        How many processes of each service; may be given several times, and each is a run.
    readers
        How many browsers have a live board open: as many hires come twice more for the first count
        of copies, at a steady rate, without any browser and with these.
    rate
        How many hires come a second then.
    to
        The folder that holds the folder of the document.

    """
    if not usage.is_available():
        sys.exit("The benchmark reads CPU and memory from /proc, which only Linux has.")
    settings, screen = Settings.from_env(), Screen()
    settings = settings.evolve(home=settings.home / "bench", clock=None)
    flows = (Load(hires, rate), Load(hires, rate, readers)) if readers else ()
    wanted = [(Load(hires), count) for count in copies] + [(flow, copies[0]) for flow in flows]
    measured: list[Measured] = []
    try:
        interrupt.run(_all(settings, wanted, screen, measured), screen.note)
    except (StackError, TimeoutError) as error:
        sys.exit(f"✗ {error}")
    if len(measured) == len(wanted):
        _write(measured, to / "benchmarks", screen)
    sys.exit(any(each.wrong for each in measured))


async def _all(
    settings: Settings, wanted: Sequence[tuple[Load, int]], screen: Screen, done: list[Measured]
) -> None:
    home = Home(settings.home)
    try:
        for load, copies in wanted:
            make_room(home, MARKER)
            with screen.console.status("") as status:
                progress = partial(_show, status, copies)
                done.append(await measure(settings, load, copies, screen, progress))
            screen.console.print(_says(done[-1]), markup=False)
    finally:
        screen.close()
        remove(home)


def _show(status: Status, copies: int, statuses: Counter[str]) -> None:
    stand = ", ".join(f"{hires} {name}" for name, hires in statuses.items())
    status.update(f"{copies} copies of each: {stand}")


def _says(each: Measured) -> str:
    hires, both = each.load.hires, each.clear_seconds + each.ready_seconds
    wrong = f"  ✗ {each.wrong[0]}" if each.wrong else ""
    return (
        f"  {each.copies} copies  {each.load.readers} readers  "
        f"{hires / each.decided_seconds:,.1f} hires/s until decided  "
        f"{hires / each.clear_seconds:,.1f} until clear  {hires / both:,.1f} until ready  "
        f"{each.cost.total * 1_000 / hires:.1f} CPU-s for 1,000{wrong}"
    )


def _write(measured: list[Measured], folder: Path, screen: Screen) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    report = ProductReport(measured, machine(), versions(), f"{wall():%d %B %Y}")
    document = folder / "product.md"
    document.write_text(report.markdown())
    screen.console.print(f"\nWritten: {document}", markup=False)


if __name__ == "__main__":
    app()
