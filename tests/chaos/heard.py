"""What Kafka holds, heard record by record and kept small: numbers, digests, counts; pure."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

TOLD: Final[Mapping[str, tuple[str, ...]]] = {
    "hire.announced.v1": (),
    "check.decided.v1": ("version",),
    "task.assigned.v1": ("task_id", "owner"),
    "task.dropped.v1": ("task_id",),
    "task.done.v1": ("task_id",),
    "message.sent.v1": ("message_id",),
}
"""What may be told once of a hire: each of these events, by these fields of it.

A task is assigned to who does it, and then to who approves it.
"""

ONE_TRACE: Final = ("onboarding/", "compliance/")
"""Whose every word about a hire is part of the one trace; a mail may be shared by several hires."""

DROPPED: Final = "task.dropped.v1"
GRANTED: Final = "access.granted.v1"
ACCESS: Final = (GRANTED, "access.revoked.v1")


@dataclass(frozen=True, slots=True)
class Line:
    """The events of one source about one key."""

    source: str
    key: str


@dataclass(frozen=True, slots=True)
class Event:
    """One numbered record of a topic; `at` is when Kafka was given it, in ms since the epoch."""

    line: Line
    sequence: int
    id: str
    type: str
    trace: str
    at: int
    body: bytes

    @property
    def digest(self) -> bytes:
        """Of all that must be the same each time it is published."""
        told = b"\0".join((self.id.encode(), self.type.encode(), self.body))
        return hashlib.blake2b(told, digest_size=8).digest()

    def field(self, name: str) -> Any:
        """One field of the body."""
        return json.loads(self.body)[name]


@dataclass(slots=True)
class Heard:
    """All that was heard of the topics so far, whichever order it came in."""

    numbers: defaultdict[Line, dict[int, bytes]] = field(
        default_factory=lambda: defaultdict[Line, dict[int, bytes]](dict)
    )
    rewritten: set[tuple[Line, int]] = field(default_factory=set[tuple[Line, int]])
    again: int = 0
    """how many records were there before: a repeated publication is harmless, and counted"""
    told: Counter[tuple[str, ...]] = field(default_factory=Counter[tuple[str, ...]])
    """how often each thing of `TOLD` was told, as (key, type, field…), repetitions left out"""
    traces: defaultdict[str, set[str]] = field(
        default_factory=lambda: defaultdict[str, set[str]](set)
    )
    places: dict[str, tuple[Line, int]] = field(default_factory=dict[str, tuple[Line, int]])
    """the line and number of each event, by its id"""
    digests: dict[str, str] = field(default_factory=dict[str, str])
    """the mail that each letter shared with others"""
    access: dict[tuple[str, str], tuple[int, bool]] = field(
        default_factory=dict[tuple[str, str], tuple[int, bool]]
    )
    """by key and resource: the number of the last word about access, and whether it was given"""
    announced: dict[str, int] = field(default_factory=dict[str, int])
    decided: dict[str, int] = field(default_factory=dict[str, int])
    """when each hire was announced and first decided, in ms since the epoch"""

    def hear(self, event: Event) -> None:
        """Take note of one record."""
        numbers = self.numbers[event.line]
        if (known := numbers.get(event.sequence)) is not None:
            self.again += 1
            if known != event.digest:
                self.rewritten.add((event.line, event.sequence))
            return
        numbers[event.sequence] = event.digest
        self.places[event.id] = (event.line, event.sequence)
        key = event.line.key
        if event.trace and event.line.source.startswith(ONE_TRACE):
            self.traces[key].add(event.trace)
        if event.type in TOLD:
            fields = (str(event.field(name)) for name in TOLD[event.type])
            self.told[(key, event.type, *fields)] += 1
        if event.type == "message.sent_in_digest.v1":
            self.digests[str(event.field("message_id"))] = str(event.field("digest_id"))
        if event.type in ACCESS:
            name = (key, str(event.field("resource")))
            last = (event.sequence, event.type == GRANTED)
            self.access[name] = max(last, self.access.get(name, last))
        if event.type == "hire.announced.v1":
            self.announced[key] = min(event.at, self.announced.get(key, event.at))
        if event.type == "check.decided.v1":
            self.decided[key] = min(event.at, self.decided.get(key, event.at))

    def repeated(self) -> Iterator[tuple[tuple[str, ...], int]]:
        """What was told more often than it may be, and how often.

        A task that was dropped may be asked for, and dropped, once more.
        """
        for name, count in self.told.items():
            key, _, *fields = name
            anew = self.told[(key, DROPPED, fields[0])] if name[1].startswith("task.") else 0
            if count > 1 + anew:
                yield name, count

    def holders(self, resource: str) -> set[str]:
        """Who was given access to a resource, and not told since that it is gone."""
        return {
            key for (key, name), (_, given) in self.access.items() if given and name == resource
        }

    def holes(self) -> Iterator[tuple[Line, int]]:
        """Numbers that should lie there and do not, each with its line."""
        for line, numbers in self.numbers.items():
            for number in range(1, max(numbers) + 1):
                if number not in numbers:
                    yield line, number
