"""What a run came to, from what it left."""

from tests.chaos.course import Outcome
from tests.chaos.faults import Fault
from tests.chaos.report import Latency, Recovery, Result, latency


def judged(outcome: Outcome) -> Result:
    """The figures of a run that is over."""
    seen, offset = outcome.seen, outcome.wall_offset
    windows = [(each.began + offset, each.ended + offset, each.hire) for each in outcome.poisoned]
    before, after = outcome.memory_before, outcome.memory_after
    return Result(
        seed=outcome.setup.seed,
        hires=outcome.setup.hires,
        seconds=outcome.seconds,
        recoveries=[
            Recovery(each.fault.kind, _name(each.fault), each.steady_after)
            for each in outcome.struck
        ],
        missed=len(outcome.missed),
        breaches=outcome.breaches,
        repeated_records=seen.heard.again if seen else 0,
        repeated_mails=sum(count - 1 for count in seen.accepted.values()) if seen else 0,
        overdue=outcome.overdue,
        latency=latency(seen.heard, windows) if seen else Latency(None, None),
        memory=[(name, before[name], after[name]) for name in before if name in after],
    )


def _name(fault: Fault) -> str:
    """A fault by what was done to what, whichever copy."""
    target = fault.target.partition("-")[0]
    return ", ".join(each for each in (fault.kind, target, fault.detail) if each)
