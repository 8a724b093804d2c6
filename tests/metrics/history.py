"""A made-up quarter of three teams: the same for a seed, with everything that goes wrong in it."""

from random import Random

from services.metrics.observations import Observation, Outcome
from tests.metrics.observed import DAY, HOUR, MONDAY, announced, deployed, merged, ready, retracted

SERVICES = ("ranking", "search", "speech")


def quarter(seed: int, commits: int = 60, hires: int = 15) -> list[Observation]:
    """Changes, deployments and hires, with retries, corrections, retractions and gaps."""
    random = Random(seed)  # noqa: S311  # a made-up history
    events: list[Observation] = []
    for number in range(commits):
        events += _commit(random, str(number))
    for number in range(hires):
        events += _hire(random, str(number))
    return events


def _commit(random: Random, commit: str) -> list[Observation]:
    service = random.choice(SERVICES)
    at = MONDAY + random.randrange(90 * 24) * HOUR
    events: list[Observation] = []
    if random.random() < 0.8:  # some merges are never told
        events.append(merged(f"m{commit}", commit=commit, at=at))
    for attempt in range(random.randrange(1, 4)):
        environment = random.choice(["production", "production", "staging"])
        outcome = random.choice([*Outcome, Outcome.SUCCEEDED, Outcome.SUCCEEDED])
        at += random.randrange(-1, 30) * HOUR
        name = f"d{commit}.{attempt}"
        first = deployed(
            name, commit=commit, service=service, environment=environment, outcome=outcome, at=at
        )
        events += [first, *_second_thoughts(random, first, commit)]
    return events


def _second_thoughts(random: Random, first: Observation, commit: str) -> list[Observation]:
    name, later = first.event_id, first.occurred_at + HOUR
    match random.randrange(10):
        case 0:
            return [retracted(f"r{name}", name, commit=commit, at=later)]
        case 1:  # it was another commit, and an hour earlier
            moved = f"{int(commit) + 1}"
            return [
                first.evolve(
                    event_id=f"c{name}",
                    entity=f"delivery/commit/{moved}",
                    occurred_at=first.occurred_at - HOUR,
                    replaces=name,
                )
            ]
        case 2:  # corrected, and the correction taken back
            return [
                first.evolve(event_id=f"c{name}", occurred_at=later, replaces=name),
                retracted(f"r{name}", f"c{name}", commit=commit, at=later),
            ]
        case 3:  # a status that came after the end
            return [first.evolve(event_id=f"s{name}", occurred_at=later, outcome=Outcome.FAILED)]
        case 4:  # takes back what never came
            return [retracted(f"r{name}", f"never {name}", commit=commit, at=later)]
        case _:
            return []


def _hire(random: Random, hire: str) -> list[Observation]:
    start = MONDAY + random.randrange(60) * DAY
    events: list[Observation] = [
        announced(hire, jurisdiction=random.choice(["PT", "DE", "US-CA"]), at=start)
    ]
    if random.random() < 0.3:  # the country changed
        events.append(announced(hire, jurisdiction="PT", at=start + DAY))
    if random.random() < 0.8:
        events.append(ready(hire, since=start, at=start + random.randrange(1, 20) * DAY))
    return events


def shuffled(events: list[Observation], seed: int, repeated: float = 0.2) -> list[Observation]:
    """Another order of arrival, with a share of the events delivered again."""
    random = Random(seed)  # noqa: S311  # a made-up order
    arrived = [*events, *random.choices(events, k=int(len(events) * repeated))]
    random.shuffle(arrived)
    return arrived
