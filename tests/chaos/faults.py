"""What can be done to a running Farhand, and a plan of it drawn from a seed; pure.

The same seed, number of faults and width give the same plan, to the tenth of a second.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Final

COPIES: Final = 2
"""How many processes of each service there are."""

SERVICES: Final = ("onboarding", "compliance", "notify", "metrics", "console")
PARTS: Final = ("kafka", "postgres", "redis", "smtp", "scim", "zipkin")
WIRED: Final = ("kafka", "postgres", "redis")
"""What the second copy of each service reaches by a wire that can be slow, or cut."""

FIRST_WIRE: Final = "wire to kafka"
"""Of the wires the one that is spoiled first: everything comes by it."""

TOPICS: Final = ("farhand.onboarding", "farhand.compliance")
LONGEST_PAUSE: Final = 4.0
"""Seconds of calm before a bout, at most."""

ASLEEP_SECONDS: Final = 15.0
"""Longer than the session time-out of a consumer, and than a lease."""


class Kind(StrEnum):
    """What is done."""

    KILL = "kill -9 of a service"
    DIE_AT = "kill -9 at a point of the kernel"
    KILL_PART = "kill -9 of what services stand on"
    FLUSH = "FLUSHALL of Redis"
    SLEEP = "SIGSTOP past the session time-out"
    JOIN = "a copy joins and leaves"
    POISON = "a poison event of a hire"
    ODD = "a record that nobody should send"
    REDELIVER = "redelivery of a whole topic"
    PROVIDER = "the identity provider fails"
    GREYLIST = "the mail server greylists"
    WIRE = "a wire is slow or cut"
    DISK = "the disk is full"
    CLOCK = "a clock is stepped"


ALIKE: Final = (Kind.ODD, Kind.SLEEP, Kind.JOIN, Kind.CLOCK)
"""Kinds of which one fault says much of the others; a short plan has fewer of these."""


class Point(StrEnum):
    """A named point of the kernel, at which a process is told to kill itself."""

    POLLED = "after poll"
    BEFORE_COMMIT = "before commit"
    COMMITTED = "after commit, before publish"
    PUBLISHED = "after publish, before marking"
    BEFORE_OFFSETS = "before offsets are committed"
    BEFORE_EFFECT = "in an effect, before the call"
    AFTER_EFFECT = "in an effect, after the call"
    TIMER_CLAIMED = "after a timer is claimed"


class Mood(StrEnum):
    """How the identity provider answers."""

    WELL = "answers"
    BROKEN = "answers 500"
    BUSY = "answers 429"
    SILENT = "hangs"
    FORGETFUL = "does it, and loses its answer"


class Condition(StrEnum):
    """How a wire is."""

    SOUND = "sound"
    SLOW = "slow"
    CUT = "cut"


PASSES: Final[dict[Point, tuple[str, ...]]] = {
    Point.POLLED: SERVICES,
    Point.BEFORE_COMMIT: SERVICES,
    Point.COMMITTED: ("onboarding", "compliance", "notify"),
    Point.PUBLISHED: ("onboarding", "compliance", "notify"),
    Point.BEFORE_OFFSETS: SERVICES,
    Point.BEFORE_EFFECT: ("onboarding", "notify"),
    Point.AFTER_EFFECT: ("onboarding", "notify"),
    Point.TIMER_CLAIMED: ("onboarding", "notify"),
}
"""The services that come by each point all the time while hires flow."""

ODD: Final = (
    *("a value of 900 kB", "an unknown type", "an unknown version"),
    *("a key that is not UTF-8", "no headers"),
)
STEPS: Final[Mapping[str, timedelta]] = {
    "three hours ahead": timedelta(hours=3),
    "three hours behind": timedelta(hours=-3),
}
"""By how much of the product's time the clock of one process is wrong for a while."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something done to `target`; `after` is in seconds from the beginning of its bout."""

    kind: Kind
    target: str
    detail: str = ""
    after: float = 0.0

    def __str__(self) -> str:
        told = f" ({self.detail})" if self.detail else ""
        return f"{self.kind}: {self.target}{told}"


@dataclass(frozen=True, slots=True)
class Bout:
    """Faults at once, after so many seconds of calm; then time to get back to steady."""

    pause: float
    faults: tuple[Fault, ...]


