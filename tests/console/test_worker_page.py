"""A worker's own page: what is asked of them, when they work, what is stored, and nobody else's."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from libs.common.contracts.values import Owner
from libs.common.database import Pool
from libs.common.public_holidays import weekend
from services.console import audit
from services.console.audit import Deed
from services.console.role import Role
from services.console.working_week import BEGINS, ENDS, days_off
from services.notify.working_hours import OFFICE_HOURS, next_opening, standard_hours
from tests.console.conftest import Console
from tests.console.hires import ALICE, BOB, NOW, announced, assigned, told

OWN, ITS = UUID(int=21), UUID(int=22)


async def test_a_worker_is_led_to_their_own_page(console: Console, pool: Pool) -> None:
    await told(pool, announced(ALICE), announced(BOB))
    worker = await console.signed_in(Role.WORKER, hire_id=ALICE)
    for path in ("/", f"/hires/{ALICE}"):
        answer = await worker.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/me")
    assert (await worker.get(f"/hires/{BOB}")).status_code == 404
    assert (await worker.get(f"/hires/{ALICE}?said=done")).headers["location"] == "/me?said=done"


async def test_it_tells_what_is_expected_and_what_others_prepare(
    console: Console, pool: Pool
) -> None:
    await told(
        pool,
        announced(ALICE),
        assigned(ALICE, OWN, Owner.WORKER),
        assigned(ALICE, ITS, Owner.IT),
    )
    page = (await (await console.signed_in(Role.WORKER, hire_id=ALICE)).get("/me")).text
    mine, _, rest = page.partition('id="theirs"')
    theirs, _, _ = rest.partition('id="stored"')
    assert f"/tasks/{OWN}/complete" in mine
    assert f"/tasks/{ITS}/complete" not in page
    assert "IT and security" in theirs


async def test_it_tells_when_one_works_and_who_has_looked(console: Console, pool: Pool) -> None:
    await told(pool, announced(ALICE))
    async with pool.acquire() as conn, conn.transaction():
        await audit.write(conn, Deed(None, "open_contact", str(ALICE)), NOW)
    worker = await console.signed_in(Role.WORKER, hire_id=ALICE)
    page = (await worker.get("/me")).text
    assert "Monday, Tuesday, Wednesday, Thursday, Friday" in page
    assert "Europe/Lisbon" in page
    assert "Christmas Day" in page
    assert "Nobody has opened it" not in page
    assert "sealed.v1" not in page


async def test_who_has_no_hire_yet_is_told_so(console: Console) -> None:
    for hire_id in (None, ALICE):
        worker = await console.signed_in(Role.WORKER, hire_id=hire_id)
        assert "Nothing is known of your start yet" in (await worker.get("/me")).text


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.WORKER}))
async def test_it_is_nobody_elses_page(console: Console, pool: Pool, role: Role) -> None:
    await told(pool, announced(ALICE))
    assert (await (await console.signed_in(role, hire_id=ALICE)).get("/me")).status_code == 403


@pytest.mark.parametrize("place", ["PT", "DE-BY", "GB", "US-CA", "AE", "IL", "JP"])
def test_no_letter_comes_when_the_page_says_that_nobody_works(place: str) -> None:
    zone = ZoneInfo("UTC")
    kept = standard_hours(zone, place)
    assert (OFFICE_HOURS.begins, OFFICE_HOURS.ends) == (BEGINS, ENDS)
    first = date(2026, 12, 1)
    off = {each.day for each in days_off(place, "en", first)}
    for number in range(360):
        day = first + timedelta(days=number)
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        free = day in off or day.weekday() in weekend(place)
        assert next_opening(noon, kept).held == free, day
