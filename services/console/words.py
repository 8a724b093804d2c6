"""The languages of the pages: English as it stands in the source, each other in `locale/*.po`.

The catalogues are read as text, once, when the process starts. `python -m services.console.words`
brings them up to date with the source: what is new has no translation yet, which a test tells.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final, cast

from babel.messages.catalog import Catalog
from babel.messages.extract import (
    extract_from_dir,  # pyright: ignore[reportUnknownVariableType]  # Babel types it in part
)
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from babel.support import Translations

from services.console.told_texts import ToldTexts
from services.console.wording import Worded

HERE: Final = Path(__file__).parent
CATALOGUES: Final = HERE / "locale"
LANGUAGES: Final[Mapping[str, str]] = {"en": "English", "de": "Deutsch"}
"""Each language by its own name."""

METHODS: Final = [("**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS: Final = {"templates/**.html": {"trimmed": "true", "newstyle_gettext": "true"}}
MARKED: Final = {"worded": None, "_": None, "gettext": None, "ngettext": (1, 2)}


@dataclass(frozen=True, slots=True)
class Words:
    """What is said in one language; `told` are the fixed texts of other services."""

    language: str
    translations: Translations
    told: ToldTexts

    def say(self, text: str) -> str:
        """A text in this language; one that is nobody's wording, such as data, as it is."""
        if not isinstance(text, Worded):
            return self.told.say(text)
        pattern = self.translations.ugettext(text.pattern)
        if not text.values:
            return pattern
        values = {
            name: self.say(value) if isinstance(value, str) else value
            for name, value in text.values.items()
        }
        return pattern.format_map(values)


def catalogue(language: str) -> Catalog:
    """The catalogue of a language other than English."""
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def extracted() -> Catalog:
    """Every text of the source that is marked to be said, with the files where it stands."""
    found = Catalog(project="farhand-console", charset="utf-8")
    messages = cast(
        "Iterable[tuple[str, int, Any, Any, Any]]",
        extract_from_dir(HERE, METHODS, OPTIONS, keywords=MARKED),
    )
    for file, _line, message, _comments, context in messages:
        found.add(message, locations=[(file, 0)], context=context)
    return found


def _words(language: str) -> Words:
    if language == "en":
        return Words(language, Translations(), ToldTexts({}))
    compiled = BytesIO()
    write_mo(compiled, catalogue(language))
    compiled.seek(0)
    return Words(language, Translations(compiled), ToldTexts.of(language))


WORDS: Final[Mapping[str, Words]] = {language: _words(language) for language in LANGUAGES}


def update() -> None:
    """Bring every catalogue up to date with the source."""
    for language in LANGUAGES:
        if language != "en":
            now = catalogue(language)
            now.update(extracted(), no_fuzzy_matching=True)
            now.obsolete.clear()
            with (CATALOGUES / f"{language}.po").open("wb") as file:
                write_po(file, now, sort_output=True, include_lineno=False, width=100)


if __name__ == "__main__":
    update()
