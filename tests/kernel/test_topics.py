"""Topics are declared before anything starts, and keep records as long as they should."""

import asyncio
import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from libs.common.kafka import TopicSpec, declare_topics
from libs.common.run import OUTSIDE_KEPT
from tests.infrastructure import Infrastructure

DAY_MS, HOUR_MS = str(24 * 3600 * 1000), str(3600 * 1000)
FOR_EVER = {"retention.ms": "-1"}
LARGE = {"max.message.bytes": "2000000"}
PATIENCE_SECONDS = 10.0
A_DAY = {"retention.ms": DAY_MS, "segment.ms": HOUR_MS}


async def settings_of(bootstrap: str, topic: str, **altered: str) -> Mapping[str, str]:
    """What is set for the one topic, after some of it was altered by an operator."""
    client: Any = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await client.start()
    try:
        if altered:
            named = {name.replace("_", "."): value for name, value in altered.items()}
            await client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, named)])
        asked = ConfigResource(ConfigResourceType.TOPIC, topic)
        [described] = await client.describe_configs([asked])
    finally:
        await client.close()
    [(_, _, _, _, entries)] = described.resources
    return {name: value for name, value, _, source, *_ in entries if source == 1}


async def shown(bootstrap: str, topic: str, wanted: Mapping[str, str]) -> Mapping[str, str]:
    """What is set for the topic once it is what is wanted: a broker learns of it a moment later."""
    found = await settings_of(bootstrap, topic)
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_SECONDS):
            while found != wanted:
                await asyncio.sleep(0.05)
                found = await settings_of(bootstrap, topic)
    return found


@pytest.mark.parametrize(
    ("retention", "settings"),
    [
        pytest.param(None, FOR_EVER, id="an event, for ever"),
        pytest.param(OUTSIDE_KEPT, A_DAY, id="what comes from outside, for a day"),
    ],
)
async def test_a_topic_keeps_records_as_long_as_it_was_declared_to(
    infrastructure: Infrastructure, retention: timedelta | None, settings: Mapping[str, str]
) -> None:
    name = f"topic-{secrets.token_hex(4)}"

    await declare_topics(infrastructure.kafka, [TopicSpec(name, 1, retention=retention)])

    assert await shown(infrastructure.kafka, name, settings) == settings


async def test_a_topic_that_kept_records_for_ever_keeps_them_for_a_day_from_now_on(
    infrastructure: Infrastructure,
) -> None:
    name = f"topic-{secrets.token_hex(4)}"
    await declare_topics(infrastructure.kafka, [TopicSpec(name, 1)])
    await settings_of(infrastructure.kafka, name, retention_ms="-1", max_message_bytes="2000000")
    before = FOR_EVER | LARGE
    assert await shown(infrastructure.kafka, name, before) == before

    for _ in range(2):
        await declare_topics(infrastructure.kafka, [TopicSpec(name, 1, retention=OUTSIDE_KEPT)])

    after = A_DAY | LARGE
    assert await shown(infrastructure.kafka, name, after) == after
