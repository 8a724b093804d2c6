"""What an operator does: read dead letters and quarantined deliveries, mend, replay, discard."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Query
from pydantic import BaseModel, Field

from libs.common import dead_letters, quarantine
from libs.common.inbound import Applied, Dead
from libs.common.running import Running, running

router = APIRouter(tags=["operations"])

State = Annotated[Running, Depends(running)]
Limit = Annotated[int, Query(ge=1, le=1000)]


class Replay(BaseModel):
    """Why it is replayed, and the mended body as text if it was mended."""

    why: str = Field(min_length=3, max_length=500)
    body: str | None = Field(default=None, max_length=1024 * 1024)


class Discard(BaseModel):
    """Why it is given up."""

    why: str = Field(min_length=3, max_length=500)


class Settled(BaseModel):
    """What became of it now."""

    status: str
    reason: str | None = None


@router.get("/dead-letters", summary="Messages that could not be handled, oldest first")
async def list_dead_letters(
    state: State, limit: Limit = 100, after: datetime | None = None
) -> list[dict[str, Any]]:
    """Each with its reason, and how many messages of the same key wait behind it."""
    return await dead_letters.open_letters(state.tools.pool, limit, after)


@router.get("/dead-letters/{letter}/body", summary="The body of a dead letter, as text")
async def read_dead_letter(letter: UUID, state: State) -> dict[str, str]:
    """What is not UTF-8 is shown as replacement characters."""
    body = await dead_letters.body_of(state.tools.pool, letter)
    if body is None:
        raise HTTPException(404, "no such dead letter")
    return {"body": body.decode(errors="replace")}


@router.post("/dead-letters/{letter}/replay", summary="Handle a dead letter again, mended or not")
async def replay_dead_letter(letter: UUID, replay: Replay, state: State) -> Settled:
    """What waited behind it follows in order once it is through."""
    body = None if replay.body is None else replay.body.encode()
    result = await state.kernel.replay(letter, body, replay.why)
    if result is None:
        raise HTTPException(404, "no open dead letter of that id")
    if isinstance(result, Dead):
        return Settled(status="dead", reason=result.reason)
    return Settled(status="applied" if isinstance(result, Applied) else type(result).__name__)


@router.post("/dead-letters/{letter}/discard", summary="Give a dead letter up")
async def discard_dead_letter(letter: UUID, discard: Discard, state: State) -> Settled:
    """It stays on record with the reason; what waited behind it follows."""
    if not await state.kernel.discard(letter, discard.why):
        raise HTTPException(404, "no open dead letter of that id")
    return Settled(status="discarded")


@router.get("/quarantine", summary="Deliveries that could not be read, oldest first")
async def list_quarantine(state: State, limit: Limit = 100) -> list[dict[str, Any]]:
    """Each with its reason."""
    return await quarantine.listed(state.tools.pool, limit)


@router.get("/quarantine/{source}/{delivery:path}/body", summary="A quarantined body, as text")
async def read_quarantined(source: str, delivery: str, state: State) -> dict[str, str]:
    """What is not UTF-8 is shown as replacement characters."""
    sealed = await quarantine.sealed_body(state.tools.pool, source, delivery)
    if sealed is None:
        raise HTTPException(404, "no such quarantined delivery")
    return {"body": (await state.tools.vault.open_bytes(sealed)).decode(errors="replace")}


@router.post("/quarantine/{source}/{delivery:path}/replay", summary="Read a delivery again")
async def replay_quarantined(source: str, delivery: str, replay: Replay, state: State) -> Settled:
    """Mended, or as it came, after the reader was mended."""
    body = None if replay.body is None else replay.body.encode()
    taken = await state.kernel.doors.mend(source, delivery, body)
    if taken is None:
        raise HTTPException(404, "no such quarantined delivery")
    return Settled(status=taken.status, reason=taken.reason)


@router.post("/quarantine/{source}/{delivery:path}/discard", summary="Give a delivery up")
async def discard_quarantined(
    source: str, delivery: str, discard: Discard, state: State
) -> Settled:
    """It stays on record with the reason."""
    if not await quarantine.discard(state.tools.pool, source, delivery, discard.why):
        raise HTTPException(404, "no such quarantined delivery")
    return Settled(status="discarded")
