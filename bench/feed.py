"""Put the hires of the workload on Kafka, at once or at a rate, and note when each was sent."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from threading import Event
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter

from bench.workload.hire import Hire
from bench.workload.steps import Passed
from libs.common import clock

confluent_kafka: Any = import_module("confluent_kafka")
"""Only the environment of the benchmark holds it, so that it has no types here."""

FLUSH_SECONDS: Final = 60
POLL_EVERY: Final = 500
JSON: Final = TypeAdapter(Passed)


@dataclass(frozen=True, slots=True)
class Load:
    """So many hires: at once, or so many a second."""

    hires: int
    per_second: float | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A hire as it stands on Kafka."""

    hire_id: UUID
    value: bytes
    headers: tuple[tuple[str, bytes], ...]


def record(hire: Hire) -> Record:
    """A CloudEvent in binary mode, as the kernel reads it; the others read the value only."""
    headers = {
        "ce_specversion": "1.0",
        "ce_id": f"reported-{hire.hire_id}",
        "ce_type": "bench.hire.reported.v1",
        "ce_source": "hris/acme",
        "ce_subject": str(hire.hire_id),
        "content-type": "application/json",
    }
    return Record(
        hire.hire_id,
        JSON.dump_json(Passed(hire), exclude_none=True),
        tuple((name, text.encode()) for name, text in headers.items()),
    )


def feed(
    bootstrap: str, topic: str, records: Sequence[Record], load: Load, stop: Event
) -> dict[UUID, float]:
    """Send all of them; returns when each was, in seconds since the epoch.

    Blocks, until all are sent or `stop` is set. Raises TimeoutError where Kafka does not take them.
    """
    linger = 5 if load.per_second is None else 0
    producer: Any = confluent_kafka.Producer(
        {"bootstrap.servers": bootstrap, "acks": "all", "linger.ms": linger}
        | {"queue.buffering.max.messages": len(records) + 1}
    )
    sent: dict[UUID, float] = {}
    began = time.monotonic()
    for number, each in enumerate(records):
        due = began + number / load.per_second if load.per_second is not None else began
        if stop.wait(max(0.0, due - time.monotonic())):
            producer.purge()
            return sent
        sent[each.hire_id] = clock.wall().timestamp()
        producer.produce(
            topic, each.value, key=str(each.hire_id).encode(), headers=list(each.headers)
        )
        if load.per_second is not None or number % POLL_EVERY == 0:
            producer.poll(0)
    if producer.flush(FLUSH_SECONDS):
        raise TimeoutError(f"Kafka did not take all {len(records)} hires in {FLUSH_SECONDS} s")
    return sent
