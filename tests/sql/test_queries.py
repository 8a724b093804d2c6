"""Every statement fits the migrated schema, and the hot ones read no table from end to end."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pytest

from libs.common import database
from libs.common.database import Pool
from services.onboarding.board import FIRST
from tests.infrastructure import Infrastructure
from tests.sql.statements import MIGRATION, Statement, statements

STATEMENTS: Final = tuple(statements())
ROWS: Final = 10_000
PROCESS: Final = UUID("00000000-0000-4000-8000-000000000001")
NOW: Final = datetime(2026, 11, 23, 9, tzinfo=UTC)

OpenPool = Callable[[str], AbstractAsyncContextManager[Pool]]


def text_of(place: str) -> str:
    [sql] = {each.sql for each in STATEMENTS if each.place == place}
    assert sql is not None
    return sql


def test_every_statement_is_a_constant_that_can_be_checked() -> None:
    unreadable = {each.place for each in STATEMENTS if each.sql is None}

    assert unreadable == {MIGRATION}


@pytest.mark.parametrize("schema", sorted({each.schema for each in STATEMENTS}))
async def test_postgresql_can_prepare_every_statement(
    schema: str, service_pool: OpenPool, subtests: pytest.Subtests
) -> None:
    mine: list[Statement] = [each for each in STATEMENTS if each.schema == schema]
    assert mine

    async with service_pool(schema) as pool, pool.acquire() as conn:
        for each in mine:
            if each.sql is not None:
                with subtests.test(each.place):
                    await conn.prepare(each.sql)


KEYS: Final = [f"hire {number}" for number in range(20)]

HOT: Final[dict[str, tuple[Any, ...]]] = {
    "libs.common.timers.CLAIM": (NOW, 500),
    "libs.common.timers.take": (
        ["journey"] * 20,
        KEYS,
        ["TaskDeadline"] * 20,
        [""] * 20,
        [NOW] * 20,
    ),
    "libs.common.effect_queue.CLAIM": (["EnsurePeer"], 16, timedelta(seconds=15)),
    "libs.common.outbox.owned": (PROCESS, ROWS - 100, 500),
    "libs.common.outbox.delete": ([1, 2, 3],),
    "libs.common.entities.load": (["journey"] * 20, KEYS),
    "libs.common.admission.LOOK_UP": (["onboarding/journey"] * 20, KEYS, KEYS),
    "services.onboarding.board.page": (None, *FIRST, 100),
    "services.onboarding.board.one": (KEYS[0],),
    "services.onboarding.board.hire_of_task": ("task 77.1",),
}
"""What runs for every batch, every poll or every look at the board, with what it is asked."""


FILL: Final = f"""
insert into entity (decider, key, version, sequence, state, changed_at)
select 'journey', 'hire ' || n, 1, 1,
       jsonb_build_object(
           'status', case when n % 10 = 0 then 'blocked' else 'active' end,
           'profile', jsonb_build_object('starts_on', date '2026-01-01' + n % 365),
           'tasks', (select jsonb_agg(jsonb_build_object('plan', jsonb_build_object(
                         'task_id', 'task ' || n || '.' || each)))
                       from generate_series(1, 4) as each)),
       now()
  from generate_series(1, {ROWS}) as n;

insert into cursor (source, key, sequence)
select 'onboarding/journey', 'hire ' || n, 1 from generate_series(1, {ROWS}) as n;

insert into timer (decider, key, type, slot, due, body)
select 'journey', 'hire ' || n, 'TaskDeadline', '',
       timestamptz '{NOW.isoformat()}' + (n - 20) * interval '1 minute', '{{}}'
  from generate_series(1, {ROWS}) as n;

insert into effect (id, decider, key, lane, type, body)
select gen_random_uuid(), 'journey', 'hire ' || n / 2, 'vpn', 'EnsurePeer', '{{}}'
  from generate_series(1, {ROWS}) as n;

insert into outbox (owner, recorded_at, topic, key, id, type, source, sequence, body)
select '{PROCESS}', now(), 'farhand.onboarding', 'hire ' || n, gen_random_uuid(), 'hire.ready.v1',
       'onboarding/journey', 1, '{{}}'
  from generate_series(1, {ROWS}) as n;

insert into dead_letter (id, source, key, message_id, type, recorded_at, origin, body, reason,
                         holds_key)
select gen_random_uuid(), 'x', 'hire ' || n, n, 'x', now(), 'x', '{{}}', 'x', true
  from generate_series(1, {ROWS}) as n;

insert into parked (source, key, message_id, type, recorded_at, origin, body, cause)
select 'x', 'hire ' || n, n, 'x', now(), 'x', '{{}}', 'dead_letter'
  from generate_series(1, {ROWS}) as n;

analyze;
"""  # noqa: S608  # constants of ours
"""As many rows in every table of the kernel as make reading one from end to end the slower way."""


@pytest.fixture(scope="module")
async def full_pool(
    infrastructure: Infrastructure, template: Callable[[str], Awaitable[str]]
) -> AsyncGenerator[Pool]:
    async with infrastructure.databases.copy_of(await template("onboarding")) as dsn:
        pool = await database.connect_pool(dsn, application="test", size=2)
        await pool.execute(FILL)
        yield pool
        await pool.close()


@pytest.mark.parametrize("place", HOT)
async def test_a_hot_statement_reads_no_table_from_end_to_end(place: str, full_pool: Pool) -> None:
    async with full_pool.acquire() as conn:
        statement = await conn.prepare(text_of(place))
        plan = await statement.explain(*HOT[place])

    found = [(node["Node Type"], node.get("Relation Name")) for node in nodes(plan)]
    assert [table for kind, table in found if kind == "Seq Scan"] == []
    assert any("Index" in kind for kind, _ in found)


def nodes(plan: Any) -> Iterator[dict[str, Any]]:
    """Every node of a plan, as PostgreSQL explains one in JSON."""
    roots: list[dict[str, Any]] = [each["Plan"] for each in plan] if plan else []
    while roots:
        node = roots.pop()
        yield node
        roots += node.get("Plans", [])
