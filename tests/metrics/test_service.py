"""The service as it runs: signed deliveries and the line's events on Kafka move figures."""

import asyncio
import hmac
import json
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from farhand import signing
from libs.common.contracts.onboarding import HireAnnounced, HireReady
from libs.common.database import Pool
from libs.common.intake import Unauthorized
from libs.common.kafka import new_producer
from libs.common.kernel import Kernel
from libs.common.message import Event
from services.metrics.__main__ import key_results
from tests.infrastructure import Infrastructure
from tests.metrics.running_service import HOOK_SECRET, running_kernel

PAYLOADS = Path(__file__).parent / "payloads"
SUCCESS = (PAYLOADS / "github_deployment_status.created.success.json").read_bytes()
STANDING = """
select value::int
  from kpi_value
 where kpi = $1 and dimension = 'all' and superseded_at is null
"""


@pytest.fixture
async def kernel(
    infrastructure: Infrastructure, pool: Pool, tmp_path: Path
) -> AsyncGenerator[Kernel]:
    async with running_kernel(infrastructure, pool, tmp_path) as kernel:
        yield kernel


def signed(body: bytes, delivery: str, secret: str = HOOK_SECRET) -> dict[str, str]:
    return {
        "X-GitHub-Event": "deployment_status",
        "X-GitHub-Delivery": delivery,
        "X-Hub-Signature-256": "sha256=" + hmac.new(secret.encode(), body, "sha256").hexdigest(),
    }


async def until(pool: Pool, kpi: str, expected: int) -> None:
    found: int | None = None
    for _ in range(200):
        found = await pool.fetchval(STANDING, kpi)
        if found == expected:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{kpi} stands at {found}, not at {expected}")


async def publish(kernel: Kernel, sequence: int, event: Event, hire: UUID) -> None:
    settings = kernel.tools.settings
    headers = {
        "ce_specversion": "1.0",
        "ce_id": f"event-{sequence}",
        "ce_type": event.type,
        "ce_source": "onboarding/journey",
        "ce_subject": str(hire),
        "ce_sequence": str(sequence),
        "ce_time": "2026-11-26T15:30:00Z",
    }
    producer: Any = new_producer(settings.kafka)
    await producer.start()
    try:
        await producer.send_and_wait(
            settings.topic_prefix + event.topic,
            event.model_dump_json().encode(),
            key=str(hire).encode(),
            headers=[(name, text.encode()) for name, text in headers.items()],
        )
    finally:
        await producer.stop()


async def test_a_deployment_moves_its_figure_before_the_answer(kernel: Kernel, pool: Pool) -> None:
    taken = await kernel.doors.take_request("github", signed(SUCCESS, "d-1"), SUCCESS)
    assert taken.status == "accepted"
    assert await pool.fetchval(STANDING, "deployment-frequency") == 1


@pytest.mark.parametrize(
    ("source", "sign", "payload", "moved"),
    [
        pytest.param(
            "github",
            signing.github,
            "github_deployment_status.created.success",
            {"deployment-frequency", "change-fail-rate", "rework-rate", "traced-deployments"},
            id="a deployment of GitHub",
        ),
        pytest.param(
            "mlflow",
            signing.mlflow,
            "mlflow_model_version_alias.created",
            {"model-deployment-frequency", "model-change-fail-rate", "model-rework-rate"},
            id="a model that MLflow puts into production",
        ),
    ],
)
async def test_every_figure_that_a_webhook_feeds_stands_before_the_answer(
    kernel: Kernel,
    pool: Pool,
    source: str,
    sign: Callable[[str, str, bytes], dict[str, str]],
    payload: str,
    moved: set[str],
) -> None:
    """There is nothing to wait for: the figures are of the transaction that keeps the delivery."""
    body = (PAYLOADS / f"{payload}.json").read_bytes()
    captured = json.loads(body).get("_raw_body")
    body = captured.encode() if captured else body

    taken = await kernel.doors.take_request(source, sign(HOOK_SECRET, "d-1", body), body)

    assert taken.status == "accepted"
    standing = await pool.fetch(
        "select distinct kpi from kpi_value where superseded_at is null and value is not null"
    )
    assert {row["kpi"] for row in standing} == moved


async def test_neither_a_repeat_nor_a_second_hook_counts_twice(kernel: Kernel, pool: Pool) -> None:
    taken = [
        await kernel.doors.take_request("github", signed(SUCCESS, delivery), SUCCESS)
        for delivery in ("d-1", "d-1", "d-2")
    ]
    assert [each.status for each in taken] == ["accepted", "duplicate", "accepted"]
    assert await pool.fetchval(STANDING, "deployment-frequency") == 1


async def test_what_is_wrongly_signed_or_unreadable_moves_nothing(
    kernel: Kernel, pool: Pool
) -> None:
    with pytest.raises(Unauthorized):
        await kernel.doors.take_request("github", signed(SUCCESS, "d-1", "guessed"), SUCCESS)
    content = json.loads(SUCCESS)
    content["deployment"]["sha"] = "main"
    body = json.dumps(content).encode()
    taken = await kernel.doors.take_request("github", signed(body, "d-2"), body)
    assert taken.status == "quarantined"
    assert taken.reason is not None
    assert "deployment.sha" in taken.reason
    assert await pool.fetchval("select count(*) from event_log") == 0


async def test_the_line_is_measured_from_what_it_publishes(kernel: Kernel, pool: Pool) -> None:
    announced = HireAnnounced.model_validate(HireAnnounced.example)
    done = HireReady.model_validate(HireReady.example)
    await publish(kernel, 1, announced, announced.hire_id)
    await publish(kernel, 2, done, announced.hire_id)
    await until(pool, "time-to-ready", 282600)


async def test_every_change_of_a_figure_is_handed_to_kafka(kernel: Kernel, pool: Pool) -> None:
    await kernel.doors.take_request("github", signed(SUCCESS, "d-1"), SUCCESS)
    for _ in range(200):
        if await pool.fetchval("select count(*) from outbox") == 0:
            break
        await asyncio.sleep(0.05)
    rows = await pool.fetch("select key, sequence from entity where decider = 'kpi'")
    published = {row["key"]: row["sequence"] for row in rows}
    assert published == {
        "change-fail-rate": 3,
        "deployment-frequency": 2,
        "rework-rate": 2,
        "traced-deployments": 2,
        **{each.name: 1 for each in key_results},  # judged at the start
    }
    assert await pool.fetchval("select count(*) from outbox") == 0
