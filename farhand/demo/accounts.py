"""The demo's account: each hire that was sent, where it had to end, and where it stands."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from farhand.demo.person import DemoHire


@dataclass(frozen=True, slots=True)
class Account:
    """What is wrong, a sentence each, and where the hires stand."""

    problems: tuple[str, ...]
    by_status: Counter[str]

    @property
    def settled(self) -> bool:
        """Every hire stands where it has to, none lost or doubled."""
        return not self.problems


def account(
    company: Mapping[UUID, DemoHire],
    seen: Mapping[UUID, Mapping[str, Any]],
    letters: Counter[str],
    now: datetime,
) -> Account:
    """Hold what is seen against what was sent; `letters` counts acceptances by Message-ID."""
    problems = [
        *_population(company, seen),
        *(
            problem
            for hire_id, hire in company.items()
            if hire_id in seen
            for problem in unlike(hire, seen[hire_id], now)
        ),
    ]
    if not letters:
        problems.append("no letter was ever sent")
    return Account(tuple(problems), Counter(str(each["status"]) for each in seen.values()))


def _population(
    company: Mapping[UUID, DemoHire], seen: Mapping[UUID, Mapping[str, Any]]
) -> Iterator[str]:
    for hire_id in company.keys() - seen.keys():
        yield f"{company[hire_id].ref} was sent and is nowhere"
    for hire_id in seen.keys() - company.keys():
        yield f"{hire_id} was never sent"


def unlike(hire: DemoHire, seen: Mapping[str, Any], now: datetime) -> Iterator[str]:
    """In what a hire, as the API shows it, is not what it has to be by now."""
    status, expected = seen["status"], hire.ends_as(now)
    if status not in expected:
        turn = f"; it is the turn of {', '.join(seen['turn'])}" if seen["turn"] else ""
        yield f"{hire.ref} ({hire.story}) is {status} and should be {' or '.join(expected)}{turn}"
    known = hire.last_known
    if (seen["jurisdiction"], seen["starts_on"]) != (known.jurisdiction, str(known.starts_on)):
        yield f"{hire.ref} starts in {seen['jurisdiction']} on {seen['starts_on']}, as of old"
    keys = Counter((task["kind"], task["title"], task["period"]) for task in seen["tasks"])
    for (kind, title, _), count in keys.items():
        if count > 1:
            yield f"{hire.ref} has the task '{title}' ({kind}) {count} times"
    held = [each["resource"] for each in seen["access"] if each["grant"] in ("asked", "granted")]
    if status in ("cancelled", "left") and held:
        yield f"{hire.ref} is {status} and still has access to {', '.join(held)}"
    if status in ("ready", "active") and sorted(held) != ["identity", "vpn"]:
        yield f"{hire.ref} is {status} and has not all access: {', '.join(held) or 'none'}"
    if status == "blocked" and not (seen["turn"] and seen["blocked_by"]):
        yield f"{hire.ref} is blocked, and by whom or what is not said"
