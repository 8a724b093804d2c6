"""`farhand replay`: see what was set aside, and have it handled again, mended or not."""

from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

from rich.console import Console
from rich.table import Table

from farhand.client import client
from farhand.errors import StackError
from farhand.services import SERVICES


def replay(
    id: str | None = None,  # noqa: A002  # what the user types
    *,
    body: Path | None = None,
    discard: bool = False,
    why: str = "by hand",
) -> None:
    """List dead letters and quarantined deliveries of all services, or settle one of them.

    Parameters
    ----------
    id
        As the list shows it; without one, the list is printed.
    body
        A file with the mended body.
    discard
        Give it up instead.
    why
        The reason that stays on record.

    """
    kept = list(_kept())
    if id is None:
        _show(kept)
        return
    found = next((each for each in kept if each["id"] == id), None)
    if found is None:
        raise StackError(f"Nothing of the id {id} is set aside; `farhand replay` lists what is.")
    _settle(found, body, why, discard=discard)


def _kept() -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = []
    for service in SERVICES:
        with client(service.name) as api:
            for letter in api.get("/dead-letters?limit=1000").json():
                path = f"/dead-letters/{UUID(letter['id'])}"
                kept.append(
                    letter | {"service": service.name, "path": path, "kind": letter["type"]}
                )
            for delivery in api.get("/quarantine?limit=1000").json():
                path = f"/quarantine/{delivery['source']}/{quote(delivery['id'])}"
                kept.append(delivery | {"service": service.name, "path": path, "kind": "delivery"})
    return kept


def _show(kept: list[dict[str, Any]]) -> None:
    if not kept:
        print("Nothing is set aside.")
        return
    table = Table(box=None, pad_edge=False)
    for column in ("service", "id", "what", "reason", "waiting behind"):
        table.add_column(column, header_style="bold", overflow="fold")
    for each in kept:
        waiting = str(each.get("parked", ""))
        table.add_row(each["service"], each["id"], each["kind"], each["reason"], waiting)
    Console(highlight=False, soft_wrap=True).print(table)


def _settle(found: dict[str, Any], body: Path | None, why: str, *, discard: bool) -> None:
    with client(found["service"]) as api:
        if discard:
            api.post(f"{found['path']}/discard", {"why": why})
            print("Discarded.")
            return
        mended = None if body is None else body.read_text()
        answer = api.post(f"{found['path']}/replay", {"why": why, "body": mended}).json()
    print(answer["status"] + (f": {answer['reason']}" if answer.get("reason") else ""))
