"""`/operations`: how the services do, what was set aside, and mending it."""

import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final
from uuid import UUID

import httpx2
from fastapi import APIRouter, Depends, Form, HTTPException
from fastapi.responses import RedirectResponse, Response

from services.console import audit
from services.console.audit import Deed
from services.console.mending import Fault, faults
from services.console.operations import (
    TIMEOUT_SECONDS,
    Operations,
    OperationsError,
    path_of,
)
from services.console.policy import Action
from services.console.settings import ConsoleSettings
from services.console.web.page_route import PageRoute
from services.console.web.visit import Submitted, Visit, Visiting
from services.console.wording import worded

router = APIRouter(prefix="/operations", include_in_schema=False, route_class=PageRoute)

MANY: Final = 50
Why = Annotated[str, Form(min_length=3, max_length=500)]


async def asked(visit: Visiting) -> AsyncGenerator[Operations]:
    """For `Depends`: the operations APIs, with the operators' token."""
    token = visit.state.tools.settings.secret("api_token")
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(headers=headers, timeout=TIMEOUT_SECONDS) as http:
        yield Operations(http, ConsoleSettings().addresses)


Asked = Annotated[Operations, Depends(asked)]


@router.get("")
async def show_operations(visit: Visiting, operations: Asked) -> Response:
    """Every service, and all that waits for a person."""
    visit.must(Action.SEE_OPERATIONS)
    return visit.page("operations.html", services=await operations.health())


@router.get("/{service}/letters/{letter}")
async def show_letter(service: str, letter: UUID, visit: Visiting, operations: Asked) -> Response:
    """One dead letter with its body: opening it is written down, since it may tell of a person."""
    return await _open(visit, operations, service, ("dead-letters", str(letter)))


@router.get("/{service}/quarantine/{source}/{delivery:path}")
async def show_delivery(
    service: str, source: str, delivery: str, visit: Visiting, operations: Asked
) -> Response:
    """One quarantined delivery with its body; opening it is written down."""
    return await _open(visit, operations, service, ("quarantine", source, delivery))


async def _open(
    visit: Visit, operations: Operations, service: str, parts: tuple[str, ...]
) -> Response:
    visit.must(Action.MEND)
    path = path_of(*parts)
    body = (await _answered(operations.get(service, f"{path}/body")))["body"]
    await _write_down(visit, "open_set_aside", service + path)
    entry = await _entry(operations, service, path)
    return _form(visit, service, entry, Typed(path, _pretty(body)))


async def _entry(operations: Operations, service: str, path: str) -> dict[str, Any]:
    """What the list says of one that was set aside; empty where it is settled by now."""
    kind, _, rest = path.removeprefix("/").partition("/")
    listed = await _answered(operations.get(service, f"/{kind}?limit=1000"))
    found: list[dict[str, Any]] = [
        each for each in listed if rest in (str(each["id"]), _name_of(each))
    ]
    return found[0] if found else {}


def _name_of(entry: dict[str, Any]) -> str:
    return path_of(str(entry.get("source", "")), str(entry["id"])).removeprefix("/")


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form; `faults` is what was wrong with it when it was sent last."""

    path: str
    body: str
    why: str = ""
    faults: tuple[Fault, ...] = ()


def _form(visit: Visit, service: str, entry: dict[str, Any], typed: Typed) -> Response:
    status = 422 if typed.faults else 200
    return visit.page("set_aside.html", status, service=service, entry=entry, typed=typed)


def _pretty(body: str) -> str:
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        return body


@router.post("/{service}/settle")
async def settle(  # what the form has
    service: str,
    visit: Visiting,
    form: Submitted,
    operations: Asked,
    decision: Annotated[str, Form(pattern="^(replay|mend|discard)$")],
    why: Why,
    path: Annotated[list[str], Form(max_length=MANY)],
) -> Response:
    """Replay, mend or discard one or many, each written down with what became of it."""
    visit.must(Action.MEND)
    if decision == "mend":
        typed = Typed(_checked(path[0]), str(form.get("body", "")), why)
        entry = await _entry(operations, service, typed.path)
        if wrong := faults(str(entry.get("type", "")), typed.body):
            return _form(visit, service, entry, replace(typed, faults=wrong))
    said: list[str] = []
    for each in path:
        told: dict[str, Any] = {"why": why}
        if decision == "mend":
            told["body"] = str(form.get("body", ""))
        verb = "discard" if decision == "discard" else "replay"
        answer = await _answered(operations.post(service, f"{_checked(each)}/{verb}", told))
        detail = {"why": why, "became": answer["status"]}
        await _write_down(visit, f"{decision}_set_aside", service + each, detail)
        said.append(answer["status"])
    became = "+".join(sorted(set(said)))
    return RedirectResponse(f"/operations?became={became}", 303)


def _checked(path: str) -> str:
    """A path of a dead letter or a delivery, and of nothing else."""
    kind, _, rest = path.removeprefix("/").partition("/")
    if kind not in ("dead-letters", "quarantine") or not rest or ".." in path or "?" in path:
        raise HTTPException(422, worded("That is neither a dead letter nor a delivery."))
    return path


async def _answered(asking: Any) -> Any:
    try:
        return await asking
    except OperationsError as error:
        raise HTTPException(502, str(error)) from None


async def _write_down(
    visit: Visit, action: str, subject: str, detail: dict[str, Any] | None = None
) -> None:
    async with visit.pool.acquire() as conn, conn.transaction():
        await audit.write(conn, Deed(visit.account.id, action, subject, detail), visit.now)
