"""Who reads a page: in which language and zone, and what day it is for them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final, Self, cast
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_skeleton, format_time, format_timedelta
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit

from services.console.names import TERM_VALUES
from services.console.wording import worded
from services.console.words import LANGUAGES, WORDS

ENGLISH: Final = Locale("en")
ZONES: Final = frozenset(available_timezones())
HUNDREDTH: Final = 0.01
MINUTE: Final = timedelta(minutes=1)
DURATION: Final = re.compile(r"P(\d+)([DWMY])", re.ASCII)
UNITS: Final = {"D": "day", "W": "week", "M": "month", "Y": "year"}
"""A length in one unit, as terms of work state it (ISO 8601)."""


@dataclass(frozen=True, slots=True)
class Reader:
    """How moments, days and numbers are written; `now` is the product's time, in UTC."""

    locale: Locale
    zone: ZoneInfo
    now: datetime

    @classmethod
    def of(cls, accepts: str, zone: str, now: datetime, language: str | None = None) -> Self:
        """By what they chose, the header Accept-Language and a zone; else English and UTC."""
        known = zone if zone in ZONES else "UTC"
        return cls(_locale(accepts, language), ZoneInfo(known), now)

    @property
    def language(self) -> str:
        """The language of the pages; their dates and numbers follow the locale."""
        return self.locale.language

    def say(self, text: str) -> str:
        """A wording of ours in the reader's language."""
        return WORDS[self.language].say(text)

    @property
    def today(self) -> date:
        """The civil day where the reader is."""
        return self.now.astimezone(self.zone).date()

    def day(self, day: date) -> str:
        """Such as `Tue, 8 Dec`; with the year where it is another."""
        skeleton = "MMMEd" if day.year == self.today.year else "yMMMEd"
        return format_skeleton(skeleton, day, locale=self.locale)

    def short_day(self, day: date) -> str:
        """Such as `8 Dec`."""
        return format_skeleton("MMMd", day, locale=self.locale)

    def full_day(self, day: date) -> str:
        """With the year and the day of the week."""
        return format_date(day, "full", locale=self.locale)

    def moment(self, moment: datetime) -> str:
        """Day and time in the reader's zone."""
        return self._at(moment.astimezone(self.zone))

    def clock(self, moment: datetime) -> str:
        """The time of day in the reader's zone."""
        return format_datetime(moment, "HH:mm", tzinfo=self.zone, locale=self.locale)

    def local(self, moment: datetime, zone: str) -> str:
        """Day and time in another zone, such as the hire's."""
        return self._at(moment.astimezone(ZoneInfo(zone)))

    def _at(self, here: datetime) -> str:
        return f"{self.short_day(here.date())}, {here:%H:%M}"

    def ago(self, moment: datetime) -> str:
        """How long ago, such as `3 hours ago`."""
        passed = moment - self.now
        if abs(passed) < MINUTE:
            return self.say(worded("just now"))
        return format_timedelta(passed, add_direction=True, locale=self.locale)

    def spell(self, since: datetime) -> str:
        """How long something has lasted, such as `3 hours`."""
        if self.now - since < MINUTE:
            return self.say(worded("less than a minute"))
        return format_timedelta(self.now - since, locale=self.locale)

    def length(self, lasted: timedelta) -> str:
        """How long something took."""
        return format_timedelta(lasted, locale=self.locale)

    def weekdays(self, days: Sequence[int]) -> str:
        """Days of the week by their names, 0 being Monday."""
        names = cast(
            "Mapping[int, str]",
            self.locale.days["format"]["wide"],  # pyright: ignore[reportUnknownMemberType]  # Babel
        )
        return ", ".join(names[day] for day in days)

    def wall_time(self, clock: time) -> str:
        """A time of the day wherever it is meant."""
        return format_time(clock, "short", locale=self.locale)

    def since(self, passed: timedelta) -> str:
        """How long ago something was that has lasted so long."""
        return format_timedelta(-passed, add_direction=True, locale=self.locale)

    def precisely(self, lasted: timedelta) -> str:
        """How long a machine took: in milliseconds, where it is less than a second."""
        seconds = lasted.total_seconds()
        if seconds < 1:
            return f"{self.number(round(seconds * 1000, 1 if seconds < HUNDREDTH else None))} ms"
        return f"{self.number(round(seconds, 1))} s" if lasted < MINUTE else self.length(lasted)

    def value(self, value: object) -> str:
        """A term of work, as people write it."""
        match value:
            case bool():
                return self.say(worded("yes") if value else worded("no"))
            case date():
                return self.day(value)
            case Decimal():
                return self.number(value)
            case tuple():
                several = cast("tuple[object, ...]", value)
                return ", ".join(self.value(each) for each in several)
            case str() if lasting := DURATION.fullmatch(value):
                return self._in_units(Decimal(lasting[1]), UNITS[lasting[2]])
            case _:
                return self.say(TERM_VALUES.get(str(value), str(value).replace("_", " ")))

    def until(self, day: date) -> str:
        """How far a day is: `in 5 days`, `today`, `yesterday`."""
        days = (day - self.today).days
        named = {0: worded("today"), 1: worded("tomorrow"), -1: worded("yesterday")}
        if days in named:
            return self.say(named[days])
        return format_timedelta(
            timedelta(days=days),
            granularity="day",
            threshold=60,
            add_direction=True,
            locale=self.locale,
        )

    def number(self, value: Decimal | float) -> str:
        """With the reader's separators, three digits after the point at most."""
        return format_decimal(value, locale=self.locale)

    def figure(self, value: Decimal, unit: str) -> str:
        """A figure with its unit, in the words that people use for its size."""
        match unit:
            case "seconds":
                return self._lasting(value)
            case "share":
                return format_percent(value, format="#,##0.#%", locale=self.locale)
            case _:
                return f"{self.number(round(value, 2))} {self.say(unit)}"

    def _lasting(self, seconds: Decimal) -> str:
        for length, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
            if seconds >= 2 * length:
                return self._in_units(round(seconds / length, 1), unit)
        return self._in_units(Decimal(round(seconds)), "second")

    def _in_units(self, value: Decimal, unit: str) -> str:
        return format_unit(float(value), f"duration-{unit}", locale=self.locale)

    def country(self, jurisdiction: str) -> str:
        """The name of a country; of a subdivision, its country with the subdivision's code."""
        code, _, part = jurisdiction.partition("-")
        name = country_name(code, self.locale)
        return f"{name} ({part})" if part else name


def country_name(code: str, locale: Locale = ENGLISH) -> str:
    """What a country is called; its code where nobody knows."""
    names = cast("Mapping[str, str]", locale.territories)  # pyright: ignore[reportUnknownMemberType]
    return names.get(code, code)


def language_of(accepts: str) -> str:
    """The language of the pages for who is not signed in."""
    return _locale(accepts, None).language


def _locale(accepts: str, chosen: str | None) -> Locale:
    """The first language of the header that is one of ours, with the reader's own conventions.

    A language that was chosen comes before, with the header's conventions for it if it has any.
    """
    ours = {chosen} if chosen in LANGUAGES else set(LANGUAGES)
    for each in accepts.split(","):
        tag = each.partition(";")[0].strip()
        try:
            locale = Locale.parse(tag, sep="-")
        except (ValueError, UnknownLocaleError):
            continue
        if locale.language in ours:
            return locale
    return Locale(chosen) if chosen and chosen in LANGUAGES else Locale("en", "GB")
