"""Of a decision, a hire keeps what the board asks for; all that it says is read from the story."""

import json
from importlib.resources import files
from uuid import UUID

from libs.common.contracts.compliance import CheckDecided, LawInDoubt, Verdict
from libs.common.database import Pool
from services.console.hire import Decided, Hire
from services.console.store import load_hires
from services.console.stories import decision_of
from tests.console.hires import ALICE, BOB, announced, decided, told

DOUBT = LawInDoubt.model_validate(
    {"matter": "PT.probation.1", "rule": "probation", "fact": "f", "law": "l", "ask": "a?"}
)


async def kept(pool: Pool) -> dict[UUID, Hire]:
    async with pool.acquire() as conn:
        return await load_hires(conn, [ALICE, BOB])


def awaiting(version: int) -> CheckDecided:
    return decided(version=version).model_copy(update={"awaits": (DOUBT,)})


async def test_the_newest_decision_is_read_whole_from_the_story(pool: Pool) -> None:
    await told(pool, announced(ALICE), awaiting(version=10), decided(version=9))
    assert await decision_of(pool, ALICE) == awaiting(version=10)
    assert await decision_of(pool, BOB) is None


async def test_a_hire_keeps_what_it_comes_to(pool: Pool) -> None:
    await told(pool, announced(ALICE), awaiting(version=2))
    hire = (await kept(pool))[ALICE]
    assert hire.decided == Decided(version=2, verdict=Verdict.NEEDS, awaits=("PT.probation.1",))
    assert "findings" not in hire.model_dump_json()


async def test_hires_that_kept_the_whole_of_it_are_taken_over(pool: Pool) -> None:
    await told(pool, announced(ALICE), awaiting(version=2), announced(BOB))
    made = await kept(pool)
    bodies = {ALICE: awaiting(version=2).model_dump_json(), BOB: json.dumps(None)}
    for hire_id, body in bodies.items():
        await pool.execute(
            """
            update hire set state = state - 'decided' || jsonb_build_object('decision', $2::jsonb)
             where hire_id = $1
            """,
            hire_id,
            body,
        )
    assert (await kept(pool))[ALICE].decided is None
    migration = files("services.console") / "migrations" / "007_decided.sql"
    await pool.execute(migration.read_text())
    assert await kept(pool) == made
    state = await pool.fetchval("select state from hire where hire_id = $1", ALICE)
    assert json.loads(state)["decision"] is not None, "the old release goes on"
