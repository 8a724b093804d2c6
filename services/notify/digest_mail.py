"""A digest: one mail with what is asked of a role about several hires, the most pressing first."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from libs.common.contracts.values import Sealed, Value
from services.notify.letter import (
    NAME_LIMIT,
    Addressed,
    Ask,
    AskText,
    Link,
    bottom_line,
    headline,
    one_line,
)


class Entry(Value):
    """One ask of a digest, and which hire it is about; `worker` is that person's sealed contact."""

    ask: Ask
    about: AskText
    worker: Sealed | None = None


class Digest(Addressed):
    """What the readers of a mailbox are told at one time, with one link to all of it.

    `held` is how many of its messages waited for the readers' working hours.
    """

    entries: Annotated[tuple[Entry, ...], Field(min_length=1)]
    link: Link
    held: int = 0


def digest_subject(digest: Digest) -> str:
    """The subject of the mail: the first ask with its date, and how many follow."""
    return headline(digest.entries[0].ask, len(digest.entries) - 1, digest)


def digest_body(digest: Digest, names: Sequence[str | None]) -> str:
    """The digest as plain text; `names` are of the workers of its entries, in their order."""
    parts = [_told(entry, name, digest) for entry, name in zip(digest.entries, names, strict=True)]
    parts.append(f"See: {digest.link}")
    if digest.held:
        parts.append(
            f"Held for your working hours: {digest.held}. Your inbox says why, for each message."
        )
    return "\n\n".join(parts) + "\n"


def _told(entry: Entry, worker_name: str | None, digest: Digest) -> str:
    name = f"{one_line(worker_name, NAME_LIMIT)}, " if worker_name else ""
    ask = entry.ask
    return f"{bottom_line(ask, digest)}\n  About: {name}{entry.about}\n  Why: {ask.why}"
