"""Front doors: what the outside world delivers is verified, kept raw, and read once.

A `Source` knows one sender: how it signs, how it names a delivery, and what its body means. It is
pure. Everything around it, storing before the answer, dropping repeats, quarantine, mending and
replaying, is the same for all of them and stands in `libs.common.front_door`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

REPLAY_WINDOW: Final = timedelta(minutes=5)
"""How far a signed timestamp may be from the wall clock, either way."""


class Unauthorized(Exception):  # noqa: N818  # an answer, not an error
    """The delivery is unsigned, wrongly signed or stale; the text says which, never a secret."""


class Unreadable(Exception):  # noqa: N818  # an answer, not an error
    """The body cannot be understood; the text says what is wrong and where, never a value."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request or record as it arrived: nothing is decoded but the header names' case."""

    source: str
    headers: Mapping[str, str]
    body: bytes

    def header(self, name: str) -> str:
        """A header by its name in any case.

        Raises Unauthorized if it is missing: only signature schemes ask for one by this method.
        """
        value = self.headers.get(name.lower())
        if value is None:
            raise Unauthorized(f"the header {name} is missing")
        return value


class Source(Protocol):
    """One kind of sender."""

    @property
    def name(self) -> str:
        """The last part of its path, `/hooks/{name}`, and the name of its secret, `hook_{name}`."""
        ...

    @property
    def accepted_status(self) -> int:
        """The HTTP status that this sender takes for success: 202, unless it insists on 200."""
        ...

    def verify(self, delivery: Delivery, secrets: Sequence[str], now: datetime) -> None:
        """Check the signature over the raw bytes, in constant time, against each live secret.

        `now` is the wall clock. Raises Unauthorized.
        """
        ...

    def delivery_id(self, delivery: Delivery) -> str:
        """What the sender calls this delivery, the same when it is repeated."""
        ...

    def read(self, body: bytes) -> Sequence[Any]:
        """What the body says, in the service's own words; empty where it does not concern us.

        Raises Unreadable.
        """
        ...
