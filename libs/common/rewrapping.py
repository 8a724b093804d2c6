"""Wraps the data keys of all persons with another master key, while services seal and open."""

from typing import Final

from cryptography.exceptions import InvalidTag

from libs.common.database import Connection
from libs.common.sealing import unwrap, wrap

PAGE: Final = 500


class UnknownMasterKeyError(Exception):
    """A data key opens with none of the master keys: what it sealed cannot be read."""


async def rewrap(conn: Connection, master: bytes, earlier: tuple[bytes, ...]) -> int:
    """Wrap with `master` what an earlier one wrapped; returns how many data keys that were.

    A data key that is erased meanwhile stays erased. Begun again after a crash, it goes on. Raises
    UnknownMasterKeyError at a data key of another master key, with all before it done.
    """
    done, after = 0, ""
    while page := await _page(conn, after):
        for person, wrapped in page:
            if not _opens(master, person, wrapped):
                key = _unwrap(earlier, person, wrapped)
                done += await _replace(conn, person, wrapped, wrap(master, person, key))
        after = page[-1][0]
    return done


async def count_others(conn: Connection, master: bytes) -> int:
    """How many data keys are wrapped with a master key other than this."""
    found, after = 0, ""
    while page := await _page(conn, after):
        found += sum(not _opens(master, person, wrapped) for person, wrapped in page)
        after = page[-1][0]
    return found


async def _page(conn: Connection, after: str) -> list[tuple[str, bytes]]:
    rows = await conn.fetch(
        "select person, wrapped from keys.data_key where person > $1 order by person limit $2",
        after,
        PAGE,
    )
    return [(row["person"], row["wrapped"]) for row in rows]


async def _replace(conn: Connection, person: str, before: bytes, after: bytes) -> bool:
    status = await conn.execute(
        "update keys.data_key set wrapped = $3 where person = $1 and wrapped = $2",
        person,
        before,
        after,
    )
    return status == "UPDATE 1"


def _opens(master: bytes, person: str, wrapped: bytes) -> bool:
    try:
        unwrap(master, person, wrapped)
    except InvalidTag:
        return False
    return True


def _unwrap(masters: tuple[bytes, ...], person: str, wrapped: bytes) -> bytes:
    for master in masters:
        if _opens(master, person, wrapped):
            return unwrap(master, person, wrapped)
    raise UnknownMasterKeyError(f"the data key of {person} opens with none of the master keys")
