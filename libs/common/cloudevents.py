"""CloudEvents 1.0 on Kafka in binary mode: `ce_*` headers, a JSON value, `traceparent` beside them.

That is how our own events are written and read. Front doors take structured mode too, where the
whole event is the value, and content-type says so.

Reading never raises: whatever stands on a topic becomes an `Inbound`, and one that is not a
CloudEvent carries its defect, so that it can be shown, mended and replayed.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final, Protocol, cast
from uuid import UUID

from pydantic_core import from_json, to_json

from libs.common.inbound import Inbound

JSON: Final = b"application/json"
STRUCTURED: Final = "application/cloudevents+json"
"""The content type of a record whose value is the whole event."""
MAX_BODY_BYTES: Final = 512 * 1024
"""The largest event: well under Kafka's own limit, so that no event can block a relay."""

MAX_NAME: Final = 200
"""The longest id, type, source or key, in characters: three of them still fit into an index."""

MAX_SEQUENCE: Final = 2**63 - 1

NEEDED: Final = ("ce_id", "ce_type", "ce_source")
_TYPE: Final = re.compile(r"[\w.:/-]+", re.ASCII)


class Record(Protocol):
    """What is read of a Kafka record."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def timestamp(self) -> int: ...
    @property
    def key(self) -> Any: ...
    @property
    def value(self) -> Any: ...
    @property
    def headers(self) -> Sequence[tuple[str, bytes]]: ...


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands beside the body of an event of ours.

    `sequence` is the CloudEvents extension of that name: the number of the event within its source
    and subject.
    """

    id: UUID
    type: str
    source: str
    subject: str
    sequence: int
    time: datetime
    traceparent: str | None

    def headers(self) -> list[tuple[str, bytes]]:
        """The envelope as Kafka headers."""
        written = [
            ("ce_specversion", b"1.0"),
            ("ce_id", str(self.id).encode()),
            ("ce_type", self.type.encode()),
            ("ce_source", self.source.encode()),
            ("ce_subject", self.subject.encode()),
            ("ce_sequence", str(self.sequence).encode()),
            ("ce_time", self.time.isoformat().encode()),
            ("content-type", JSON),
        ]
        if self.traceparent is not None:
            written.append(("traceparent", self.traceparent.encode()))
        return written


def tolerant(pairs: Iterable[tuple[str, bytes | None]]) -> dict[str, str]:
    """Headers as text, in lower case; a null or undecodable value is as good as absent."""
    read: dict[str, str] = {}
    for name, value in pairs:
        try:
            read[name.lower()] = storable((value or b"").decode())
        except UnicodeDecodeError:
            continue
    return read


def storable(text: str, longest: int = MAX_NAME) -> str:
    """A text from outside as PostgreSQL can keep it: no NUL, no lone surrogate, not too long.

    Two long names that differ only in their ends stay different.
    """
    if text.isascii() and len(text) <= longest and "\0" not in text:
        return text  # nearly all are
    text = text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()
    if len(text) <= longest:
        return text
    end = f"~{sha256(text.encode()).hexdigest()[:32]}"
    return text[: longest - len(end)] + end


def read_record(record: Record, now: datetime) -> Inbound:
    """A Kafka record as a message; `now` stands in for a time that it does not tell."""
    said = tolerant(record.headers)
    origin = f"{record.topic}/{record.partition}@{record.offset}"
    key, kind, sequence = _text(record.key), _type(said), _sequence(said)
    return Inbound(
        id=said.get("ce_id") or origin,
        type=kind,
        source=said.get("ce_source") or record.topic,
        key=said.get("ce_subject") or key,
        body=record.value if isinstance(record.value, bytes) else b"",
        recorded_at=_time(said.get("ce_time", ""), now),
        origin=origin,
        sequence=sequence,
        traceparent=said.get("traceparent"),
        defect=_defect(said, kind, key, sequence),
    )


@dataclass(frozen=True, slots=True)
class Handed:
    """A record of a front door: the sender's name for it, and the body to keep and to read."""

    name: str
    body: bytes


def handed(record: Record, types: Collection[str]) -> Handed:
    """What a sender put into the topic of a front door.

    The name is the event's source and id, which only together are unique, or else the record's
    place. The body is the value as it came. But where the headers say one of `types` and the value
    is only the data of such an event, the headers belong to what is said: the body is then the same
    event in structured mode.
    """
    said, value = tolerant(record.headers), record.value
    body = value if isinstance(value, bytes) else b""
    place = f"{record.topic}/{record.partition}@{record.offset}"
    if said.get("content-type", "").lower().startswith(STRUCTURED):
        event = _object(body) or {}
        return Handed(_name(event.get("source"), event.get("id")) or place, body)
    name = _name(said.get("ce_source"), said.get("ce_id")) or place
    data = _object(body) if said.get("ce_type") in types else None
    is_data = data is not None and not {"type", "data"} & data.keys()
    return Handed(name, _structured(said, body) if is_data else body)


def _name(source: object, id_: object) -> str:
    told = [part for part in (source, id_) if isinstance(part, str) and part]
    return storable("/".join(told)) if isinstance(id_, str) and id_ else ""


def _object(body: bytes) -> dict[str, Any] | None:
    """The JSON object of a body; None where it is none."""
    try:
        read = from_json(body)
    except ValueError:
        return None
    return cast("dict[str, Any]", read) if isinstance(read, dict) else None


def _structured(said: Mapping[str, str], data: bytes) -> bytes:
    attributes = {
        name.removeprefix("ce_"): value for name, value in said.items() if name.startswith("ce_")
    }
    return to_json(attributes)[:-1] + b', "data": ' + data + b"}"


def _defect(said: Mapping[str, str], kind: str, key: str, sequence: int | None) -> str | None:
    for name in NEEDED:
        if not said.get(name):
            return f"not a CloudEvent: the header {name} is missing, empty or not UTF-8"
    if not kind:
        return "not a CloudEvent of ours: the header ce_type is not the name of a type"
    if said.get("ce_specversion") != "1.0":
        return "not a CloudEvent 1.0: the header ce_specversion is missing or another version"
    if not (said.get("ce_subject") or key):
        return "the event has neither a key nor the header ce_subject: nobody it is about"
    if said.get("ce_sequence") and sequence is None:
        return f"the header ce_sequence is not a whole number from 1 to {MAX_SEQUENCE}"
    return None


def _type(said: Mapping[str, str]) -> str:
    """The type of an event; empty where it is none that could be."""
    told = said.get("ce_type", "")
    return told if _TYPE.fullmatch(told) else ""


def _sequence(said: Mapping[str, str]) -> int | None:
    """The number of an event within its source and key; None where there is none that counts."""
    text = said.get("ce_sequence", "")
    number = int(text) if text.isascii() and text.isdecimal() else 0
    return number if 0 < number <= MAX_SEQUENCE else None


def _text(key: object) -> str:
    return storable(key.decode(errors="replace")) if isinstance(key, bytes) else ""


def _time(text: str, otherwise: datetime) -> datetime:
    try:
        read = datetime.fromisoformat(text)
        return read.astimezone(UTC) if read.tzinfo else otherwise
    except (ValueError, OverflowError):
        return otherwise
