"""Only the manager that a hire has now sees it: a former one does not, not even for a moment."""

from typing import Any

from libs.common.contracts.onboarding import HireAnnounced, HireChanged
from libs.common.database import Pool
from libs.common.projection import Received
from services.console.desk import Desk, FindTeam, TeamFound, desk
from services.console.role import Role
from services.console.teams import follow_teams
from tests.console.conftest import Console
from tests.console.hires import ALICE, NOW, announced, told

LEA, MAX = (f"sealed.v1.{name}.c2VhbGVk" for name in ("lea", "max"))


def changed(*fields: str, manager: str | None) -> HireChanged:
    profile = announced(manager=manager).profile
    return HireChanged(hire_id=ALICE, changed=fields, profile=profile)


def asked(*events: HireAnnounced | HireChanged) -> list[FindTeam]:
    """What the desk asks to be found, one event after the other."""
    state: Desk | None = None
    effects: list[Any] = []
    for event in events:
        decision = desk.rules[event.type].decide(state, event, NOW)
        state = decision.state
        effects += decision.effects
    return effects


def test_a_team_is_looked_for_whenever_the_manager_is_another() -> None:
    moves = (announced(manager=LEA), changed("manager", manager=MAX))
    back = (changed("manager", manager=None), changed("manager", manager=LEA))

    assert [each.manager for each in asked(*moves, *back)] == [LEA, MAX, None, LEA]


def test_no_team_is_looked_for_while_the_manager_is_the_same() -> None:
    assert len(asked(announced(manager=LEA), changed("starts_on", manager=LEA))) == 1
    assert asked(announced(), changed("starts_on", manager=None)) == []


async def follow(pool: Pool, message: HireChanged | TeamFound) -> None:
    async with pool.acquire() as conn, conn.transaction():
        await follow_teams.project(conn, [Received("1", NOW, message)])


async def test_a_former_manager_sees_the_hire_no_more(console: Console, pool: Pool) -> None:
    await told(pool, announced(manager=LEA))
    lead = await console.signed_in(Role.MANAGER, manager="lea")
    await follow(pool, TeamFound(hire_id=ALICE, manager="lea"))
    await follow(pool, changed("starts_on", manager=LEA))
    assert (await lead.get(f"/hires/{ALICE}")).status_code == 200

    await follow(pool, changed("manager", manager=MAX))
    assert (await lead.get(f"/hires/{ALICE}")).status_code == 404
    await follow(pool, TeamFound(hire_id=ALICE, manager="max"))
    assert (await lead.get(f"/hires/{ALICE}")).status_code == 404
