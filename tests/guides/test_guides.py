"""The guides are true: their code is applied to a copy of the tree, and does what they promise."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer

from libs.common.clock import Clock, wall
from libs.common.cloudevents import Envelope
from libs.common.contracts.onboarding import HireStarted
from libs.common.kafka import new_producer
from tests.conftest import OpenDatabase
from tests.guides.pages import GUIDES, ROOT, edits
from tests.guides.services import environment, running
from tests.infrastructure import Infrastructure

EVENT = GUIDES / "add-an-event.md"
SERVICE = GUIDES / "add-a-service.md"
COPIED = ("farhand", "libs", "services", "tests/contracts")
GENERATED = ("libs/common/contracts/schemas/", "libs/common/contracts/published/")
ALICE = UUID(int=1)
STARTS = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree in which somebody has done what every guide says."""
    tree = tmp_path_factory.mktemp("tree")
    for folder in COPIED:
        shutil.copytree(ROOT / folder, tree / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in (
        "pyproject.toml",
        "tests/conftest.py",
        "tests/databases.py",
        "tests/infrastructure.py",
    ):
        shutil.copy(ROOT / file, tree / file)
    for guide in (EVENT, SERVICE):
        for block in edits(guide):
            block.apply(tree)
    python(tree, "-m", "libs.common.contracts")
    return tree


def python(tree: Path, *arguments: str) -> None:
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(tree)}
    ran = subprocess.run(  # noqa: S603  # our own interpreter, our own words
        (sys.executable, *arguments), cwd=tree, env=env, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def paths(guide: Path, suffix: str = "") -> list[str]:
    return list(dict.fromkeys(b.path for b in edits(guide) if b.path.endswith(suffix)))


def specifications(guide: Path) -> list[str]:
    return [path for path in paths(guide) if path.startswith("tests/")]


def test_what_the_guides_make_keeps_the_specifications_they_give(tree: Path) -> None:
    written = [*specifications(EVENT), *specifications(SERVICE)]
    assert len(written) > 1
    python(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/contracts", *written)


def test_what_the_guides_make_is_clean(tree: Path) -> None:
    written = [*paths(EVENT, ".py"), *paths(SERVICE, ".py")]
    python(tree, "-m", "ruff", "check", "--no-cache", *written)
    python(tree, "-m", "ruff", "format", "--no-cache", "--check", *written)


def test_an_event_type_touches_at_most_five_source_files(tree: Path) -> None:
    sources = set(paths(EVENT)) - set(specifications(EVENT))
    assert 1 < len(sources) <= 5
    changed = {
        str(path)
        for path in (file.relative_to(tree) for file in tree.rglob("*") if file.is_file())
        if not (ROOT / path).exists() or (ROOT / path).read_bytes() != (tree / path).read_bytes()
    }
    by_hand = {path for path in changed if not path.startswith(GENERATED)}
    assert by_hand - set(paths(SERVICE)) == set(paths(EVENT))


async def test_the_new_service_runs_beside_the_others(
    tree: Path, infrastructure: Infrastructure, databases: OpenDatabase, tmp_path: Path
) -> None:
    async with databases("kernel") as dsn:
        hurried = Clock(STARTS, wall() + timedelta(seconds=2), speed=timedelta(days=10) / SECOND)
        env = environment(infrastructure, dsn, tmp_path) | {"FARHAND_CLOCK": str(hurried)}
        service = running("checkins", tree, env, tmp_path / "log")
        async with service, reading(env, "farhand.checkins") as told:
            await tell(env, HireStarted(hire_id=ALICE, started_at=STARTS))
            events = [(await anext(told)).value for _ in range(2)]
        assert events == [
            b'{"hire_id":"%s","days":%d}' % (str(ALICE).encode(), days) for days in (7, 30)
        ]
        conn = await asyncpg.connect(dsn)
        assert await conn.fetchval("select people from start_day where day = $1", STARTS.date())
        await conn.close()


@asynccontextmanager
async def reading(env: Mapping[str, str], topic: str) -> AsyncGenerator[Any]:
    consumer: Any = AIOKafkaConsumer(
        env["FARHAND_TOPIC_PREFIX"] + topic,
        bootstrap_servers=env["FARHAND_KAFKA"],
        auto_offset_reset="earliest",
    )
    await consumer.start()
    try:
        async with asyncio.timeout(20):
            yield aiter(consumer)
    finally:
        await consumer.stop()


async def tell(env: Mapping[str, str], event: HireStarted) -> None:
    """As onboarding tells it."""
    envelope = Envelope(
        id=UUID(int=2),
        type=event.type,
        source="onboarding/journey",
        subject=event.subject,
        sequence=1,
        time=STARTS,
        traceparent=None,
    )
    producer: Any = new_producer(env["FARHAND_KAFKA"])
    await producer.start()
    try:
        await producer.send_and_wait(
            env["FARHAND_TOPIC_PREFIX"] + event.topic,
            event.model_dump_json().encode(),
            key=event.subject.encode(),
            headers=envelope.headers(),
        )
    finally:
        await producer.stop()
