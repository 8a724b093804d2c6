"""Every payload of a sender that we have, at its front door: right, wrong, stale, repeated."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from farhand import signing
from libs.common import clock
from libs.common.database import Pool
from libs.common.front_door import Taken
from libs.common.intake import REPLAY_WINDOW, Unauthorized
from libs.common.kafka import new_producer
from libs.common.kernel import Kernel
from libs.common.standard_webhooks import sign
from tests.infrastructure import Infrastructure
from tests.metrics.running_service import HOOK_SECRET, SOURCES, running_kernel

PAYLOADS = Path(__file__).parent / "payloads"
FILES = sorted(path for path in PAYLOADS.glob("*.json") if "runs_get" not in path.stem)
FRAMED = ("cdevents", "openlineage")
"""What the door of MLOps tools takes as it is."""
DOORS = [
    *((path, path.stem.partition("_")[0]) for path in FILES if "openlineage" not in path.stem),
    *((path, "mlops") for path in FILES if path.stem.startswith(FRAMED)),
]
TIMED = ("cdevents", "gitlab", "mlflow", "mlops")
"""The senders that sign a time; of the others nothing can be stale."""

LATENCY: dict[str, Any] = {
    "specversion": "1.0",
    "id": "minute-1",
    "source": "/serving/eu-1",
    "type": "inference.latency.v1",
    "data": {"service": "scoring", "at": "2026-11-23T09:00:00Z", "milliseconds": [9.5, 12, 250]},
}


@dataclass(frozen=True, slots=True)
class Door:
    """One front door of the running service."""

    kernel: Kernel
    source: str

    def signed(self, body: bytes, secret: str = HOOK_SECRET) -> Mapping[str, str]:
        return signing.SIGNED[self.source](secret, "delivery-1", body)

    async def send(self, body: bytes, headers: Mapping[str, str]) -> Taken:
        return await self.kernel.doors.take_request(self.source, headers, body)


@pytest.fixture
async def kernel(
    infrastructure: Infrastructure, pool: Pool, tmp_path: Path
) -> AsyncGenerator[Kernel]:
    async with running_kernel(infrastructure, pool, tmp_path) as kernel:
        yield kernel


def body_of(path: Path) -> bytes:
    content = json.loads(path.read_bytes())
    if "_raw_body" in content:
        return content["_raw_body"].encode()
    return json.dumps(content["body"]).encode() if "_origin" in content else path.read_bytes()


async def count(pool: Pool, table: str) -> int:
    return await pool.fetchval(f"select count(*) from {table}")  # noqa: S608  # names of ours


async def test_every_payload_at_its_front_door(
    kernel: Kernel, pool: Pool, subtests: pytest.Subtests, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path, source in DOORS:
        with subtests.test(f"{path.stem} at {source}"):
            await pool.execute("truncate delivery, inbox, event_log cascade")
            await _is_let_in_once(Door(kernel, source), body_of(path), pool, monkeypatch)


async def _is_let_in_once(
    door: Door, body: bytes, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Unauthorized):
        await door.send(body, door.signed(body, "guessed"))
    with pytest.raises(Unauthorized):
        await door.send(body, door.signed(body + b" "))
    with pytest.raises(Unauthorized):
        await door.send(body, {})
    right, now = door.signed(body), clock.wall()
    if door.source in TIMED:
        for away in (REPLAY_WINDOW, -REPLAY_WINDOW):
            with monkeypatch.context() as patched:
                patched.setattr(clock, "wall", (now + away + away / 30).astimezone)
                with pytest.raises(Unauthorized, match="minutes"):
                    await door.send(body, right)
    assert await count(pool, "delivery") == 0
    assert (await door.send(body, right)).status == "accepted"
    logged = await count(pool, "event_log")
    assert (await door.send(body, right)).status == "duplicate"
    assert (await count(pool, "delivery"), await count(pool, "event_log")) == (1, logged)
    if door.source != "github" and b"incident" in body:
        assert logged == 1


async def test_what_cannot_be_read_is_kept_and_shown(
    kernel: Kernel, pool: Pool, subtests: pytest.Subtests
) -> None:
    for source in SOURCES:
        for body in (b"", b"{", b"[]", b"\xff", b"{}"):
            with subtests.test(f"{body!r} at {source}"):
                await pool.execute("truncate delivery, inbox cascade")
                door = Door(kernel, source)
                taken = await door.send(body, _bytes_signed(door, body))
                if (source, body) == ("github", b"{}"):  # an event that no figure is made of
                    assert taken.status == "accepted"
                else:
                    assert taken.status == "quarantined"
                    assert taken.reason
    assert await count(pool, "event_log") == 0


def _bytes_signed(door: Door, body: bytes) -> Mapping[str, str]:
    if door.source in ("mlops", "cdevents", "gitlab"):  # whose library signs text only
        stamp = str(int(clock.wall().timestamp()))
        name = f"delivery-of-{body.hex()}"
        signature = sign(HOOK_SECRET.encode(), name, stamp, body)
        return {"webhook-id": name, "webhook-timestamp": stamp, "webhook-signature": signature}
    return door.signed(body)


async def produce(kernel: Kernel, value: bytes, headers: Mapping[str, str]) -> None:
    producer: Any = new_producer(kernel.tools.settings.kafka)
    await producer.start()
    try:
        await producer.send_and_wait(
            kernel.tools.settings.topic_prefix + "mlops.inbox",
            value,
            key=b"any",
            headers=[(name, text.encode()) for name, text in headers.items()],
        )
    finally:
        await producer.stop()


async def until_logged(pool: Pool, expected: int) -> None:
    for _ in range(200):
        if await count(pool, "event_log") >= expected:
            break
        await asyncio.sleep(0.05)
    assert await count(pool, "event_log") == expected


async def test_a_cdevent_on_the_topic_counts_once_however_it_is_wrapped(
    kernel: Kernel, pool: Pool
) -> None:
    deployed = body_of(PAYLOADS / "cdevents_0.5.1_service_deployed.json")
    envelope = {"specversion": "1.0", "id": "1", "source": "s", "type": "dev.cdevents.x"}
    structured = json.dumps({**envelope, "id": "2", "data": json.loads(deployed)}).encode()
    binary = {f"ce_{name}": value for name, value in envelope.items()}
    await produce(kernel, deployed, binary)
    await produce(kernel, structured, {"content-type": "application/cloudevents+json"})
    door = Door(kernel, "cdevents")
    await door.send(deployed, door.signed(deployed))
    resolved = body_of(PAYLOADS / "cdevents_0.5.1_incident_resolved.json")
    await produce(kernel, resolved, {**binary, "ce_id": "3"})
    await until_logged(pool, 2)


async def test_a_latency_on_the_topic_is_a_figure(kernel: Kernel, pool: Pool) -> None:
    attributes = {f"ce_{name}": LATENCY[name] for name in ("specversion", "id", "source", "type")}
    await produce(kernel, json.dumps(LATENCY["data"]).encode(), attributes)
    await produce(
        kernel, json.dumps(LATENCY).encode(), {"content-type": "application/cloudevents+json"}
    )
    await until_logged(pool, 1)
    p50 = await pool.fetchval(
        "select value from kpi_value where kpi = 'inference-latency-p50' and dimension = 'all'"
    )
    assert abs(p50 - 12) < 0.12
