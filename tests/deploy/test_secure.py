"""docker-compose.secure.yml: a service that reads what is not its own is refused."""

import re
from collections.abc import Generator
from datetime import UTC, datetime
from typing import Final

import pytest

from farhand.certificates import LEAF_DAYS
from libs.common.clock import Clock, wall
from tests.deploy.compose import Compose, composed

pytestmark = pytest.mark.timeout(1800)

PARTS: Final = ("kafka", "postgres", "database", "rules", "notify", "compliance")

READ: Final = """
import asyncio, sys, aiokafka
from libs.common.settings import Settings
async def read(topic):
    settings = Settings.read()
    consumer = aiokafka.AIOKafkaConsumer(
        topic, bootstrap_servers=settings.kafka, **settings.kafka_access.options
    )
    await consumer.start()
    try:
        await consumer.getmany(timeout_ms=2000)
        print("READ", await consumer.end_offsets(consumer.assignment()))
    finally:
        await consumer.stop()
asyncio.run(read(sys.argv[1]))
"""

WRITE: Final = """
import asyncio, sys
from libs.common.kafka import new_producer
from libs.common.settings import Settings
async def write(topic):
    settings = Settings.read()
    producer = new_producer(settings.kafka, settings.kafka_access)
    await producer.start()
    try:
        await (await producer.send(topic, b"{}", key=b"k", headers=()))
        print("WROTE")
    finally:
        await producer.stop()
asyncio.run(write(sys.argv[1]))
"""

SELECT: Final = """
import asyncio, sys, asyncpg
from libs.common.settings import Settings
async def select(table):
    conn = await asyncpg.connect(Settings.read().postgres)
    tls = await conn.fetchval("select ssl from pg_stat_ssl where pid = pg_backend_pid()")
    print("TLS" if tls else "CLEAR")
    print("READ", await conn.fetchval(f"select count(*) from {table}"))
asyncio.run(select(sys.argv[1]))
"""

IN_THE_CLEAR: Final = """
import asyncio, sys, asyncpg
from libs.common.settings import Settings
address = Settings.read().postgres.replace("verify-full", "disable").split("&sslrootcert")[0]
asyncio.run(asyncpg.connect(address))
"""


COUNT: Final = """
import asyncio, sys
from redis.asyncio import Redis
from libs.common.settings import Settings
address = Settings.read().redis_url
asked = address if sys.argv[1] == "tls" else address.replace("rediss", "redis").split("?")[0]
print("COUNTED", asyncio.run(Redis.from_url(asked).incr("a-test")))
"""

FIGURES: Final = """
import urllib.request
from libs.common.settings import Settings
token = {"Authorization": "Bearer " + Settings.read().secret("api_token")}
asked = urllib.request.Request("http://127.0.0.1:8000/metrics", headers=token)
print(urllib.request.urlopen(asked).read().decode())
"""


@pytest.fixture(scope="module")
def secure() -> Generator[Compose]:
    clock = Clock(datetime(2026, 3, 2, 6, tzinfo=UTC), wall(), 1)
    files = ("docker-compose.yml", "docker-compose.secure.yml")
    with composed("secure", *files, clock=clock, parts=PARTS) as project:
        yield project


def as_notify(secure: Compose, program: str, *words: str) -> str:
    """What a program says that has all that notify has: its secrets, its settings, its network."""
    done = secure("exec", "-T", "notify", "python", "-c", program, *words, check=False)
    return (done.stdout + done.stderr).decode()


def test_a_service_reads_its_topics(secure: Compose) -> None:
    assert "READ" in as_notify(secure, READ, "farhand.onboarding")


def test_a_service_is_refused_a_foreign_topic(secure: Compose) -> None:
    said = as_notify(secure, READ, "hris.inbox")

    assert "TopicAuthorizationFailedError" in said
    assert "\nREAD" not in said


def test_a_service_writes_its_topic(secure: Compose) -> None:
    assert "WROTE" in as_notify(secure, WRITE, "farhand.operations")


def test_a_service_is_refused_to_write_what_another_tells(secure: Compose) -> None:
    said = as_notify(secure, WRITE, "farhand.compliance")

    assert "TopicAuthorizationFailedError" in said
    assert "WROTE" not in said


def test_a_service_reads_its_schema_over_tls(secure: Compose) -> None:
    said = as_notify(secure, SELECT, "notify.migration")

    assert said.startswith("TLS\nREAD")


def test_a_service_is_refused_a_foreign_schema(secure: Compose) -> None:
    said = as_notify(secure, SELECT, "compliance.migration")

    assert "permission denied for schema compliance" in said
    assert "\nREAD" not in said


def test_postgres_lets_nobody_in_without_tls(secure: Compose) -> None:
    assert "no pg_hba.conf entry" in as_notify(secure, IN_THE_CLEAR)


def test_redis_counts_over_tls(secure: Compose) -> None:
    assert "COUNTED 1" in as_notify(secure, COUNT, "tls")


def test_redis_lets_nobody_in_without_tls(secure: Compose) -> None:
    said = as_notify(secure, COUNT, "clear")

    assert "ConnectionError" in said
    assert "COUNTED " not in said


def test_a_service_tells_when_the_certificates_end(secure: Compose) -> None:
    said = as_notify(secure, FIGURES)
    figures = re.findall(r'farhand_certificate_ends\w+{of="([^"]+)",service="notify"} (\S+)', said)
    days = {of: (float(ends) - wall().timestamp()) / 86400 for of, ends in figures}

    parts = ("kafka", "postgres", "redis")
    assert set(days) == {*parts, *(f"authority of {part}" for part in parts)}
    assert [round(days[part]) for part in parts] == [LEAF_DAYS] * 3
