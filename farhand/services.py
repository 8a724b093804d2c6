"""The services that `farhand up` runs. A new one is a line in SERVICES and its port in OFFSETS."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from farhand import probes
from farhand.supervisor import Kind, Part

DRAIN: Final = 20.0
"""seconds a service has to finish what it began"""

ROOT: Final = Path(__file__).resolve().parent.parent
"""the folder that holds `services` and `libs`; services are started in it"""


@dataclass(frozen=True, slots=True)
class Service:
    name: str
    """also its schema, its database role and its port's name"""
    module: str
    """what `python -m` starts"""


SERVICES: Final = (
    Service("onboarding", "services.onboarding"),
    Service("compliance", "services.compliance"),
    Service("notify", "services.notify"),
    Service("metrics", "services.metrics"),
    Service("console", "services.console"),
)

HOOK_SOURCES: Final = (
    "standard",
    "greenhouse",
    "bamboohr",
    "merge",
    "github",
    "gitlab",
    "cdevents",
    "mlflow",
    "growthbook",
    "mlops",
    "pagerduty",
)
"""the front doors for signed webhooks; each has a secret"""


def service_part(service: Service, copy: int, port: int, env: Mapping[str, str]) -> Part:
    """Copies share the port, so one that answers speaks for all."""
    address = f"http://127.0.0.1:{port}"
    return Part(
        name=service.name if copy == 1 else f"{service.name}-{copy}",
        title=service.name if copy == 1 else f"{service.name}, copy {copy}",
        port=port,
        kind=Kind.SERVICE,
        command=(sys.executable, "-m", service.module),
        probe=lambda: probes.http(f"{address}/health/ready"),
        env={"PYTHONUNBUFFERED": "1", **env},
        cwd=ROOT,
        stop_within=DRAIN,
        url=address,
    )
