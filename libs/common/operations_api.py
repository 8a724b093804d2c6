"""What an operator does: read dead letters and quarantined deliveries, mend, replay, discard."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Query
from pydantic import AfterValidator, BaseModel, Field

from libs.common import dead_letters, parking, quarantine
from libs.common.cloudevents import MAX_NAME, storable
from libs.common.dead_letters import Mended
from libs.common.inbound import Applied, Dead, Result
from libs.common.rebuilding import RebuildRunningError
from libs.common.running import Running, running
from libs.common.sealing import ErasedError

router = APIRouter(tags=["operations"])

State = Annotated[Running, Depends(running)]
Limit = Annotated[int, Query(ge=1, le=1000)]
Why = Annotated[
    str, Field(min_length=3, max_length=500), AfterValidator(lambda why: storable(why, 500))
]
PathName = Annotated[str, AfterValidator(storable)]
Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME), AfterValidator(storable)]


class Replay(BaseModel):
    """Why it is replayed, and the mended body as text if it was mended."""

    why: Why
    body: str | None = Field(default=None, max_length=1024 * 1024)


class ReplayLetter(Replay):
    """Beside the body, the envelope can be mended: the type, and the key it is about."""

    type: Name | None = None
    key: Name | None = None


class Discard(BaseModel):
    """Why it is given up."""

    why: Why


class Gap(BaseModel):
    """A source and a key of it, as the list of gaps shows them."""

    source: Name
    key: Name


class Settled(BaseModel):
    """What became of it now."""

    status: str
    reason: str | None = None


class Rebuilt(BaseModel):
    """The digests of the read model as it stood and as the log makes it."""

    before: str
    after: str
    corrected: int = Field(description="How many rows or figures were put right")


@router.get("/dead-letters", summary="Messages that could not be handled, oldest first")
async def list_dead_letters(
    state: State, limit: Limit = 100, after: UUID | None = None
) -> list[dict[str, Any]]:
    """Each with its reason, and how many messages of the same key wait behind it.

    The next page begins `after` the id of the last letter of this one.
    """
    return await dead_letters.open_letters(state.tools.pool, limit, after)


@router.get("/dead-letters/{letter}/body", summary="The body of a dead letter, as text")
async def read_dead_letter(letter: UUID, state: State) -> dict[str, str]:
    """What is not UTF-8 is shown as replacement characters."""
    body = await dead_letters.body_of(state.tools.pool, letter)
    if body is None:
        raise HTTPException(404, "no such dead letter")
    return {"body": body.decode(errors="replace")}


@router.post("/dead-letters/{letter}/replay", summary="Handle a dead letter again, mended or not")
async def replay_dead_letter(letter: UUID, replay: ReplayLetter, state: State) -> Settled:
    """What waited behind it follows in order once it is through."""
    mended = Mended(_bytes(replay.body), replay.type, replay.key)
    result = await state.kernel.replay(letter, mended, replay.why)
    if result is None:
        raise HTTPException(404, "no open dead letter of that id")
    return _settled(result)


def _bytes(text: str | None) -> bytes | None:
    # JSON can spell half a character; it is kept as what it is, a body that cannot be read.
    return None if text is None else text.encode(errors="surrogatepass")


def _settled(result: Result) -> Settled:
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
async def read_quarantined(source: PathName, delivery: PathName, state: State) -> dict[str, str]:
    """What is not UTF-8 is shown as replacement characters."""
    sealed = await quarantine.sealed_body(state.tools.pool, source, delivery)
    if sealed is None:
        raise HTTPException(404, "no such quarantined delivery")
    try:
        body = await state.tools.vault.open_bytes(sealed)
    except ErasedError as erased:
        raise HTTPException(410, str(erased)) from None
    return {"body": body.decode(errors="replace")}


@router.post("/quarantine/{source}/{delivery:path}/replay", summary="Read a delivery again")
async def replay_quarantined(
    source: PathName, delivery: PathName, replay: Replay, state: State
) -> Settled:
    """Mended, or as it came, after the reader was mended."""
    try:
        taken = await state.kernel.doors.mend(source, delivery, _bytes(replay.body))
    except ErasedError as erased:
        raise HTTPException(410, str(erased)) from None
    if taken is None:
        raise HTTPException(404, "no such quarantined delivery")
    return Settled(status=taken.status, reason=taken.reason)


@router.post("/quarantine/{source}/{delivery:path}/discard", summary="Give a delivery up")
async def discard_quarantined(
    source: PathName, delivery: PathName, discard: Discard, state: State
) -> Settled:
    """It stays on record with the reason, and its body can be read no more."""
    tools = state.tools
    if not await quarantine.discard(tools.pool, tools.vault, source, delivery, discard.why):
        raise HTTPException(404, "no such quarantined delivery")
    return Settled(status="discarded")


@router.get("/gaps", summary="Keys that wait for a number that did not come, oldest first")
async def list_gaps(state: State, limit: Limit = 100) -> list[dict[str, Any]]:
    """Each with the last number read, the first one kept, and how many wait."""
    return await parking.gaps(state.tools.pool, limit)


@router.post("/gaps/skip", summary="Give up the numbers that a key waits for")
async def skip_gap(gap: Gap, state: State) -> Settled:
    """For when they are known to be gone for good, such as from a topic that was trimmed."""
    result = await state.kernel.skip_gap(gap.source, gap.key)
    if result is None:
        raise HTTPException(404, "nothing of that source and key waits for a number")
    return _settled(result)


@router.post("/resume", summary="Go on after standing still")
async def resume(state: State) -> Settled:
    """For when the many defects are the messages' own: they become dead letters."""
    if state.kernel.engine.stopped is None:
        raise HTTPException(409, "it is not standing still")
    state.kernel.engine.resume()
    return Settled(status="resumed")


@router.post("/rebuild", summary="Make the read model anew from its log, and put it in place")
async def rebuild(state: State) -> Rebuilt:
    """Answers once it is done, which takes minutes where the log is long; batches go on meanwhile.

    404 where the service has no such read model, 409 while another rebuild runs.
    """
    if (remake := state.kernel.service.rebuild) is None:
        raise HTTPException(404, "this service has no read model that a log makes")
    try:
        found = await remake(state.tools)
    except RebuildRunningError as error:
        raise HTTPException(409, str(error)) from None
    return Rebuilt(before=found.before, after=found.after, corrected=found.corrected)
