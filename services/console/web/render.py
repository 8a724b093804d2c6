"""Templates: every value is escaped, and a name that is missing is an error."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.console import telling
from services.console.role import TITLES
from services.console.web.assets import version

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


def _environment() -> Environment:
    made = Environment(
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
        "role_titles": TITLES,
        "owner_name": telling.owner,
        "resource_name": telling.resource,
    }
    made.globals.update(ours)
    return made


ENVIRONMENT: Final = _environment()


def page(template: str, status: int = 200, /, **values: Any) -> HTMLResponse:
    """A whole page."""
    return HTMLResponse(ENVIRONMENT.get_template(template).render(**values), status)
