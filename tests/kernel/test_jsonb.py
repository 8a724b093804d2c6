"""No text that a sender can write is refused by PostgreSQL's jsonb."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common import entities
from libs.common.contracts.values import Value
from libs.common.database import Pool
from libs.common.decider import Decider
from libs.common.fold import Entity
from libs.common.jsonb import storable_json

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
NUL, STOOD_IN = "\0", "\N{REPLACEMENT CHARACTER}"


class Note(Value):
    text: str


@given(st.lists(st.text(st.sampled_from('\0\\u0a"'), max_size=12)))
def test_only_nul_is_replaced(texts: list[str]) -> None:
    read = json.loads(storable_json(json.dumps(texts)))
    assert read == [text.replace(NUL, STOOD_IN) for text in texts]


@pytest.mark.parametrize("text", ["a\0b", "\0\0", "\\u0000"])
async def test_a_state_with_nul_is_kept_all_the_same(pool: Pool, text: str) -> None:
    notes, name = Decider("notes", Note), ("notes", "one")
    async with pool.acquire() as conn, conn.transaction():
        await entities.save(conn, {name: Entity(state=Note(text=text))}, NOW)
        kept = await entities.load(conn, [name], {"notes": notes})
    assert kept[name].state == Note(text=text.replace(NUL, STOOD_IN))
