"""Every word of the pages in every language: none missing, none left over, none broken."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from string import Formatter
from typing import Any, Final

import pytest
import yaml

from libs.common.contracts.onboarding import HireStatus
from libs.common.contracts.values import Owner
from libs.common.database import Pool
from libs.common.message import Event
from services.console.projection import CONTACTS, OF_A_HIRE
from services.console.reader import Reader
from services.console.role import Role
from services.console.telling import tell
from services.console.told_texts import HOLE
from services.console.wording import Worded, worded
from services.console.words import CATALOGUES, LANGUAGES, WORDS, catalogue, extracted
from services.metrics.kpi import load_definitions
from services.onboarding.templates import task_templates
from tests.console.conftest import Console
from tests.console.hires import ALICE, BOB, announced, assigned, blocked, decided, stands, told

RULES: Final = Path(__file__).parents[2] / "services" / "compliance" / "rules"
OTHERS = [language for language in LANGUAGES if language != "en"]
NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
SAME = {
    "Administrator", "Browser", "Employer of record", "Export", "IT", "Id", "Live", "Login", "Name",
    "Position", "SRE", "Trace", "VPN", "%(name)s", "team %(team)s", "{verdict} ({place})",
    "{field}: {says}.",
}  # fmt: skip
"""What may be the same in two languages."""


def ids(messages: Iterable[object]) -> set[str]:
    found = {getattr(each, "id", "") for each in messages}
    return {each[0] if isinstance(each, tuple) else each for each in found if each}


def forms(text: object) -> tuple[str, ...]:
    return tuple(map(str, text)) if isinstance(text, tuple | list) else (str(text),)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]  # Babel has no type for a plural


def holes(text: str) -> set[str]:
    named = {name for _, name, _, _ in Formatter().parse(text.replace("%(", "%")) if name}
    return named | set(re.findall(r"%\((\w+)\)s", text))


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated_and_nothing_is_translated_that_is_no_text(language: str) -> None:
    theirs = catalogue(language)
    assert ids(theirs) == ids(extracted()), "run `python -m services.console.words`, and translate"
    missing = [each.id for each in theirs if each.id and not all(forms(each.string))]
    assert missing == []
    assert not [each.id for each in theirs if each.fuzzy and each.id]


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_fills_the_same_holes_and_keeps_the_same_marks(language: str) -> None:
    for each in catalogue(language):
        for original, text in zip(forms(each.id), forms(each.string), strict=True):
            if original:
                assert holes(text) == holes(original), original
                assert re.findall(r"</?\w+>", text) == re.findall(r"</?\w+>", original), original


@pytest.mark.parametrize("event", OF_A_HIRE, ids=lambda event: event.type)
@pytest.mark.parametrize("language", OTHERS)
def test_every_event_is_told_in_every_language(language: str, event: type[Event]) -> None:
    example = event.model_validate(event.example)
    line = tell(event.type, example.model_dump(mode="json", exclude=CONTACTS))
    assert isinstance(line.says, Worded)
    assert WORDS[language].say(line.says) != line.says


def test_what_is_put_together_is_said_part_by_part() -> None:
    whole = worded("Sent to {owner}", owner=worded("the manager"))
    assert whole == "Sent to the manager"
    text = worded("Blocked: it is the turn of {owner}", owner=worded("the manager"))
    assert WORDS["de"].say(text) == "Blockiert: die Führungskraft ist am Zug"
    assert WORDS["de"].say("what came from elsewhere") == "what came from elsewhere"


def fixed_texts() -> Iterator[str]:
    """Every text that other services have in their data and write into events."""
    for template in task_templates():
        yield from (template.title, template.why)
    for file in sorted(RULES.glob("*.yaml")):
        rule: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
        said: dict[str, str] = rule["says"]
        asks: dict[str, dict[str, str]] = rule["asks"]
        yield from (*said.values(), rule["remedy"], *(each["ask"] for each in asks.values()))
    for kpi in load_definitions():
        yield from (kpi.title, *({kpi.unit} - {"seconds", "share"}))


@pytest.mark.parametrize("language", OTHERS)
def test_what_tasks_and_findings_say_is_known_in_every_language(language: str) -> None:
    known: dict[str, str] = yaml.safe_load(
        (CATALOGUES / f"told.{language}.yaml").read_text(encoding="utf-8")
    )
    assert sorted({each.strip() for each in fixed_texts()} - known.keys()) == []
    for text, said in known.items():
        named = {int(name) for _, name, _, _ in Formatter().parse(said) if name}
        assert named == set(range(len(HOLE.findall(text)))), text


@pytest.mark.parametrize(
    ("told", "said"),
    [
        pytest.param(
            "Order a laptop and have it delivered",
            "Laptop bestellen und liefern lassen",
            id="whole",
        ),
        pytest.param(
            "Approve: Order an internet line that only work uses",
            "Freigeben: Einen Anschluss bestellen, den nur die Arbeit benutzt",
            id="one in another",
        ),
        pytest.param(
            "written-contract: Whether the contract is in writing in time is not known yet.",
            "written-contract: Ob der Vertrag rechtzeitig schriftlich ist, ist noch nicht bekannt.",
            id="a reason with its rule",
        ),
        pytest.param(
            "A week of 48 hours is agreed, but the law allows no more than 40 hours.",
            "Eine Woche von 48 Stunden ist vereinbart, "
            "aber das Gesetz erlaubt nicht mehr als 40 Stunden.",
            id="with what it was filled with",
        ),
        pytest.param(
            "The employer's notice is only 1 month; the law asks for 30 days after a year of "
            "service.",
            "Die Kündigungsfrist des Arbeitgebers ist nur 1 Monat; das Gesetz verlangt 30 Tage "
            "nach einem Jahr.",
            id="with durations",
        ),
        pytest.param("Call her in 3 days", "Call her in 3 days", id="a duration in what was typed"),
        pytest.param("Ask Noor: she knows", "Ask Noor: she knows", id="what somebody typed"),
    ],
)
def test_what_another_service_wrote_is_said_in_german(told: str, said: str) -> None:
    assert WORDS["de"].say(told) == said
    assert WORDS["en"].say(told) == told


@pytest.mark.parametrize(
    ("accepts", "chosen", "language", "day", "number"),
    [
        pytest.param("de-AT,en;q=0.5", None, "de", "8. Dez.", "1.234,5", id="as the browser asks"),
        pytest.param("fr,en-GB;q=0.8", None, "en", "8 Dec", "1,234.5", id="the first that is ours"),
        pytest.param("en-US", "de", "de", "8. Dez.", "1.234,5", id="as was chosen"),
        pytest.param("en-US,de-CH", "de", "de", "8. Dez.", "1\u2019234.5", id="chosen, as there"),
        pytest.param("de", "en", "en", "Dec 8", "1,234.5", id="English was chosen"),
        pytest.param("", "tlh", "en", "8 Dec", "1,234.5", id="neither"),
    ],
)
def test_dates_and_numbers_are_the_readers(
    accepts: str, chosen: str | None, language: str, day: str, number: str
) -> None:
    reader = Reader.of(accepts, "UTC", NOW, chosen)
    assert reader.language == language
    assert reader.short_day(date(2026, 12, 8)) == day
    assert reader.number(Decimal("1234.5")) == number


def test_lengths_have_units_in_the_readers_language() -> None:
    german, english = (Reader.of(each, "UTC", NOW) for each in ("de", "en"))
    assert german.figure(Decimal(4 * 86400 + 77760), "seconds") == "4,9 Tage"
    assert english.figure(Decimal(4 * 86400 + 77760), "seconds") == "4.9 days"
    assert german.until(date(2026, 12, 2)) == "morgen"
    assert german.since(timedelta(hours=3)) == "vor 3 Stunden"


class Read(HTMLParser):
    """What a page says to a person: its text, and the attributes that are read aloud or shown."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.language = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "html":
            self.language = given.get("lang") or ""
        for name in (
            "aria-label",
            "placeholder",
            "title",
            "alt",
            "data-on",
            "data-poll",
            "data-off",
        ):
            self.said.append((given.get(name) or "").strip())

    def handle_data(self, data: str) -> None:
        self.said.append(data.strip())


