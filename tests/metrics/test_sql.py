"""Every statement is valid against the migrated schema, and the hot ones use their index."""

import re
from types import ModuleType

import pytest

from libs.common.database import Pool
from services.metrics import key_result_store, ledger, rebuild, reports, return_report, store
from services.metrics.surveys import store as survey_store

MODULES = (key_result_store, ledger, rebuild, reports, return_report, store, survey_store)
VERBS = ("select", "insert", "update", "delete", "with", "lock")


def statements(module: ModuleType) -> dict[str, str]:
    return {
        f"{module.__name__}.{name}": value
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str) and value.split()[0] in VERBS
    }


STATEMENTS = {name: sql for module in MODULES for name, sql in statements(module).items()}


async def test_every_statement_is_valid(pool: Pool, subtests: pytest.Subtests) -> None:
    async with pool.acquire() as conn:
        for name, sql in STATEMENTS.items():
            with subtests.test(name):
                await conn.prepare(sql)


async def fill(pool: Pool) -> None:
    """Enough rows that reading them all would be the slower way."""
    await pool.execute(
        """
        with numbers as (select n, now() - n * interval '1 minute' as at
                           from generate_series(1, 20000) as n),
        logged as (
            insert into event_log
                   (source, event_id, type, entity, occurred_at, recorded_at, replaces, body)
            select 'github', n::text, 'DeploymentFinished', 'delivery/commit/' || n / 3, at, at,
                   case when n % 50 = 0 then (n - 1)::text end, '{}'
              from numbers),
        counted as (
            insert into fact
            select (select number from generation), gen_random_uuid(),
                   'delivery/commit/' || n / 3, 'deployment', at, '{}', null,
                   jsonb_build_array(jsonb_build_array('github', n::text))
              from numbers)
        insert into kpi_value
        select 'deployment-frequency', current_date - n, 'service', 's' || n % 7, 1,
               'deployment-frequency@1', 1, 'github', n::text, at, null, true
          from numbers
        """
    )
    for table in ("event_log", "fact", "kpi_value"):
        await pool.execute(f"analyze {table}")


def given(sql: str, *arguments: str) -> str:
    """The statement with literals for its parameters, for `explain` to look at."""
    return re.sub(r"\$(\d+)", lambda found: arguments[int(found[1]) - 1], sql)


AN_ENTITY = "'{delivery/commit/7}'"
HOT = {
    "the fold of an entity": (
        given(store.EVENTS_OF, AN_ENTITY),
        ["event_log_entity", "event_log_replaces"],
    ),
    "the facts of an entity": (given(store.FACTS_OF, "1", AN_ENTITY), ["fact_entity"]),
    "the facts of a bucket": (
        given(
            store.COUNTED_TOGETHER,
            *("1", "'{deployment}'"),
            *("array[now() - interval '1 day']", "array[now()]", "'{true}'"),
        ),
        ["fact_at"],
    ),
    "the facts of a window, one by one": (
        given(store.COUNTED_WITHIN, "1", "'deployment'", "now() - interval '1 day'", "now()"),
        ["fact_at"],
    ),
    "the ledger of remote work": (return_report.LINES, ["event_log_return"]),
    "what stands in a cell": (
        given(
            ledger.STANDING_AT,
            *("'{deployment-frequency}'", "array[current_date - 5]", "'{service}'", "'{s5}'"),
        ),
        ["kpi_value_standing"],
    ),
    "a page of figures": (
        given(
            reports.FIGURES,
            *("'deployment-frequency'", "'service'"),
            *("'2000-01-01'", "'2100-01-01'", "'2100-01-01'", "''", "20"),
        ),
        ["kpi_value_standing"],
    ),
}


async def test_the_hot_statements_use_their_indexes(pool: Pool, subtests: pytest.Subtests) -> None:
    await fill(pool)
    for name, (sql, indexes) in HOT.items():
        with subtests.test(name):
            plan = "\n".join(row[0] for row in await pool.fetch(f"explain {sql}"))
            assert all(index in plan for index in indexes), plan
            assert "Seq Scan" not in plan, plan
