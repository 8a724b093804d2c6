"""A delivery is kept before it is answered, counts once, and is never dropped as unreadable."""

import asyncio
import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from redis.asyncio import Redis

from libs.common import quarantine
from libs.common.clock import wall
from tests.infrastructure import Infrastructure
from tests.kernel.conftest import Ledger
from tests.kernel.ledger import ledger_with_desk, signature

ALICE, BOB = UUID(int=1), UUID(int=2)
CANARY = "Ada Canary"


def deposits(*amounts: tuple[UUID, object], by: object = CANARY) -> bytes:
    return json.dumps(
        {"deposits": [{"account": str(a), "amount": amount, "by": by} for a, amount in amounts]}
    ).encode()


async def deliver(
    client: httpx2.AsyncClient,
    body: bytes,
    name: str = "d1",
    secret: str = "first-secret",  # noqa: S107
    **headers: str,
) -> httpx2.Response:
    signed = {
        "X-Id": name,
        "X-Sent-At": wall().isoformat(),
        "X-Signature": signature(secret, body),
        **{key.replace("_", "-"): value for key, value in headers.items()},
    }
    return await client.post("/hooks/desk", content=body, headers=signed)


async def key_exists(bed: Ledger, owner: str) -> bool:
    found = await bed.pool.fetchval("select true from keys.data_key where person = $1", owner)
    return bool(found)


async def test_a_delivery_counts_once_however_often_it_comes(ledger_bed: Ledger) -> None:
    body = deposits((ALICE, 5), (BOB, 7), (ALICE, 1))
    async with ledger_bed.serve(ledger_with_desk()) as client:
        first = await deliver(client, body)
        assert (first.status_code, first.json()["status"]) == (200, "accepted")
        again = await asyncio.gather(*(deliver(client, body) for _ in range(5)))
        assert {(each.status_code, each.json()["status"]) for each in again} == {(200, "duplicate")}
        assert await ledger_bed.balance(ALICE) == 6
        assert await ledger_bed.balance(BOB) == 7
        other = await deliver(client, body, "d2", "second-secret")
        assert other.json() == {"delivery": "d2", "status": "accepted", "reason": None}
        assert await ledger_bed.balance(ALICE) == 12
        rows = await ledger_bed.pool.fetch("select status, body from delivery order by id")
        assert [row["status"] for row in rows] == ["read", "read"]
        assert all(row["body"].startswith("sealed.v1.") for row in rows)
        own = {quarantine.own_key("desk", name) for name in ("d1", "d2")}
        assert set(await quarantine.kept_about(ledger_bed.pool, str(BOB))) == own


async def test_two_deliveries_without_a_name_are_told_apart_by_their_bodies(
    ledger_bed: Ledger,
) -> None:
    async with ledger_bed.serve(ledger_with_desk()) as client:
        for amount in (1, 2, 2):
            assert (await deliver(client, deposits((ALICE, amount)), "")).status_code == 200
        assert await ledger_bed.balance(ALICE) == 3


async def test_long_and_strange_names_are_names_too(ledger_bed: Ledger) -> None:
    async with ledger_bed.serve(ledger_with_desk()) as client:
        for name in ("x" * 4000 + "1", "x" * 4000 + "2", "a/b#0?%00", "#"):
            sent = await deliver(client, deposits((ALICE, 1)), name)
            assert (sent.status_code, sent.json()["status"]) == (200, "accepted")
        assert await ledger_bed.balance(ALICE) == 4


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        pytest.param({"X_Signature": "0" * 64}, "not that of the body", id="wrong signature"),
        pytest.param({"X_Signature": ""}, "not that of the body", id="empty signature"),
        pytest.param(
            {"X_Sent_At": (wall() - timedelta(minutes=6)).isoformat()}, "five minutes", id="stale"
        ),
    ],
)
async def test_what_is_not_signed_is_refused_and_not_kept(
    ledger_bed: Ledger, headers: dict[str, str], why: str
) -> None:
    async with ledger_bed.serve(ledger_with_desk()) as client:
        answer = await deliver(client, deposits((ALICE, 5)), **headers)
        assert answer.status_code == 401
        assert why in answer.json()["detail"]
        unsigned = await client.post("/hooks/desk", content=b"{}")
        assert (unsigned.status_code, unsigned.json()["detail"]) == (
            401,
            "the header x-sent-at is missing",
        )
        assert await ledger_bed.pool.fetchval("select count(*) from delivery") == 0


async def test_other_refusals_say_what_to_do(ledger_bed: Ledger) -> None:
    ledger_bed.settings = ledger_bed.settings.model_copy(update={"hook_rate": 3})
    redis: Any = Redis.from_url(ledger_bed.settings.redis)  # pyright: ignore[reportUnknownMemberType]
    async with redis:
        await redis.flushall()
    async with ledger_bed.serve(ledger_with_desk()) as client:
        unknown = await client.post("/hooks/window", content=b"{}")
        assert (unknown.status_code, unknown.json()["detail"]) == (
            404,
            "no front door of that name; there are: desk",
        )
        endless = await deliver(client, b"x" * (1024 * 1024 + 1))
        assert endless.status_code == 413
        (ledger_bed.settings.secrets / "hook_desk").unlink()
        keyless = await deliver(client, deposits((ALICE, 5)))
        assert keyless.status_code == 503
        assert "hook_desk" in keyless.json()["detail"]
        answers = [await deliver(client, b"") for _ in range(3)]
        assert answers[-1].status_code == 429
        assert answers[-1].headers["Retry-After"] == "60"


