"""The plots of docs/benchmarks.md, as SVG: the same measurements give the same bytes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from bench.contender import Contender
from bench.measured import Cpu, Run
from bench.report import Report

matplotlib: Any = import_module("matplotlib")
"""Only the environment of the benchmark holds it, so that it has no types here."""

matplotlib.use("svg")
matplotlib.rcParams.update(
    {"svg.hashsalt": "farhand", "svg.fonttype": "none", "font.size": 9}
    | {"axes.spines.top": False, "axes.spines.right": False, "figure.facecolor": "white"}
)
pyplot: Any = import_module("matplotlib.pyplot")

PARTS: Final[Mapping[str, tuple[str, Callable[[Cpu], float]]]] = {
    "app": ("#3b6ea8", lambda cpu: cpu.app),
    "PostgreSQL": ("#7aa6c2", lambda cpu: cpu.postgres),
    "Kafka": ("#d9a441", lambda cpu: cpu.kafka),
    "traces": ("#b0b0b0", lambda cpu: cpu.traces),
}
ABOVE: Final[Mapping[str, Any]] = {
    "frameon": False,
    "loc": "lower center",
    "bbox_to_anchor": (0.5, 1.0),
    "ncols": 4,
}
QUANTILES: Final = {"p50": (0.5, "#3b6ea8"), "p99": (0.99, "#d9a441")}


def draw(report: Report, folder: Path) -> list[tuple[str, str]]:
    """Write all plots into a folder; returns the title and the file name of each."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.svg"):
        old.unlink()
    return [(title, _save(figure, folder, title)) for title, figure in _figures(report)]


def _figures(report: Report) -> Iterator[tuple[str, Any]]:
    bursts = [(c, report.bursts(c)[-1][1]) for c in report.contenders if report.bursts(c)]
    trickles = [(c, runs) for c in report.contenders if (runs := report.trickle(c)) is not None]
    if bursts:
        yield "Throughput", _throughput([(c, r.median(_rate)) for c, r in bursts])
        cpus = [(c, {n: r.median(_of(p)) for n, (_, p) in PARTS.items()}) for c, r in bursts]
        yield "CPU", _cpu(cpus, "CPU seconds for 1,000 hires in a burst")
    if trickles:
        cpus = [(c, {n: r.median(_of(p)) for n, (_, p) in PARTS.items()}) for c, r in trickles]
        yield "CPU at a trickle", _cpu(cpus, "CPU seconds for 1,000 hires at 20 hires/s")
        yield (
            "Latency",
            _latency(
                [(c, {n: r.latency(q) for n, (q, _) in QUANTILES.items()}) for c, r in trickles]
            ),
        )
    if bursts:
        yield "Growth", _growth(report)


def _rate(run: Run) -> float:
    return run.hires_per_second


def _of(part: Callable[[Cpu], float]) -> Callable[[Run], float]:
    return lambda run: part(run.cpu)


def _throughput(rates: Sequence[tuple[Contender, float]]) -> Any:
    figure, axes = _bars(len(rates), "hires/s in a burst (logarithmic)")
    bars = axes.barh([c.title for c, _ in rates], [rate for _, rate in rates], color="#3b6ea8")
    axes.bar_label(bars, fmt="{:,.0f}", padding=3)
    axes.set_xscale("log")
    return figure


def _cpu(cpus: Sequence[tuple[Contender, Mapping[str, float]]], label: str) -> Any:
    figure, axes = _bars(len(cpus), label)
    left = [0.0] * len(cpus)
    for name, (colour, _) in PARTS.items():
        widths = [parts[name] for _, parts in cpus]
        axes.barh([c.title for c, _ in cpus], widths, left=left, color=colour, label=name)
        left = [a + b for a, b in zip(left, widths, strict=True)]
    axes.legend(**ABOVE)
    return figure


def _latency(latencies: Sequence[tuple[Contender, Mapping[str, float]]]) -> Any:
    figure, axes = _bars(len(latencies), "milliseconds at 20 hires/s (logarithmic)")
    for name, (_, colour) in QUANTILES.items():
        places = [number + (0.2 if name == "p99" else -0.2) for number in range(len(latencies))]
        bars = axes.barh(places, [q[name] for _, q in latencies], 0.38, color=colour, label=name)
        axes.bar_label(bars, fmt="{:,.0f}", padding=3)
    axes.set_yticks(range(len(latencies)), [c.title for c, _ in latencies])
    axes.set_xscale("log")
    axes.legend(**ABOVE)
    return figure


def _growth(report: Report) -> Any:
    figure, axes = pyplot.subplots(figsize=(7, 3.2), layout="constrained")
    for contender in report.contenders:
        bursts = report.bursts(contender)
        axes.plot(
            [load.hires for load, _ in bursts],
            [runs.median(lambda run: run.cpu.total) for _, runs in bursts],
            marker="o",
            label=contender.title,
        )
    axes.set(xscale="log", yscale="log", xlabel="hires", ylabel="CPU seconds for 1,000")
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def _bars(rows: int, label: str) -> tuple[Any, Any]:
    figure, axes = pyplot.subplots(figsize=(7, 0.8 + 0.36 * rows), layout="constrained")
    axes.invert_yaxis()
    axes.set_xlabel(label)
    axes.margins(x=0.12)
    return figure, axes


def _save(figure: Any, folder: Path, title: str) -> str:
    file = folder / f"{title.lower().replace(' ', '-')}.svg"
    figure.savefig(file, metadata={"Date": None, "Creator": None})
    pyplot.close(figure)
    return file.name
