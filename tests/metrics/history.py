"""A made-up quarter of three teams: the same for a seed, with everything that goes wrong in it."""

from random import Random

from services.metrics.experiments import Verdict
from services.metrics.observations import Observation, Outcome, Retracted
from services.metrics.return_lines import Method
from tests.metrics.observed import (
    DAY,
    HOUR,
    MONDAY,
    announced,
    began,
    decided,
    deployed,
    entered,
    measured,
    merged,
    moved,
    opened,
    ready,
    resolved,
    retracted,
    run_ended,
    run_started,
    stood,
    tagged,
    taken_back,
    trained,
)

SERVICES = ("ranking", "search", "speech")


def quarter(seed: int, commits: int = 40, hires: int = 10) -> list[Observation]:
    """Changes, deployments, incidents, models and hires, with all that goes wrong in telling."""
    random = Random(seed)  # noqa: S311  # a made-up history
    events: list[Observation] = []
    for number in range(commits):
        events += _commit(random, str(number))
    for number in range(hires):
        events += _hire(random, str(number))
    for number in range(commits // 4):
        events += _incident(random, str(number))
    for model in ("fraud", "churn"):
        events += _model(random, model)
    for number in range(commits // 4):
        events.append(_latency(random, str(number)))
        events += _experiment(random, str(number))
        events += _data_run(random, str(number))
        events += _line(random, str(number))
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
    events.append(stood(hire, "announced", 0, at=start))
    events.append(stood(hire, random.choice(["checking", "blocked"]), 1, at=start))
    if random.random() < 0.5:
        events.append(stood(hire, "ready", 3, at=start + 2 * DAY))
    if random.random() < 0.3:  # the country changed
        events.append(announced(hire, jurisdiction="PT", at=start + DAY))
    if random.random() < 0.8:
        events.append(ready(hire, since=start, at=start + random.randrange(1, 20) * DAY))
    return events


def _incident(random: Random, number: str) -> list[Observation]:
    """One that may be resolved, reopened and taken back."""
    service = random.choice(SERVICES)
    at = MONDAY + random.randrange(90 * 24) * HOUR
    blamed = random.choice([None, None, str(random.randrange(40)), "pkg:mlflow/fraud@2"])
    told = opened(f"i{number}", service=service, artifact=blamed, at=at)
    events: list[Observation] = [told]
    for attempt in range(random.randrange(3)):
        at += random.randrange(1, 40) * HOUR
        events.append(resolved(f"e{number}.{attempt}", told, at=at))
        if random.random() < 0.4:
            again = told.evolve(event_id=f"o{number}.{attempt}", occurred_at=at + HOUR)
            events.append(again)
    if random.random() < 0.2:
        events.append(
            Retracted(
                source=told.source,
                event_id=f"r{told.event_id}",
                entity=told.entity,
                occurred_at=at,
                replaces=told.event_id,
            )
        )
    return events


def _model(random: Random, model: str) -> list[Observation]:
    """Versions that are trained, tagged, put into production, taken back and told twice."""
    at = MONDAY
    events: list[Observation] = []
    for version in range(1, 6):
        at += random.randrange(1, 200) * HOUR
        if random.random() < 0.8:
            score = f"0.{random.randrange(80, 99)}"
            events.append(trained(model, str(version), at=at, metrics={"f1": score}))
        for second in range(random.randrange(1, 3)):
            moment = at + 2 * HOUR + second * HOUR / 3600
            events.append(moved(model, str(version), at=moment))
        if version > 1 and random.random() < 0.3:
            events.append(moved(model, str(version - 1), at=at + 5 * HOUR))
        if random.random() < 0.2:
            events.append(moved(model, None, at=at + 6 * HOUR))
        if random.random() < 0.3:
            events.append(tagged(model, str(version), at=at + 7 * HOUR))
    return events


def _latency(random: Random, number: str) -> Observation:
    return measured(
        f"l{number}",
        service=random.choice(SERVICES),
        at=MONDAY + random.randrange(5) * DAY + random.randrange(3) * HOUR,
        counts={random.randrange(100, 130): random.randrange(1, 50) for _ in range(4)},
    )


def _experiment(random: Random, number: str) -> list[Observation]:
    """One that may be decided, decided otherwise, begun again, corrected and taken back."""
    at, team = MONDAY + random.randrange(60) * DAY, random.choice(SERVICES)
    events: list[Observation] = [began(f"x{number}", experiment=number, team=team, at=at)]
    for attempt in range(random.randrange(3)):
        at += random.randrange(1, 20) * DAY
        name, verdict = f"v{number}.{attempt}", random.choice(list(Verdict))
        told = decided(name, experiment=number, team=team, verdict=verdict, at=at)
        events.append(told)
        if random.random() < 0.4:
            changes = {"verdict": random.choice(list(Verdict)), "occurred_at": at - HOUR}
            events.append(told.evolve(event_id=f"c{name}", replaces=name, **changes))
        if random.random() < 0.3:
            events.append(began(f"x{number}.{attempt}", experiment=number, team=team, at=at + DAY))
        if random.random() < 0.3:
            events.append(taken_back(f"r{name}", name))
    return events


def _data_run(random: Random, number: str) -> list[Observation]:
    """One whose start may be told late or never, and that may be corrected or taken back."""
    at, hours = MONDAY + random.randrange(20) * DAY, random.randrange(1, 9)
    events: list[Observation] = []
    if random.random() < 0.7:
        events.append(run_started(f"q{number}", run=number, at=at))
    failed = random.randrange(4)
    told = run_ended(
        f"e{number}", run=number, failed=failed, rows=97 + failed, at=at + hours * HOUR
    )
    events.append(told)
    if random.random() < 0.4:
        corrected = run_ended(f"ec{number}", run=number, failed=0, rows=100, at=at + HOUR)
        events.append(corrected.evolve(replaces=told.event_id))
    if random.random() < 0.3:
        events.append(taken_back(f"er{number}", told.event_id))
    return events


def _line(random: Random, number: str) -> list[Observation]:
    """One that may claim what another claims, be entered otherwise, corrected and taken back."""
    name, amount = f"g{number}", random.choice("abcd")
    method, mid = random.choice(list(Method)), random.randrange(5000)
    told = entered(name, amount=amount, mid=mid, method=method)
    events: list[Observation] = [told]
    if random.random() < 0.4:
        events.append(entered(f"{name}.1", amount=amount, line=name, mid=mid + 7, at=MONDAY + DAY))
    if random.random() < 0.4:
        events.append(entered(f"c{name}", amount=random.choice("abcd"), replaces=name))
    if random.random() < 0.3:
        events.append(taken_back(f"r{name}", name))
    return events


def shuffled(events: list[Observation], seed: int, repeated: float = 0.2) -> list[Observation]:
    """Another order of arrival, with a share of the events delivered again."""
    random = Random(seed)  # noqa: S311  # a made-up order
    arrived = [*events, *random.choices(events, k=int(len(events) * repeated))]
    random.shuffle(arrived)
    return arrived
