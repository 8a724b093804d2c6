"""`POST /hooks/{source}`: the signed front doors."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from pydantic import BaseModel

from libs.common import clock, refusals
from libs.common.database import TRANSIENT
from libs.common.intake import Unauthorized
from libs.common.rate_limit import WINDOW_SECONDS
from libs.common.running import Running, running
from libs.common.settings import SettingsError

MAX_BYTES: Final = 1024 * 1024

router = APIRouter(tags=["front doors"], responses=refusals.AT_THE_DOOR)


class TakenAnswer(BaseModel):
    """What became of a delivery: accepted, a duplicate, or quarantined for a person to mend."""

    delivery: str
    status: str
    reason: str | None = None


@router.post("/hooks/{source}", status_code=202, summary="Deliver a signed webhook")
async def take(
    source: str, request: Request, response: Response, state: Annotated[Running, Depends(running)]
) -> TakenAnswer:
    """Keep a delivery, then answer. What cannot be read is quarantined, not refused."""
    if source not in state.kernel.doors.sources:
        known = ", ".join(state.kernel.doors.sources) or "none"
        raise HTTPException(404, f"no front door of that name; there are: {known}")
    minute = int(clock.wall().timestamp()) // WINDOW_SECONDS
    if not await state.rate_limit.allows(source, state.tools.settings.hook_rate, minute):
        raise HTTPException(429, "too many deliveries this minute", headers={"Retry-After": "60"})
    body = await _bounded(request)
    try:
        taken = await state.kernel.doors.take_request(source, dict(request.headers), body)
    except Unauthorized as unauthorized:
        raise HTTPException(401, str(unauthorized)) from None
    except SettingsError:
        raise HTTPException(
            503, f"this front door has no secret yet: put one into hook_{source}"
        ) from None
    except TRANSIENT:
        raise HTTPException(
            503, "cannot be kept now; send it again", headers={"Retry-After": "5"}
        ) from None
    response.status_code = state.kernel.doors.accepted_status(source)
    return TakenAnswer(delivery=taken.delivery, status=taken.status, reason=taken.reason)


async def _bounded(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BYTES:
            raise HTTPException(413, f"a delivery may have {MAX_BYTES} bytes at most")
    return bytes(body)
