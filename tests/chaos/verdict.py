"""The ledger's judgement: what was sent is held against all that the world shows of it; pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from farhand.demo.accounts import account
from farhand.demo.person import DemoHire, Story
from tests.chaos.heard import Heard
from tests.chaos.scim_accounts import Login

JOURNEY: Final = "onboarding/journey"
ANNOUNCED: Final = "hire.announced.v1"
COME_BACK: Final = (Story.COMES_BACK, Story.REHIRED)
"""Who ends and begins again, and so may be announced once more."""
MOST_BEGINNINGS: Final = 2


class Wrong(StrEnum):
    """What a breach is."""

    LOST = "lost"
    DOUBLED = "doubled"
    DISORDERED = "out of order"
    UNLIKE = "not as it should be"


@dataclass(frozen=True, slots=True)
class Breach:
    """Something that must not be, in a sentence."""

    wrong: Wrong
    what: str


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail that the mail server keeps."""

    message_id: str
    to: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Door:
    """A peer as the WireGuard server has it: its key, and the address that goes with it."""

    public_key: str
    address: str


@dataclass(frozen=True, slots=True)
class Told:
    """One event as a reader kept it, in the order of reading: whose, and its id."""

    hire: str
    event_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """All that the world shows once it is quiet."""

    now: datetime
    board: Mapping[UUID, Mapping[str, Any]]
    heard: Heard
    stories: Sequence[Told]
    """the console's story of each hire, as it read it"""
    mails: Sequence[Mail]
    accepted: Counter[str]
    """how often the mail server accepted each Message-ID"""
    logins: Sequence[Login]
    made: Counter[str] = field(default_factory=Counter[str])
    """how often the identity provider made an account for each hire"""
    doors: Sequence[Door]
    granted: Mapping[str, str]
    """the hire of each public key that has access now, by Farhand's own table"""
    left_behind: Mapping[str, int]
    """rows that should be gone: outbox, dead letters, gaps, parked; each named with its service"""
    figures: tuple[str, str]
    """the digest of all KPIs as they stand, and as a rebuild makes them"""


def verdict(company: Mapping[UUID, DemoHire], seen: Seen) -> tuple[Breach, ...]:
    """All that is wrong; empty where nothing is."""
    return (
        *_journeys(company, seen),
        *_events(company, seen.heard),
        *_reading(seen),
        *_letters(seen),
        *_logins(seen),
        *_doors(seen),
        *_rest(seen),
    )


def _journeys(company: Mapping[UUID, DemoHire], seen: Seen) -> Iterator[Breach]:
    """Each hire is there, once, and where its story ends."""
    for hire_id in company.keys() - seen.board.keys():
        yield Breach(Wrong.LOST, f"{company[hire_id].ref} was sent and is nowhere")
    present = {hire_id: hire for hire_id, hire in company.items() if hire_id in seen.board}
    for problem in account(present, seen.board, seen.accepted, seen.now).problems:
        yield Breach(Wrong.DOUBLED if problem.endswith("times") else Wrong.UNLIKE, problem)


def _events(company: Mapping[UUID, DemoHire], heard: Heard) -> Iterator[Breach]:
    """Each thing is told once, under its number, in one trace."""
    told = {line.key for line in heard.numbers if line.source == JOURNEY}
    for hire_id, hire in company.items():
        if str(hire_id) not in told:
            yield Breach(Wrong.LOST, f"no event tells of {hire.ref}")
        traces = heard.traces.get(str(hire_id), set())
        if len(traces) != 1:
            yield Breach(Wrong.UNLIKE, f"{hire.ref} is told in {len(traces)} traces")
    for key in told - {str(hire_id) for hire_id in company}:
        yield Breach(Wrong.DOUBLED, f"there is a journey {key} that nobody sent")
    twice = {str(hire_id) for hire_id, hire in company.items() if hire.story in COME_BACK}
    for (key, kind, *fields), count in heard.repeated():
        if kind == ANNOUNCED and key in twice and count <= MOST_BEGINNINGS:
            continue
        yield Breach(Wrong.DOUBLED, f"{kind} {' '.join(fields)} of {key} is told {count} times")
    for line, number in heard.holes():
        yield Breach(Wrong.LOST, f"{line.source} of {line.key} has no number {number}")
    for line, number in heard.rewritten:
        yield Breach(Wrong.DOUBLED, f"{line.source} of {line.key} has two numbers {number}")