PAGES = (
    "/", "/?status=cancelled", f"/hires/{ALICE}", f"/hires/{BOB}", "/hires/nobody", "/law",
    "/figures", "/operations", "/audit", "/accounts", "/sessions", "/sign-in",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_leaves_nothing_in_english(console: Console, pool: Pool, path: str) -> None:
    await told(pool, announced(ALICE), assigned(ALICE), decided(ALICE))
    await told(pool, announced(BOB), stands(HireStatus.BLOCKED, BOB), blocked(BOB))
    browser = await console.signed_in(*set(Role) - {Role.WORKER})
    browser.http.headers["accept-language"] = "de"
    page = Read((await browser.get(path)).text)
    assert page.language == "de"
    assert english(page) == []


async def test_a_workers_page_leaves_nothing_in_english(console: Console, pool: Pool) -> None:
    await told(pool, announced(ALICE), assigned(ALICE, owner=Owner.WORKER), decided(ALICE))
    for hire in (ALICE, None):
        browser = await console.signed_in(Role.WORKER, hire_id=hire)
        browser.http.headers["accept-language"] = "de"
        page = Read((await browser.get("/me")).text)
        assert page.language == "de"
        assert english(page) == []


def english(page: Read) -> list[str]:
    """What a page says in English, of all that is translated."""
    ours = re.compile("|".join(map(in_words, sorted(ids(catalogue("de")) - SAME))))
    return [each for each in page.said if ours.fullmatch(each)]


def in_words(text: str) -> str:
    """A pattern for a text of ours with anything in its holes."""
    return r".+?".join(map(re.escape, re.split(r"%\(\w+\)s|\{\w+\}", text)))


async def test_a_language_is_chosen_once_and_kept_with_the_account(
    console: Console, pool: Pool
) -> None:
    browser = await console.signed_in(Role.HR)
    assert Read((await browser.get("/")).text).language == "en"
    answer = await browser.post("/language", language="de")
    assert answer.status_code == 303
    assert Read((await browser.get("/")).text).language == "de"
    assert await pool.fetchval("select language from account") == "de"
    assert (await browser.post("/language", language="tlh")).status_code == 422
