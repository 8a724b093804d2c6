"""The runs that check what the models of three teams learn from, once a day each.

`speech` tells them through OpenLineage. One day some of the rows are missing and checks fail; the
result of another day is corrected.
"""

import json
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from farhand.demo.deliveries import Planned

SOURCE: Final = "/acme/data"
PIPELINES: Final = {"ranking-features": "clicks", "search-index": "documents"}
OPENLINEAGE_PIPELINE: Final = "speech-corpus"
CHECKS: Final = 40
ROWS: Final = 1_000_000
DAYS: Final = 13
BAD_DAY: Final = 8
"""The day on which the data are bad."""
CORRECTED_DAY: Final = 4
"""The day whose result is first told as worse than it was."""


def planned(seed: int, begins: datetime) -> Iterator[Planned]:
    """All that is delivered about runs over data."""
    chance = random.Random(seed)  # noqa: S311  # made-up runs
    for day in range(DAYS):
        started = begins + timedelta(days=day, hours=2)
        ended = started + timedelta(minutes=chance.uniform(8, 50))
        for pipeline in PIPELINES:
            yield from _own(pipeline, day, started, ended)
        yield from _openlineage(day, started, ended)


def _own(pipeline: str, day: int, started: datetime, ended: datetime) -> Iterator[Planned]:
    bad = day == BAD_DAY
    found = {"failed": 3 if bad else 0, "rows": ROWS * 9 // 10 if bad else ROWS}
    name = f"{pipeline}/{day}"
    if day == CORRECTED_DAY:
        yield _checked(pipeline, f"{name}-wrongly", (started, ended), {**found, "failed": CHECKS})
        yield _checked(pipeline, name, (started, ended), found, f"{name}-wrongly")
    else:
        yield _checked(pipeline, name, (started, ended), found)


def _checked(
    pipeline: str,
    name: str,
    time: tuple[datetime, datetime],
    found: dict[str, int],
    replaces: str | None = None,
) -> Planned:
    started, ended = time
    dataset = {"dataset": PIPELINES[pipeline], "checks": CHECKS, "expected_rows": ROWS, **found}
    data: dict[str, Any] = {
        "run": f"{pipeline}/{started:%Y-%m-%d}",
        "pipeline": pipeline,
        "started_at": started.isoformat(),
        "at": ended.isoformat(),
        "datasets": [dataset],
        "replaces": replaces,
    }
    kind = "data.checked.v1"
    said = {"specversion": "1.0", "id": name, "source": SOURCE, "type": kind, "data": data}
    later = timedelta() if replaces is None else timedelta(hours=5)
    return Planned(ended + later, "mlops", name, json.dumps(said).encode())


def _openlineage(day: int, started: datetime, ended: datetime) -> Iterator[Planned]:
    held = [{"assertion": "not_null", "success": day != BAD_DAY or n > 0} for n in range(CHECKS)]
    asserted = {"dataQualityAssertions": {"assertions": held}}
    recordings = {"namespace": "s3://acme", "name": "recordings", "inputFacets": asserted}
    for what, at, inputs in (("START", started, []), ("COMPLETE", ended, [recordings])):
        said = {
            "eventType": what,
            "eventTime": at.isoformat(),
            "run": {"runId": f"{OPENLINEAGE_PIPELINE}-{day}"},
            "job": {"namespace": "acme", "name": OPENLINEAGE_PIPELINE},
            "inputs": inputs,
        }
        name = f"{OPENLINEAGE_PIPELINE}/{day}/{what}"
        yield Planned(at, "mlops", name, json.dumps(said).encode())
