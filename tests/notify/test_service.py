"""The service as it runs, on a real Kafka, PostgreSQL and SMTP: a role gets one mail for many."""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from opentelemetry.sdk.trace import TracerProvider

from libs.common.clock import Clock, wall
from libs.common.cloudevents import Envelope
from libs.common.contracts.onboarding import TaskAssigned
from libs.common.database import Pool
from libs.common.ids import derived
from libs.common.kafka import TopicSpec, declare_topics, new_producer
from libs.common.kernel import Kernel
from libs.common.sealing import Vault
from libs.common.service import Tools
from libs.common.settings import Settings
from services.notify.__main__ import service
from services.notify.directory import Directory
from tests.infrastructure import Infrastructure
from tests.notify.company import MONDAY_MORNING, assigned
from tests.notify.test_mail import Inbox, listening

pytestmark = pytest.mark.timeout(300)

MASTER_KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
HIRES = [UUID(int=number) for number in range(1, 4)]
AN_HOUR_A_SECOND = 3600.0
OpenPool = Callable[[str], AbstractAsyncContextManager[Pool]]
UNSETTLED = """
select count(*)
  from entity
 where (decider = 'correspondence' and state->'posted' <> '[]')
    or (decider = 'digests' and (state->'carried' <> '[]' or state->'waiting' <> '[]'))
"""


async def publish(settings: Settings, events: list[TaskAssigned]) -> None:
    producer: Any = new_producer(settings.kafka)
    await producer.start()
    try:
        for event in events:
            envelope = Envelope(
                id=derived("test", event.hire_id),
                type=event.type,
                source="onboarding/journey",
                subject=event.subject,
                sequence=1,
                time=MONDAY_MORNING,
                traceparent=None,
            )
            sent = await producer.send(
                settings.topic_prefix + event.topic,
                event.model_dump_json().encode(),
                key=event.subject.encode(),
                headers=envelope.headers(),
            )
            await sent
    finally:
        await producer.stop()


async def test_what_a_role_is_told_of_many_hires_is_one_mail_with_a_receipt_for_each(
    infrastructure: Infrastructure, service_pool: OpenPool, tmp_path: Path
) -> None:
    inbox = Inbox()
    async with service_pool("notify") as pool, listening(inbox) as server:
        settings = Settings(
            kafka=infrastructure.kafka,
            postgres="",
            keys="",
            secrets=tmp_path,
            smtp=f"{server.host}:{server.port}",
            topic_prefix=f"{secrets.token_hex(4)}.",
        )
        notify = service(Directory())
        topics = [TopicSpec(settings.topic_prefix + name, 3) for name in notify.topics]
        await declare_topics(settings.kafka, topics)
        clock = Clock(MONDAY_MORNING, wall(), AN_HOUR_A_SECOND)
        tools = Tools(settings, pool, Vault.with_master_key(pool, MASTER_KEY), clock)
        kernel = Kernel(notify, tools, TracerProvider().get_tracer("test"))
        async with kernel.running():
            await publish(settings, [assigned().evolve(hire_id=hire) for hire in HIRES])
            async with asyncio.timeout(200):
                while sum(map(_about, inbox.messages)) < len(HIRES):
                    await asyncio.sleep(0.1)
                while await pool.fetchval(UNSETTLED):
                    await asyncio.sleep(0.1)
        written = await pool.fetchval("select count(*) from inbox_message")

    assert sum(map(_about, inbox.messages)) == len(HIRES), "each is in one mail"
    assert {mail["To"] for mail in inbox.messages} == {"it@farhand.localhost"}
    assert written == len(HIRES), "the inbox shows each on its own"


def _about(mail: Any) -> int:
    """Of how many hires a mail tells."""
    return sum("About: " in line for line in mail.get_content().splitlines())