def plan(seed: int, faults: int, width: int) -> tuple[Bout, ...]:
    """So many faults, up to `width` at once and never two on one target in a bout.

    With as many faults as `deck` holds, every kind, service, part and point has its turn.
    """
    chance = random.Random(seed)  # noqa: S311  # moments, not secrets
    drawn: list[Fault] = []
    while len(drawn) < faults:
        drawn += _shuffled(chance)
    return tuple(_bouts(chance, drawn[:faults], width))


def deck(chance: random.Random) -> Iterator[Fault]:
    """One fault of each sort, its target drawn where there is a choice."""
    yield from _deaths(chance)
    yield from _records(chance)
    yield from _surroundings()
    for service in chance.sample(SERVICES, 2):
        yield Fault(Kind.SLEEP, _copy_of(service, chance))
    for service in chance.sample(SERVICES, 2):
        yield Fault(Kind.JOIN, f"{service}-{COPIES + 1}")
    for step in STEPS:
        yield Fault(Kind.CLOCK, _copy_of(chance.choice(SERVICES), chance), step)


def _deaths(chance: random.Random) -> Iterator[Fault]:
    for service in SERVICES:
        yield Fault(Kind.KILL, _copy_of(service, chance))
    for point, services in PASSES.items():
        yield Fault(Kind.DIE_AT, _copy_of(chance.choice(services), chance), point)
    for part in PARTS:
        yield Fault(Kind.KILL_PART, part)


def _records(chance: random.Random) -> Iterator[Fault]:
    yield Fault(Kind.POISON, TOPICS[0])
    for kind in ODD:
        yield Fault(Kind.ODD, chance.choice(TOPICS), kind)
    yield Fault(Kind.REDELIVER, chance.choice(TOPICS))


def _surroundings() -> Iterator[Fault]:
    yield Fault(Kind.FLUSH, "redis")
    for mood in (Mood.BROKEN, Mood.BUSY, Mood.SILENT, Mood.FORGETFUL):
        yield Fault(Kind.PROVIDER, "identity provider", mood)
    yield Fault(Kind.GREYLIST, "mail server")
    for wired in WIRED:
        for condition in (Condition.SLOW, Condition.CUT):
            yield Fault(Kind.WIRE, f"wire to {wired}", condition)
    yield Fault(Kind.DISK, "state folder")


def again(fault: Fault) -> Fault:
    """The same for a second try, at the other copy of a service: this one found nothing to do."""
    service, _, copy = fault.target.partition("-")
    if fault.kind is not Kind.DIE_AT:
        return replace(fault, after=0.0)
    return replace(fault, target=service if copy else f"{service}-{COPIES}", after=0.0)


def _shuffled(chance: random.Random) -> list[Fault]:
    """The deck in any order that begins with one fault of each kind, and ends with what is `ALIKE`.

    A plan that is a little shorter than the deck lacks only what is most like something it has.
    """
    cards = list(deck(chance))
    chance.shuffle(cards)
    first: dict[Kind, Fault] = {}
    for card in sorted(cards, key=lambda card: card.target != FIRST_WIRE):
        first.setdefault(card.kind, card)
    left = [card for card in cards if first[card.kind] is not card]
    kinds = list(first.values())
    chance.shuffle(kinds)
    return [*kinds, *sorted(left, key=lambda card: card.kind in ALIKE)]


def _bouts(chance: random.Random, drawn: Sequence[Fault], width: int) -> Iterator[Bout]:
    left = list(drawn)
    while left:
        wanted, taken = chance.randint(max(1, width // 2), width), list[Fault]()
        for fault in left:
            if len(taken) < wanted and not any(_clash(fault, each) for each in taken):
                taken.append(fault)
        for fault in taken:
            left.remove(fault)
        at_moments = tuple(replace(each, after=_moment(chance)) for each in taken)
        yield Bout(round(chance.uniform(0, LONGEST_PAUSE), 1), at_moments)


def _clash(one: Fault, other: Fault) -> bool:
    """Whether two faults cannot come at once: what poison does to others must be told apart."""
    return one.target == other.target or Kind.POISON in (one.kind, other.kind)


def _moment(chance: random.Random) -> float:
    return round(chance.uniform(0, 2), 1)


def _copy_of(service: str, chance: random.Random) -> str:
    copy = chance.randint(1, COPIES)
    return service if copy == 1 else f"{service}-{copy}"
