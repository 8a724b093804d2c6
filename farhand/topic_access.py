"""Which service may read which topic, and which it may write: what a broker with rules is told.

A test holds this against what the services handle and emit, so that a new event's topic is named
here before it is refused in production.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

EVERYBODYS: Final = "farhand.operations"
"""What any service tells those who run it."""


@dataclass(frozen=True, slots=True)
class TopicAccess:
    """The topics of one service: `reads` are others' and its own, `doors` are for senders outside.

    A door's topic is made by the service itself, which also settles how long it keeps records.
    """

    reads: frozenset[str]
    doors: frozenset[str] = frozenset()


def _of(*services: str) -> frozenset[str]:
    return frozenset(f"farhand.{service}" for service in services)


ACCESS: Final[Mapping[str, TopicAccess]] = {
    "onboarding": TopicAccess(_of("compliance", "console"), frozenset({"hris.inbox"})),
    "compliance": TopicAccess(_of("compliance", "console", "onboarding")),
    "notify": TopicAccess(_of("compliance", "metrics", "notify", "onboarding")),
    "metrics": TopicAccess(_of("onboarding"), frozenset({"mlops.inbox"})),
    "console": TopicAccess(_of("compliance", "console", "metrics", "notify", "onboarding")),
}
"""By the service's name, which is also its user and its consumer group."""


def written_by(service: str) -> frozenset[str]:
    """The topics a service writes: the one of its own events, and everybody's."""
    return frozenset({f"farhand.{service}", EVERYBODYS})


EVENT_TOPICS: Final = frozenset(topic for service in ACCESS for topic in written_by(service))
