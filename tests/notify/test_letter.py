"""What a letter says first, how long it may be, and how it reads."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from libs.common.contracts.values import Owner
from services.notify.letter import (
    Ask,
    AskText,
    Letter,
    Urgency,
    body,
    bottom_line,
    one_line,
    pressing_first,
    subject,
)

LINK = "http://127.0.0.1:7101/hires/0b8f6c1e-5d0a-5e43-9a51-2f6f0c0a7b11"


def ask(
    text: str = "Order a laptop",
    due_on: date | None = date(2026, 11, 27),
    urgency: Urgency = Urgency.TASK,
    of: Owner = Owner.IT,
    why: str = "It must arrive before the start.",
) -> Ask:
    return Ask(
        topic=f"task:{text}",
        of=of,
        urgency=urgency,
        text=text,
        why=why,
        due_on=due_on,
        zone="Europe/Lisbon",
    )


def letter(
    *asks: Ask,
    zone: str = "Europe/Lisbon",
    written_at: datetime = datetime(2026, 11, 24, 9, tzinfo=UTC),
    held: str | None = None,
) -> Letter:
    return Letter(
        reader=Owner.IT,
        zone=zone,
        written_at=written_at,
        asks=asks or (ask(),),
        about="ML engineer, starts on 2026-12-01",
        link=LINK,
        held=held,
    )


@pytest.mark.parametrize(
    ("asked", "zone", "line"),
    [
        pytest.param(
            ask(),
            "Europe/Lisbon",
            "To do for you, by the end of Friday 2026-11-27 (Europe/Lisbon): Order a laptop",
            id="a day in the reader's own zone",
        ),
        pytest.param(
            ask(),
            "America/Los_Angeles",
            "To do for you, by 16:00 on Friday 2026-11-27 (America/Los_Angeles): Order a laptop",
            id="the day ends earlier on the reader's clock",
        ),
        pytest.param(
            ask(),
            "Asia/Tokyo",
            "To do for you, by 09:00 on Saturday 2026-11-28 (Asia/Tokyo): Order a laptop",
            id="the day ends on the reader's next day",
        ),
        pytest.param(
            ask(),
            "Europe/London",
            "To do for you, by the end of Friday 2026-11-27 (Europe/London): Order a laptop",
            id="another zone with the same clock",
        ),
        pytest.param(
            ask(due_on=date(2026, 11, 20)),
            "Europe/Lisbon",
            "To do for you, overdue since the end of Friday 2026-11-20 (Europe/Lisbon): "
            "Order a laptop",
            id="a day that is over",
        ),
        pytest.param(
            ask(of=Owner.WORKER),
            "Europe/Lisbon",
            "To do for the worker, by the end of Friday 2026-11-27 (Europe/Lisbon): Order a laptop",
            id="asked of somebody else",
        ),
        pytest.param(
            ask("How long is the probation?", urgency=Urgency.QUESTION),
            "Europe/Lisbon",
            "To answer for you, by the end of Friday 2026-11-27 (Europe/Lisbon): "
            "How long is the probation?",
            id="a question",
        ),
        pytest.param(
            ask("Resolve what blocks this hire", None, Urgency.DECISION),
            "Europe/Lisbon",
            "To decide for you, as soon as possible: Resolve what blocks this hire",
            id="without a date",
        ),
        pytest.param(
            ask("Everything is ready", None, Urgency.ANNOUNCEMENT),
            "Europe/Lisbon",
            "For your information, nothing to do: Everything is ready",
            id="mere news",
        ),
    ],
)
def test_the_first_line_says_what_is_asked_of_whom_by_when(
    asked: Ask, zone: str, line: str
) -> None:
    written = letter(asked, zone=zone)

    assert bottom_line(asked, written) == line
    assert body(written).splitlines()[0] == line


@pytest.mark.parametrize(
    ("asks", "line"),
    [
        pytest.param([ask()], "By 2026-11-27: Order a laptop", id="one ask"),
        pytest.param(
            [ask(), ask("Print a badge")],
            "By 2026-11-27: Order a laptop (and 1 more)",
            id="two asks",
        ),
        pytest.param(
            [ask(due_on=date(2026, 11, 20))], "Overdue since 2026-11-20: Order a laptop", id="late"
        ),
        pytest.param(
            [ask("Resolve what blocks this hire", None, Urgency.INCIDENT)],
            "Urgent: Resolve what blocks this hire",
            id="an incident",
        ),
        pytest.param(
            [ask("Resolve what blocks this hire", None, Urgency.DECISION)],
            "To decide: Resolve what blocks this hire",
            id="without a date",
        ),
        pytest.param(
            [ask("The hire was cancelled", None, Urgency.ANNOUNCEMENT)],
            "The hire was cancelled",
            id="mere news",
        ),
    ],
)
def test_the_subject_is_the_first_ask(asks: list[Ask], line: str) -> None:
    assert subject(letter(*asks)) == line


def test_the_subject_names_a_day_by_which_nobody_is_late() -> None:
    assert subject(letter(zone="Asia/Tokyo")).startswith("By 2026-11-27")
    assert subject(letter(zone="Pacific/Honolulu")).startswith("By 2026-11-27")


def test_the_rest_explains_with_one_link() -> None:
    written = letter(
        ask(),
        ask("Everything is ready", None, Urgency.ANNOUNCEMENT, why="All is done."),
        held="It is 21:40 in Europe/Lisbon; the working day begins at 09:00. (working-hours@1)",
    )

    assert body(written, "Ana\r\nLima") == (
        "To do for you, by the end of Friday 2026-11-27 (Europe/Lisbon): Order a laptop\n\n"
        "Why: It must arrive before the start.\n"
        "About: Ana Lima, ML engineer, starts on 2026-12-01\n\n"
        "Also: For your information, nothing to do: Everything is ready\n"
        "  Why: All is done.\n\n"
        f"See: {LINK}\n\n"
        "This was held for your working hours. It is 21:40 in Europe/Lisbon; the working day "
        "begins at 09:00. (working-hours@1)\n"
    )
    assert body(written).count("http") == 1


def test_the_most_pressing_comes_first() -> None:
    news = ask("Everything is ready", None, Urgency.ANNOUNCEMENT)
    someday = ask("Resolve what blocks this hire", None, Urgency.DECISION)
    late, soon = ask("Print a badge", date(2026, 12, 4)), ask(due_on=date(2026, 11, 27))
    incident = ask("Stop work", None, Urgency.INCIDENT)

    in_order = (incident, soon, late, someday, news)

    assert pressing_first((news, late, someday, incident, soon)) == in_order


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"text": "x" * 121}, id="an ask of more than 120 characters"),
        pytest.param({"why": "x" * 301}, id="a reason of more than 300 characters"),
        pytest.param({"text": ""}, id="an ask that says nothing"),
        pytest.param({"text": "Order\r\nBcc: x@example.com"}, id="a line break"),
        pytest.param({"text": "Order \N{RIGHT-TO-LEFT OVERRIDE}potpal"}, id="a hidden character"),
        pytest.param({"text": "Order\N{LINE SEPARATOR}a laptop"}, id="a line separator"),
    ],
)
def test_an_ask_out_of_bounds_is_no_ask(change: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Ask.model_validate(ask().model_dump() | change)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"asks": ()}, id="nothing to say"),
        pytest.param({"link": "javascript:alert(1)"}, id="a link that is none"),
        pytest.param({"link": "https://example.com/ and more"}, id="a link with a space"),
        pytest.param({"link": "https://example.com/" + "x" * 500}, id="a link without end"),
    ],
)
def test_a_letter_out_of_bounds_is_no_letter(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Letter.model_validate(letter().model_dump() | change)


@given(st.text())
def test_any_text_becomes_one_visible_line_that_fits(text: str) -> None:
    line = one_line(text, 120)

    TypeAdapter(AskText).validate_python(line)
    assert len(line.splitlines()) == 1
    assert one_line(line, 120) == line


def test_what_is_cut_ends_with_an_ellipsis() -> None:
    assert one_line("word " * 40, 20) == "word word word word…"
