"""Records that nobody should put into a topic."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from libs.common import ids
from libs.common.contracts.compliance import CheckDecided
from libs.common.contracts.onboarding import HireAnnounced
from tests.e2e.records import Headers, envelope

READ: Final[Mapping[str, str]] = {
    "farhand.onboarding": HireAnnounced.type,
    "farhand.compliance": CheckDecided.type,
}
"""Something that is read of each topic that is read."""


@dataclass(frozen=True, slots=True)
class Odd:
    """A record to be put somewhere."""

    headers: Headers
    key: bytes | None
    value: bytes | None = b"{}"


def odd_record(kind: str, topic: str) -> Odd:
    """A fresh record of a kind, of a type that is read there where it is not the type that is odd.

    Each is of another key: a dead letter holds its own key up, and no other.
    """
    key, common = secrets.token_hex(8).encode(), READ.get(topic, HireAnnounced.type)
    headers: Headers = envelope(common, str(ids.ordered()))
    made: dict[str, Odd] = {
        "no headers": Odd({}, key),
        "null header values": Odd(dict.fromkeys(headers, None), key),
        "headers that are not UTF-8": Odd(dict.fromkeys(headers, b"\xff\xfe\x80"), key),
        "null key": Odd(headers, None),
        "a key that is not UTF-8": Odd(headers, b"\x00\xff\xfe" + key),
        **{name: Odd(headers, key, value) for name, value in VALUES.items()},
        **{name: Odd({**headers, **odd}, key) for name, odd in HEADERS.items()},
    }
    return made[kind]


VALUES: Final[Mapping[str, bytes | None]] = {
    "null value": None,
    "a value of 900 kB": b'"' + b"x" * 900_000 + b'"',
    "a body that does not match": b'{"hire_id": 1e999}',
    "a body that is not UTF-8": b'{"hire_id": "\xff"}',
    "a body that is deep": b'{"a":' * 50_000,
}

HEADERS: Final[Mapping[str, Headers]] = {
    "NUL in the headers": {"ce_id": b"a\x00b", "ce_source": b"\x00"},
    "an endless id": {"ce_id": b"i" * 50_000},
    "an unknown type": {"ce_type": b"hire.vanished.v9"},
    "an unknown version": {"ce_type": HireAnnounced.type.replace(".v1", ".v99").encode()},
    "a sequence beyond 64 bits": {"ce_sequence": b"9" * 30},
    "a sequence of superscripts": {"ce_sequence": "²".encode()},
    "a time after the calendar": {"ce_time": b"9999-12-31T23:59:59-14:00"},
    "a time before the calendar": {"ce_time": b"0001-01-01T00:00:00+14:00"},
    "a trace that is none": {"traceparent": b"00-zz-00-xx"},
}

KINDS: Final = (
    "no headers",
    "null header values",
    "headers that are not UTF-8",
    "null key",
    "a key that is not UTF-8",
    *VALUES,
    *HEADERS,
)
"""Every kind there is."""
