"""A wave of the survey on the running service: asked, answered, released once, and forgotten."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from libs.common.clock import wall
from libs.common.database import Pool
from tests.infrastructure import Infrastructure
from tests.metrics.running_service import TOKEN, running_kernel, served

HOUR = timedelta(hours=1)
TEAMS = {"ranking": 12, "search": 7, "speech": 3}
SCORES = {"ranking": 9, "search": 6, "speech": 8}


@pytest.fixture
async def http(
    infrastructure: Infrastructure, pool: Pool, tmp_path: Path
) -> AsyncGenerator[httpx2.AsyncClient]:
    async with running_kernel(infrastructure, pool, tmp_path) as kernel, served(kernel) as url:
        headers = {"authorization": f"Bearer {TOKEN}"}
        async with httpx2.AsyncClient(base_url=url, headers=headers) as http:
            yield http


def roster(leaves_out: str = "") -> dict[str, str]:
    people = {f"{team}-{n}": team for team, count in TEAMS.items() for n in range(count)}
    return {person: team for person, team in people.items() if person != leaves_out}


async def answered(http: httpx2.AsyncClient, path: str, body: Any, status: int) -> Any:
    answer = await http.post(path, json=body)
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


def wave(name: str, **changes: Any) -> dict[str, Any]:
    return {"wave": name, "closes_at": (wall() + HOUR).isoformat(), "roster": roster(), **changes}


async def close(pool: Pool, name: str) -> None:
    """Let the hour pass."""
    await pool.execute(
        "update survey_wave set closes_at = closes_at - interval '2 hours' where name = $1", name
    )


async def test_a_wave_is_asked_answered_released_and_its_ballots_forgotten(
    http: httpx2.AsyncClient, pool: Pool
) -> None:
    opened = await answered(http, "/surveys", wave("2026-4"), 201)
    assert opened["groups"] == {"ranking": 12, "others": 10}
    assert opened["left_out"] == []
    await answered(http, "/surveys", wave("2026-4"), 409)
    for person, token in opened["invitations"].items():
        team = person.partition("-")[0]
        await answered(http, "/surveys/ballots", {"token": token, "score": SCORES[team]}, 204)
    used = opened["invitations"]["ranking-3"]
    await answered(http, "/surveys/ballots", {"token": used, "score": 10}, 404)
    await answered(http, "/surveys/2026-4/release", None, 409)
    await _holds_no_link_between_person_and_answer(pool)

    await close(pool, "2026-4")
    released = await answered(http, "/surveys/2026-4/release", None, 200)
    assert released["all"]["score"] == "23"
    assert {name: each["score"] for name, each in released["groups"].items()} == {
        "ranking": "100",
        "others": "-70",
    }
    assert await answered(http, "/surveys/2026-4/release", None, 200) == released
    assert (await http.get("/surveys")).json()["waves"] == [released]
    for table in ("survey_ballot", "survey_token"):
        assert await pool.fetchval(f"select count(*) from {table}") == 0  # noqa: S608  # ours
    figures = await pool.fetch(
        "select member, value::int from kpi_value where kpi = 'enps' and superseded_at is null"
    )
    assert {row["member"]: row["value"] for row in figures} == {
        "all": 23,
        "ranking": 100,
        "others": -70,
    }
    await _what_one_person_less_would_tell_is_not_asked(http)


async def _holds_no_link_between_person_and_answer(pool: Pool) -> None:
    assert await pool.fetchval("select count(*) from survey_ballot") == 22
    assert await pool.fetchval("select count(*) from survey_token") == 0
    columns = await pool.fetch(
        "select column_name from information_schema.columns where table_name = 'survey_ballot'"
    )
    assert {row["column_name"] for row in columns} == {"id", "wave", "in_group", "score"}
    groups = "select count(*) from survey_member group by wave, in_group"
    assert all(row["count"] >= 5 for row in await pool.fetch(groups))
    told = "select count(*) from outbox"
    assert await pool.fetchval(f"{told} where convert_from(body, 'utf8') like '%score%'") == 0


async def _what_one_person_less_would_tell_is_not_asked(http: httpx2.AsyncClient) -> None:
    less = await answered(http, "/surveys", wave("2027-1", roster=roster("ranking-3")), 201)
    assert less["groups"] == {"others": 10}
    assert len(less["left_out"]) == 11
    body = wave("2027-2", roster={"a": "ranking"})
    refused = await answered(http, "/surveys", body, 409)
    assert "nobody can be asked" in refused["detail"]
    late = wave("2027-3", closes_at=(wall() - HOUR).isoformat())
    await answered(http, "/surveys", late, 422)
    named = wave("2027-3", roster={"a": "others"})
    await answered(http, "/surveys", named, 422)
    await answered(http, "/surveys/2027-9/release", None, 404)
