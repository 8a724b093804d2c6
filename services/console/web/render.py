"""Templates: every value is escaped, and a name that is missing is an error."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.console import telling
from services.console.names import deed_name, event_name, term_name
from services.console.role import TITLES
from services.console.web.assets import version
from services.console.words import LANGUAGES, WORDS, Words

THEMES: Final = ("light", "dark")
TEMPLATES: Final = Path(__file__).parent.parent / "templates"


def with_query(query: Mapping[str, str], **changes: str | int | None) -> str:
    """A query string with some parameters changed, and those dropped that are None or empty."""
    merged = {**query, **{name: str(v) for name, v in changes.items() if v is not None}}
    kept = {
        name: value
        for name, value in merged.items()
        if value and not (name in changes and changes[name] is None)
    }
    return "?" + urlencode(kept)


def asset(name: str) -> str:
    """Where a file of ours is to be had."""
    return f"/static/{version()}/{name}"


def theme_of(request: Request) -> str:
    """The theme that was chosen; empty for that of the system."""
    chosen = request.cookies.get("theme", "")
    return chosen if chosen in THEMES else ""


def _environment(words: Words) -> Environment:
    made = Environment(
        extensions=["jinja2.ext.i18n"],
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    ours: dict[str, Any] = {
        "asset": asset,
        "with_query": with_query,
        "statuses": telling.STATUSES,
        "badge_names": telling.BADGE_NAMES,
        "role_titles": TITLES,
        "owner_name": telling.owner,
        "system_name": telling.system,
        "deed_name": deed_name,
        "term_name": term_name,
        "event_name": event_name,
        "language": words.language,
        "languages": LANGUAGES,
    }
    made.globals.update(ours)
    made.filters["t"] = words.say
    made.policies["ext.i18n.trimmed"] = True
    installed: Any = made
    installed.install_gettext_translations(words.translations, newstyle=True)
    return made


ENVIRONMENTS: Final = {language: _environment(words) for language, words in WORDS.items()}


def page(template: str, status: int = 200, /, *, language: str, **values: Any) -> HTMLResponse:
    """A whole page in a language."""
    return HTMLResponse(ENVIRONMENTS[language].get_template(template).render(**values), status)


def part(template: str, /, *, language: str, **values: Any) -> str:
    """A part of a page in a language; what it was given is escaped."""
    return ENVIRONMENTS[language].get_template(template).render(**values)
