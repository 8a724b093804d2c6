"""Weekends and public holidays of a jurisdiction, by the calendars of `holidays`."""

from functools import lru_cache
from typing import Final

from holidays import HolidayBase, country_holidays, list_supported_countries

COUNTRIES: Final = list_supported_countries(include_aliases=False)
SATURDAY_SUNDAY: Final = frozenset({5, 6})
MAIN_SUBDIVISION: Final = {"GB": "ENG"}
"""Where the country's own list holds only what all parts share: GB without Easter Monday."""

LANGUAGES: Final = {"en": ("en_US", "en_GB", "en"), "de": ("de", "de_AT", "de_CH")}
"""What the calendars call our languages."""


def is_known_country(jurisdiction: str) -> bool:
    """Whether the country of `PT` or `US-CA` is one whose holidays are known: all of ISO 3166-1."""
    return jurisdiction.partition("-")[0] in COUNTRIES


@lru_cache(maxsize=256)
def public_holidays(jurisdiction: str, language: str = "en") -> HolidayBase | None:
    """The calendar of a jurisdiction such as `PT` or `US-CA`, else of its country.

    Its days are named in the language, else in English, else as people there do. None for a
    country that is not known.
    """
    country, _, part = jurisdiction.partition("-")
    if country not in COUNTRIES:
        return None
    wanted = part or MAIN_SUBDIVISION.get(country)
    subdivision = wanted if wanted in COUNTRIES[country] else None
    known = country_holidays(country, subdiv=subdivision).supported_languages
    told = [each for each in (*LANGUAGES[language], *LANGUAGES["en"]) if each in known]
    return country_holidays(country, subdiv=subdivision, language=told[0] if told else None)


def weekend(jurisdiction: str) -> frozenset[int]:
    """The weekdays that are not worked there, Monday being 0."""
    calendar = public_holidays(jurisdiction)
    return SATURDAY_SUNDAY if calendar is None else frozenset(calendar.weekend)
