"""The master key is changed while services seal and open, and nothing is lost on the way."""

import base64
import secrets
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path

import asyncpg
import pytest

from farhand import master_key
from farhand.bootstrap import KEYS, at
from farhand.credentials import Credentials
from farhand.errors import StackError
from farhand.master_key import add, drop, rewrap_all, use
from libs.common import database
from libs.common.database import Pool
from libs.common.sealing import Vault
from tests.infrastructure import KEYS_SCHEMA, Infrastructure


@pytest.fixture
def kept(tmp_path: Path) -> Credentials:
    credentials = Credentials(tmp_path / "secrets")
    credentials.generate([])
    return credentials


@pytest.fixture
async def admin(
    infrastructure: Infrastructure, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[str]:
    """A server whose database of data keys is this test's own."""
    name = f"{KEYS}_{secrets.token_hex(4)}"
    monkeypatch.setattr(master_key, "KEYS", name)
    conn = await asyncpg.connect(infrastructure.postgres)
    await conn.execute(f"create database {name}")
    keys = await asyncpg.connect(at(infrastructure.postgres, name))
    await keys.execute(KEYS_SCHEMA)
    await keys.close()
    yield infrastructure.postgres
    await conn.execute(f"drop database {name} with (force)")
    await conn.close()


@pytest.fixture
async def pool(admin: str) -> AsyncGenerator[Pool]:
    pool = await database.connect_pool(at(admin, master_key.KEYS), application="test", size=2)
    yield pool
    await pool.close()


def started(pool: Pool, kept: Credentials) -> Vault:
    """The vault of a service that starts now."""
    return Vault.with_master_key(pool, kept.read("master_key"))


async def sealed_by(vault: Vault, *people: str) -> Mapping[str, str]:
    return {person: await vault.seal(person, {"mail": f"{person}@x.example"}) for person in people}


async def test_everything_opens_after_every_step_in_what_started_before_it_and_after(
    kept: Credentials, admin: str, pool: Pool
) -> None:
    before = started(pool, kept)
    tokens = dict(await sealed_by(before, "ada"))
    for step in (add, use, rewrap_all, drop):
        await step(kept, admin)
        after = started(pool, kept)
        tokens |= await sealed_by(before, f"{step.__name__}-1")
        tokens |= await sealed_by(after, f"{step.__name__}-2")
        for person, token in tokens.items():
            expected = {"mail": f"{person}@x.example"}
            assert (await before.open(token), await after.open(token)) == (expected, expected)
        before = after


async def test_the_old_key_opens_nothing_in_the_end(
    kept: Credentials, admin: str, pool: Pool
) -> None:
    old = started(pool, kept)
    await sealed_by(old, "ada")
    first = kept.read("master_key")
    for step in (add, use, rewrap_all, drop):
        await step(kept, admin)

    assert first not in kept.read("master_key")
    assert len(base64.b64decode(kept.read("master_key"))) == 32


async def test_the_old_key_stays_while_anything_is_wrapped_with_it(
    kept: Credentials, admin: str, pool: Pool
) -> None:
    await sealed_by(started(pool, kept), "ada", "bob")
    await add(kept, admin)
    await use(kept, admin)

    with pytest.raises(StackError, match="2 data keys are still wrapped with the old one"):
        await drop(kept, admin)


async def test_a_person_erased_meanwhile_stays_erased(
    kept: Credentials, admin: str, pool: Pool
) -> None:
    vault = started(pool, kept)
    await sealed_by(vault, "ada", "bob")
    await vault.erase("ada")
    await add(kept, admin)
    await use(kept, admin)

    assert (await rewrap_all(kept, admin)).startswith("1 data keys")
    assert await pool.fetchval("select count(*) from keys.data_key") == 1


async def test_steps_out_of_turn_are_refused(kept: Credentials, admin: str) -> None:
    for step in (use, rewrap_all, drop):
        with pytest.raises(StackError, match="begin with `add`"):
            await step(kept, admin)
    await add(kept, admin)
    with pytest.raises(StackError, match="two master keys already"):
        await add(kept, admin)