@pytest.mark.parametrize(
    ("unreadable", "why"),
    [
        pytest.param(b"", "must be a JSON object", id="empty"),
        pytest.param(b"\xff\xfe\0", "must be a JSON object", id="no text"),
        pytest.param(b"[]", "must be a JSON object", id="another shape"),
        pytest.param(b'{"deposits": [{}]}', "raised KeyError", id="the reader is at fault"),
        pytest.param(deposits((ALICE, CANARY)), "raised ValidationError", id="a wrong value"),
        pytest.param(
            deposits((ALICE, 5), by="\ud800"), "raised UnicodeEncodeError", id="half a character"
        ),
        pytest.param(
            b'{"deposits": [{"account": "a\\u0000b", "amount": 1, "by": "x"}]}',
            "raised CharacterNotInRepertoireError",
            id="NUL in a key",
        ),
    ],
)
async def test_what_cannot_be_read_is_quarantined_mended_and_replayed(
    ledger_bed: Ledger, unreadable: bytes, why: str
) -> None:
    async with ledger_bed.serve(ledger_with_desk()) as client:
        answer = await deliver(client, unreadable, "odd/one")
        assert (answer.status_code, answer.json()["status"]) == (200, "quarantined")
        assert why in answer.json()["reason"]
        [kept] = (await client.get("/quarantine")).json()
        assert CANARY not in json.dumps(kept)
        path = f"/quarantine/{kept['source']}/{kept['id']}"
        body = (await client.get(f"{path}/body")).json()["body"]
        assert body == unreadable.decode(errors="replace")

        own_key = quarantine.own_key("desk", kept["id"])
        assert await key_exists(ledger_bed, own_key)

        still = await client.post(f"{path}/replay", json={"why": "again"})
        assert still.json()["status"] == "quarantined"
        mended = deposits((ALICE, 5)).decode()
        done = await client.post(f"{path}/replay", json={"why": "mended", "body": mended})
        assert done.json()["status"] == "accepted"
        assert await ledger_bed.balance(ALICE) == 5
        assert (await client.get("/quarantine")).json() == []
        assert not await key_exists(ledger_bed, own_key)
        gone = await client.post(f"{path}/replay", json={"why": "again", "body": mended})
        assert gone.status_code == 404


async def test_a_quarantined_delivery_can_be_given_up_or_may_have_been_erased(
    ledger_bed: Ledger,
) -> None:
    async with ledger_bed.serve(ledger_with_desk()) as client:
        await deliver(client, b"{", "one")
        await deliver(client, b"{", "two")
        await deliver(client, b"{", "three")
        given_up = await client.post("/quarantine/desk/three/discard", json={"why": "not ours"})
        assert given_up.json()["status"] == "discarded"
        assert not await key_exists(ledger_bed, quarantine.own_key("desk", "three"))
        await ledger_bed.pool.execute("delete from keys.data_key")
        erased = await client.post("/quarantine/desk/two/replay", json={"why": "again"})
        assert erased.status_code == 410
        given_up = await client.post("/quarantine/desk/two/discard", json={"why": "erased"})
        assert given_up.json()["status"] == "discarded"
        assert [each["id"] for each in await quarantine.listed(ledger_bed.pool, 10)] == ["one"]


async def test_garbage_on_the_topic_of_a_front_door_is_quarantined_and_the_rest_flows(
    ledger_bed: Ledger, desk_topic: str
) -> None:
    said: list[tuple[bytes | None, bytes | None, dict[str, bytes | None]]] = [
        (b"k", None, {}),
        (None, b"", {"ce_id": None}),
        (b"k", b"\xff\xfe", {"ce_id": b"\xff"}),
        (b"k", deposits((ALICE, CANARY)), {"ce_id": b"wrong"}),
        (b"k", deposits((ALICE, 5), by="\ud800"), {}),
        (b"k", b"x" * 900_000, {}),
        (b"k", deposits((ALICE, 5)), {"ce_id": b"right"}),
        (b"k", deposits((ALICE, 5)), {"ce_id": b"right"}),
        (b"k", deposits((BOB, 1), (BOB, 1)), {}),
    ]
    async with ledger_bed.serve(ledger_with_desk(desk_topic)) as client:
        for key, body, headers in said:
            await (await ledger_bed.send_raw(key, body, headers, desk_topic))
        await ledger_bed.until_balance(BOB, 2)
        await ledger_bed.until_balance(ALICE, 5)
        await ledger_bed.until("select count(*) from delivery where status = 'quarantined'", 6)
        kept: list[dict[str, Any]] = (await client.get("/quarantine")).json()
        assert CANARY not in json.dumps(kept)
        for each in kept:
            path = f"/quarantine/desk/{each['id']}/discard"
            assert (await client.post(path, json={"why": "garbage"})).status_code == 200
        assert (await client.get("/health/ready")).status_code == 200


async def test_while_postgresql_is_away_the_sender_is_asked_to_come_again(
    ledger_bed: Ledger, infrastructure: Infrastructure
) -> None:
    if not infrastructure.can_crash("postgres"):
        pytest.skip("PostgreSQL was not started here")
    body = deposits((ALICE, 5))
    async with ledger_bed.serve(ledger_with_desk()) as client:
        assert (await deliver(client, deposits((ALICE, 1)), "d0")).status_code == 200
        await infrastructure.crash("postgres")
        away = await deliver(client, body)
        assert (away.status_code, away.headers["Retry-After"]) == (503, "5")
        await infrastructure.until_back("postgres")
        back = await deliver(client, body)
        while back.status_code == 503:
            await asyncio.sleep(0.1)
            back = await deliver(client, body)
        assert back.json()["status"] in ("accepted", "duplicate")
        await ledger_bed.until_balance(ALICE, 6)
