"""What nobody should send, drawn anew each time: any bytes, any JSON, and what is almost right."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias, TypeVar

import httpx2
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from farhand import signing
from libs.common.clock import wall
from libs.common.cloudevents import read_record
from libs.common.inbound import Result
from libs.common.kernel import Kernel
from libs.common.service import Service
from libs.common.standard_webhooks import key_or_text, sign

Drawn = TypeVar("Drawn")

STANDARD: Final = ("standard", "cdevents", "gitlab", "mlops")
"""Doors whose senders sign as Standard Webhooks has it."""

TAKEN: Final = frozenset({"accepted", "quarantined", "duplicate"})
EVENTS: Final = 5
"""Records of each contract."""

LEAVES: Final = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40) | st.datetimes()
)
JSON: Final = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
HEADER: Final = st.lists(
    st.sampled_from([*range(0x21, 0x7F), *range(0x80, 0x100)]), max_size=60
).map(bytes)
"""What a client can send as the value of a header of HTTP."""


def drawn(strategy: st.SearchStrategy[Drawn], times: int) -> list[Drawn]:
    """So many values, other ones in each run."""
    found: list[Drawn] = []

    @settings(
        max_examples=times,
        database=None,
        deadline=None,
        derandomize=False,  # which Hypothesis would turn on where CI is set
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example],
    )
    @given(strategy)
    def once(value: Drawn) -> None:
        found.append(value)

    once()
    return found


def bodies(*good: bytes) -> st.SearchStrategy[bytes]:
    """Any bytes, any JSON, and good JSON with something else in one place."""
    almost = st.builds(elsewise, st.sampled_from(good), st.randoms(), JSON)
    return st.binary(max_size=300) | JSON.map(written) | almost


def written(value: object) -> bytes:
    """As JSON, or what Python takes for it, with half characters as they are."""
    return json.dumps(value, default=str).encode(errors="surrogatepass")


def elsewise(good: bytes, chance: Any, other: object) -> bytes:
    """A JSON text in which one value, wherever it stands, is another."""
    content = json.loads(good)
    places = list(_places(content))
    if not places:
        return written(other)
    holder, key = chance.choice(places)
    holder[key] = other
    return written(content)


def _places(holder: Any) -> Iterator[tuple[Any, Any]]:
    """Each list or object within a value, with each of its indexes or keys."""
    keys: list[Any] = []
    if isinstance(holder, dict):
        keys = [*holder]  # pyright: ignore[reportUnknownVariableType]  # JSON's are text
    elif isinstance(holder, list):
        keys = [*range(len(holder))]  # pyright: ignore[reportUnknownArgumentType]  # of anything
    for key in keys:
        yield holder, key
        yield from _places(holder[key])


def signed(source: str, secret: str, name: str, body: bytes) -> Mapping[str, str]:
    """The headers of a sender that knows the secret, over any bytes."""
    if source not in STANDARD:
        return signing.SIGNED[source](secret, name, body)
    stamp = str(int(wall().timestamp()))
    signature = sign(key_or_text(secret), name, stamp, body)
    return {"webhook-id": name, "webhook-timestamp": stamp, "webhook-signature": signature}


@dataclass(slots=True)
class Fuzzed:
    """Front doors of one service, and how they answered."""

    http: httpx2.AsyncClient
    """whose base is the service"""
    answers: Counter[str] = field(default_factory=Counter[str])
    wrong: list[str] = field(default_factory=list[str])

    async def knock(self, source: str, secret: str, good: Sequence[bytes], times: int) -> None:
        """Garbage that is rightly signed, and good bodies under garbage for headers."""
        for number, body in enumerate(drawn(bodies(*good), times)):
            headers = signed(source, secret, f"garbage-{source}-{number}", body)
            answer = await self.http.post(f"/hooks/{source}", content=body, headers=headers)
            if not answer.is_success or answer.json()["status"] not in TAKEN:
                self.wrong.append(f"{source} answered {answer.status_code} to {body!r}")
            self.answers[str(answer.status_code)] += 1
        known = list(signed(source, secret, "any", good[0]))
        for said in drawn(st.fixed_dictionaries(dict.fromkeys(known, HEADER)), times):
            garbage = [(name.encode(), value) for name, value in said.items()]
            answer = await self.http.post(f"/hooks/{source}", content=good[0], headers=garbage)
            if answer.status_code not in (400, 401):
                self.wrong.append(f"{source} answered {answer.status_code} to {said!r}")
            self.answers[str(answer.status_code)] += 1


@dataclass(frozen=True, slots=True)
class Found:
    """A record as the consumer hands it on."""

    topic: str
    headers: Any
    """pairs of a name and bytes, or nothing"""
    key: bytes | None
    value: bytes | None
    partition: int = 0
    offset: int = 0
    timestamp: int = 0


Told: TypeAlias = Mapping[str, bytes | None]


def _headers(right: Told, more: Told) -> Sequence[tuple[str, bytes | None]]:
    return [*{**right, **more}.items()]


def records(topic: str, kind: str, good: bytes) -> st.SearchStrategy[Found]:
    """Records of a type, their bodies garbage and some of their headers too."""
    garbage = st.none() | st.binary(max_size=60)
    often_right = {
        "ce_specversion": st.just(b"1.0") | garbage,
        "ce_type": st.just(kind.encode()),
        "ce_id": st.uuids().map(lambda name: str(name).encode()),
        "ce_source": st.just(b"garbage") | garbage,
        "ce_subject": st.uuids().map(lambda name: str(name).encode()) | garbage,
    }
    odd = st.dictionaries(st.sampled_from(["ce_sequence", "ce_time", "traceparent"]), garbage)
    headers = st.builds(_headers, st.fixed_dictionaries(often_right), odd)
    found = st.builds(Found, st.just(topic), headers, garbage, st.none() | bodies(good))
    return found.filter(lambda each: each.key is not None or each.value is not None)


async def swallowed(service: Service, kernel: Kernel) -> Counter[str]:
    """Records of every contract that a service reads, settled; what became of how many."""
    became: Counter[str] = Counter()
    for event in service.consumed:
        good = written(event.example)
        found = drawn(records(event.topic, event.type, good), EVENTS)
        results: Sequence[Result] = await kernel.engine.submit(
            [read_record(each, wall()) for each in found]
        )
        assert len(results) == len(found)
        became.update(type(result).__name__ for result in results)
    return became