def _reading(seen: Seen) -> Iterator[Breach]:
    """The console read every event of each hire once, and each source of it in order."""
    counts = Counter(told.event_id for told in seen.stories)
    last: dict[tuple[str, str], int] = {}
    for told in seen.stories:
        if (place := seen.heard.places.get(told.event_id)) is None:
            yield Breach(Wrong.UNLIKE, f"{told.hire} was told {told.event_id}, in no topic")
            continue
        line, number = place
        if number <= last.get((told.hire, line.source), 0):
            yield Breach(Wrong.DISORDERED, f"{line.source} {number} of {told.hire} was read late")
        last[told.hire, line.source] = number
    for event_id, count in counts.items():
        if count > 1:
            yield Breach(Wrong.DOUBLED, f"{event_id} was read {count} times")
    hires = {str(hire_id) for hire_id in seen.board}
    for event_id, (line, number) in seen.heard.places.items():
        if line.key in hires and line.source.startswith(TOLD_OF) and event_id not in counts:
            yield Breach(Wrong.LOST, f"{line.source} {number} of {line.key} was never read")


TOLD_OF: Final = ("onboarding/", "compliance/", "notify/")
"""The sources whose every event about a hire is part of its story."""


def _letters(seen: Seen) -> Iterator[Breach]:
    """Each letter that is said to be sent is one mail, and no two mails say the same."""
    letters = (key[2] for key in seen.heard.told if key[1] == "message.sent.v1")
    said = {seen.heard.digests.get(letter, letter) for letter in letters}
    kept = Counter(mail.message_id for mail in seen.mails)
    for missing in said - kept.keys():
        yield Breach(Wrong.LOST, f"the letter {missing} is said to be sent and was not")
    for unsaid in kept.keys() - said:
        yield Breach(Wrong.LOST, f"the letter {unsaid} was sent and nobody says so")
    alike = Counter((mail.to, mail.subject, mail.text) for mail in seen.mails)
    for (to, subject, _), count in alike.items():
        if count > 1:
            yield Breach(Wrong.DOUBLED, f"{count} mails to {to} say the same under {subject!r}")


def _logins(seen: Seen) -> Iterator[Breach]:
    """Who holds access to the identity provider has one account there, and nobody else has."""
    counts = Counter(login.hire for login in seen.logins)
    active = {login.hire for login in seen.logins if login.active}
    for hire, count in (*counts.items(), *seen.made.items()):
        if count > 1:
            yield Breach(Wrong.DOUBLED, f"the identity provider made {count} accounts for {hire}")
    holders = seen.heard.holders("identity")
    for hire in holders - active:
        yield Breach(Wrong.LOST, f"{hire} has no active account")
    for hire in active - holders:
        yield Breach(Wrong.UNLIKE, f"{hire} has an account, and no right to it")


def _doors(seen: Seen) -> Iterator[Breach]:
    """The VPN lets in just who holds access, each with an address of its own."""
    keys = Counter(door.public_key for door in seen.doors)
    addresses = Counter(door.address for door in seen.doors)
    holders = Counter(seen.granted.values())
    for kind, counts in (("key", keys), ("address", addresses), ("hire", holders)):
        for name, count in counts.items():
            if count > 1:
                yield Breach(Wrong.DOUBLED, f"the VPN has {count} peers of the {kind} {name}")
    for key in seen.granted.keys() - keys.keys():
        yield Breach(Wrong.LOST, f"the VPN does not let {seen.granted[key]} in")
    for key in keys.keys() - seen.granted.keys():
        yield Breach(Wrong.UNLIKE, f"the VPN lets {key} in, who has no access")
    told = seen.heard.holders("vpn")
    for hire in told ^ holders.keys():
        yield Breach(Wrong.UNLIKE, f"what was told of {hire} and the VPN disagree about access")


def _rest(seen: Seen) -> Iterator[Breach]:
    """Nothing waits anywhere, and the figures are those that the log makes."""
    for what, rows in seen.left_behind.items():
        if rows:
            yield Breach(Wrong.LOST, f"{rows} rows are left in {what}")
    standing, rebuilt = seen.figures
    if standing != rebuilt:
        yield Breach(Wrong.UNLIKE, f"the KPIs are {standing}, and {rebuilt} when rebuilt")
