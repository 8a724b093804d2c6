"""Runs of a benchmark, made up."""

from bench.feed import Load
from bench.measured import NOTHING, Cpu, Run


def measured(
    contender: str,
    hires_per_second: float,
    cpu: float,
    *latencies: float,
    load: Load = Load(1_000),  # noqa: B008  # a value
    number: int = 1,
    wrong: tuple[str, ...] = (),
) -> Run:
    """One run, all of whose CPU is the app's."""
    return Run(
        contender=contender,
        load=load,
        round=number,
        seconds=load.hires / hires_per_second,
        cpu=Cpu(app=cpu, postgres=0.0, kafka=0.0, traces=0.0),
        idle=NOTHING,
        others=0.0,
        memory=2**20,
        latencies=latencies,
        wrong=wrong,
    )
