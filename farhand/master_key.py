"""`farhand master-key`: change the key that wraps all data keys, while everything runs.

A new key takes four steps, with a restart of every service after each but the third, so that at no
moment a process meets a data key that it cannot open:

    add     the new key below the old one: every process learns to open with it
    use     the new key above the old one: what is sealed from now on is wrapped with it
    rewrap  what the old one wrapped is wrapped with the new one
    drop    the old one is forgotten; refused while anything is still wrapped with it
"""

import asyncio
import secrets
from base64 import b64encode
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final, Literal

import asyncpg

from farhand.bootstrap import KEYS, Connection, at, place
from farhand.credentials import Credentials
from farhand.errors import StackError
from farhand.home import Home
from farhand.settings import Settings
from libs.common.rewrapping import UnknownMasterKeyError, count_others, rewrap
from libs.common.sealing import read_master_keys

NAME: Final = "master_key"
KEY_BYTES: Final = 32

Step = Callable[[Credentials, str], Awaitable[str]]


def master_key(step: Literal["add", "use", "rewrap", "drop"]) -> None:
    """Change the key that wraps all data keys: `add`, `use`, `rewrap` and `drop`, one by one.

    Parameters
    ----------
    step
        Start every service again after `add`, `use` and `drop`, before the next.

    """
    settings = Settings.from_env()
    kept = Credentials(Home(settings.home).secrets)
    here = f"127.0.0.1:{settings.port('postgres')}"
    admin = f"postgresql://postgres:{kept.read('postgres_admin')}@{here}/postgres"
    print(take(STEPS[step], kept, settings.given.postgres or admin))


def take(step: Step, kept: Credentials, admin: str) -> str:
    """Take a step; returns what to do next. Raises StackError if it is not its turn."""
    try:
        return asyncio.run(_as_told(step, kept, admin))
    except (OSError, asyncpg.PostgresError) as error:
        raise StackError(
            f"PostgreSQL at {place(admin)} does not answer as it should: {type(error).__name__}."
        ) from error
    except UnknownMasterKeyError as error:
        raise StackError(f"{error}; nothing was lost, and the others are done.") from error


async def _as_told(step: Step, kept: Credentials, admin: str) -> str:
    return await step(kept, admin)


async def add(kept: Credentials, _admin: str) -> str:
    """Put a new key below the old one."""
    lines = _lines(kept)
    if len(lines) > 1:
        raise StackError("There are two master keys already; go on with `use` or `rewrap`.")
    kept.replace(NAME, [*lines, b64encode(secrets.token_bytes(KEY_BYTES)).decode()])
    return "A new master key is there beside the old one. Start every service again, then `use`."


async def use(kept: Credentials, _admin: str) -> str:
    """Put the key that is below the other above it; done twice, it is as before."""
    lines = _two(kept)
    kept.replace(NAME, [lines[-1], *lines[:-1]])
    return "The other master key wraps from now on. Start every service again, then `rewrap`."


async def rewrap_all(kept: Credentials, admin: str) -> str:
    """Wrap everything with the upper key."""
    _two(kept)
    master, *earlier = read_master_keys(kept.read(NAME))
    async with _keys(admin) as conn:
        done = await rewrap(conn, master, tuple(earlier))
    return f"{done} data keys were wrapped anew. Then `drop`."


async def drop(kept: Credentials, admin: str) -> str:
    """Forget the lower key."""
    lines = _two(kept)
    async with _keys(admin) as conn:
        others = await count_others(conn, read_master_keys(lines[0])[0])
    if others:
        raise StackError(f"{others} data keys are still wrapped with the old one; `rewrap` first.")
    kept.replace(NAME, lines[:1])
    return "The old master key is forgotten. Start every service again."


STEPS: Final[Mapping[str, Step]] = {"add": add, "use": use, "rewrap": rewrap_all, "drop": drop}


def _lines(kept: Credentials) -> list[str]:
    return kept.read(NAME).split()


def _two(kept: Credentials) -> list[str]:
    if len(lines := _lines(kept)) > 1:
        return lines
    raise StackError("There is one master key only; begin with `add`.")


@asynccontextmanager
async def _keys(admin: str) -> AsyncGenerator[Connection]:
    conn = await asyncpg.connect(at(admin, KEYS), timeout=10)
    try:
        yield conn
    finally:
        await conn.close()
