"""What goes wrong and what is served: an incident of `speech`, and the models of `search`.

The registry moves its alias `champion` from version to version, and once back again.
"""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from farhand.demo.deliveries import Planned

MODEL: Final = "search-ranker"
HOUR: Final = timedelta(hours=1)
SERVED: Final = ((30, 1), (100, 2), (104, 1), (180, 3), (260, 4))
"""After how many hours the alias is moved to which version: the second is rolled back."""


def planned(begins: datetime) -> Iterator[Planned]:
    """All that is delivered about models and incidents; one of it late and out of order."""
    yield from _registry(begins)
    yield from _incident(begins)


def _registry(begins: datetime) -> Iterator[Planned]:
    for hours, version in SERVED:
        at = begins + hours * HOUR
        if version not in {v for h, v in SERVED if h < hours}:
            created: dict[str, Any] = {
                "name": MODEL,
                "version": str(version),
                "run_id": None,
                "tags": {},
            }
            yield _told(f"version-{version}", "model_version", at - 2 * HOUR, created)
        moved = {"name": MODEL, "alias": "champion", "version": str(version)}
        late = 6 * HOUR if hours == SERVED[1][0] else timedelta()
        yield _told(f"champion-{hours}", "model_version_alias", at, moved, late)


def _told(
    name: str, entity: str, at: datetime, data: dict[str, Any], late: timedelta = timedelta()
) -> Planned:
    said = {"entity": entity, "action": "created", "timestamp": at.isoformat(), "data": data}
    return Planned(at + late, "mlflow", f"{MODEL}/{name}", json.dumps(said).encode())


def _incident(begins: datetime) -> Iterator[Planned]:
    """Found, resolved, and open again for another hour."""
    found = begins + 120 * HOUR
    steps = (("detected", 0), ("resolved", 3), ("reported", 4), ("resolved", 5))
    for number, (what, hours) in enumerate(steps):
        at = found + hours * HOUR
        said = {
            "context": {
                "version": "0.5.1",
                "id": f"speech-incident-{number}",
                "source": "/acme/monitoring",
                "type": f"dev.cdevents.incident.{what}.0.3.0",
                "timestamp": at.isoformat(),
            },
            "subject": {
                "id": "slow-answers",
                "type": "incident",
                "content": {
                    "description": "Answers take longer than a second",
                    "environment": {"id": "production"},
                    "service": {"id": "acme/speech"},
                },
            },
        }
        yield Planned(at, "cdevents", f"speech-incident-{number}", json.dumps(said).encode())
