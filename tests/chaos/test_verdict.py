"""The ledger: what it lets pass, and that it sees each thing that may go wrong."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farhand.demo.person import DemoHire, Story
from farhand.demo.places import terms
from tests.chaos.heard import Event, Heard, Line
from tests.chaos.scim_accounts import Login
from tests.chaos.verdict import Door, Mail, Seen, Told, Wrong, verdict

NOW: Final = datetime(2026, 3, 4, 12, tzinfo=UTC)
STARTS_ON: Final = date(2026, 3, 30)
HIRE: Final = DemoHire(
    number=1,
    story=Story.SMOOTH,
    name="Robin Example",
    email="robin@people.example",
    manager="lead@company.example",
    jurisdiction="DE",
    role="ML engineer",
    announced_at=NOW,
    starts_on=STARTS_ON,
    truth=terms("DE", STARTS_ON),
)
KEY: Final = str(HIRE.hire_id)
COMPANY: Final[Mapping[UUID, DemoHire]] = {HIRE.hire_id: HIRE}
JOURNEY: Final = Line("onboarding/journey", KEY)
CHECK: Final = Line("compliance/check", KEY)
LETTERS: Final = Line("notify/correspondence", KEY)
MAIL: Final = Mail("letter-1", "robin@people.example", "Welcome", "Everything is ready.")


def event(line: Line, number: int, type_: str, *, trace: str = "t1", **body: Any) -> Event:
    name = f"{line.source} {number} of {line.key}"
    return Event(line, number, name, type_, trace, number, json.dumps(body).encode())


EVENTS: Final = (
    event(JOURNEY, 1, "hire.announced.v1"),
    event(CHECK, 1, "check.decided.v1", version=1),
    event(JOURNEY, 2, "task.assigned.v1", task_id="laptop", owner="it"),
    event(JOURNEY, 3, "access.granted.v1", resource="vpn"),
    event(JOURNEY, 4, "access.granted.v1", resource="identity"),
    event(JOURNEY, 5, "task.done.v1", task_id="laptop"),
    event(LETTERS, 1, "message.sent.v1", message_id="letter-1"),
)


def heard(events: Iterable[Event]) -> Heard:
    made = Heard()
    for each in events:
        made.hear(each)
    return made


def board(**changes: Any) -> dict[UUID, dict[str, Any]]:
    view = {
        "status": "ready",
        "jurisdiction": "DE",
        "starts_on": str(STARTS_ON),
        "tasks": [{"kind": "device", "title": "Send a laptop", "period": 1}],
        "access": [{"resource": each, "grant": "granted"} for each in ("identity", "vpn")],
        "turn": [],
        "blocked_by": [],
    }
    return {HIRE.hire_id: view | changes}


def good(**changes: Any) -> Seen:
    """What is seen where nothing went wrong, but for the changes."""
    seen = Seen(
        now=NOW,
        board=board(),
        heard=heard(EVENTS),
        stories=[Told(KEY, each.id) for each in EVENTS],
        mails=[MAIL],
        accepted=Counter({"letter-1@farhand.example": 1}),
        logins=[Login(KEY, active=True)],
        made=Counter({KEY: 1}),
        doors=[Door("key-1", "10.86.0.2")],
        granted={"key-1": KEY},
        left_behind={"onboarding.outbox": 0},
        figures=("a", "a"),
    )
    return replace(seen, **changes)


def test_a_hire_that_went_through_is_right() -> None:
    assert verdict(COMPANY, good()) == ()


@given(st.permutations(EVENTS), st.lists(st.sampled_from(EVENTS)))
def test_the_order_and_the_repetition_of_publishing_do_not_matter(
    order: list[Event], again: list[Event]
) -> None:
    told = heard([*order, *again])
    assert verdict(COMPANY, good(heard=told)) == ()
    assert told.again == len(again)


@given(st.sampled_from([each for each in EVENTS if each != EVENTS[-1]]))
def test_every_event_that_is_missing_is_missed(missing: Event) -> None:
    kept = [each for each in EVENTS if each != missing]
    found = verdict(COMPANY, good(heard=heard(kept)))
    assert {Wrong.LOST, Wrong.UNLIKE} & {breach.wrong for breach in found}


@given(st.sampled_from(EVENTS))
def test_every_event_that_a_reader_did_not_read_is_missed(missing: Event) -> None:
    stories = [Told(KEY, each.id) for each in EVENTS if each != missing]
    [breach] = verdict(COMPANY, good(stories=stories))
    assert breach.wrong is Wrong.LOST


@given(st.permutations(EVENTS))
def test_reading_out_of_order_is_seen_for_each_source(order: list[Event]) -> None:
    found = verdict(COMPANY, good(stories=[Told(KEY, each.id) for each in order]))
    numbers = [each.sequence for each in order if each.line == JOURNEY]
    assert bool(found) is (numbers != sorted(numbers))
    assert {breach.wrong for breach in found} <= {Wrong.DISORDERED}


def test_a_task_that_was_dropped_may_be_asked_for_once_more() -> None:
    again = (
        event(JOURNEY, 6, "task.dropped.v1", task_id="laptop"),
        event(JOURNEY, 7, "task.assigned.v1", task_id="laptop", owner="it"),
    )
    assert verdict(COMPANY, good(**more(*again))) == ()


def test_letters_that_share_a_mail_are_one_mail() -> None:
    shared = (
        event(LETTERS, 2, "message.sent.v1", message_id="letter-2"),
        event(LETTERS, 3, "message.sent_in_digest.v1", message_id="letter-2", digest_id="mail-9"),
    )
    mails = [MAIL, Mail("mail-9", "hr@company.example", "Two hires", "Both are ready.")]
    assert verdict(COMPANY, good(**more(*shared), mails=mails)) == ()


def more(*events: Event) -> Mapping[str, Any]:
    """Some more is told, and read."""
    told = [*EVENTS, *events]
    return {"heard": heard(told), "stories": [Told(KEY, each.id) for each in told]}


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        pytest.param({"board": {}}, Wrong.LOST, id="a hire that is nowhere"),
        pytest.param(
            {"board": board(status="announced")}, Wrong.UNLIKE, id="a hire that got stuck"
        ),
        pytest.param(
            {"board": board(tasks=board()[HIRE.hire_id]["tasks"] * 2)},
            Wrong.DOUBLED,
            id="a task twice on the board",
        ),
        pytest.param(
            more(event(JOURNEY, 6, "task.assigned.v1", task_id="laptop", owner="it")),
            Wrong.DOUBLED,
            id="a task assigned twice",
        ),
        pytest.param(
            more(event(CHECK, 2, "check.decided.v1", version=1)),
            Wrong.DOUBLED,
            id="two decisions of a version",
        ),
        pytest.param(
            more(event(JOURNEY, 6, "hire.announced.v1")), Wrong.DOUBLED, id="two journeys"
        ),
        pytest.param(
            more(event(JOURNEY, 5, "task.done.v1", task_id="another")),
            Wrong.DOUBLED,
            id="a number given twice",
        ),
        pytest.param(
            more(event(JOURNEY, 6, "hire.ready.v1", trace="t2")),
            Wrong.UNLIKE,
            id="a second trace",
        ),
        pytest.param(
            {"mails": [MAIL, replace(MAIL, message_id="letter-2")]},
            Wrong.DOUBLED,
            id="two mails that say the same",
        ),
        pytest.param({"mails": []}, Wrong.LOST, id="a letter that never came"),
        pytest.param(
            {"mails": [MAIL, Mail("letter-2", "lead@company.example", "Ready", "So is it")]},
            Wrong.LOST,
            id="a letter without a receipt",
        ),
        pytest.param({"logins": [Login(KEY, active=True)] * 2}, Wrong.DOUBLED, id="two accounts"),
        pytest.param({"made": Counter({KEY: 2})}, Wrong.DOUBLED, id="made twice"),
        pytest.param({"logins": []}, Wrong.LOST, id="no account"),
        pytest.param(
            {"doors": [*good().doors, Door("key-2", "10.86.0.2")]},
            Wrong.DOUBLED,
            id="an address given twice",
        ),
        pytest.param({"doors": []}, Wrong.LOST, id="no peer"),
        pytest.param(
            {"doors": [*good().doors, Door("key-2", "10.86.0.3")]},
            Wrong.UNLIKE,
            id="a stranger in the VPN",
        ),
        pytest.param({"left_behind": {"x.outbox": 1}}, Wrong.LOST, id="an event kept back"),
        pytest.param({"figures": ("a", "b")}, Wrong.UNLIKE, id="figures unlike a rebuild"),
    ],
)
def test_what_goes_wrong_is_seen(changes: Mapping[str, Any], wrong: Wrong) -> None:
    assert wrong in {breach.wrong for breach in verdict(COMPANY, good(**changes))}
