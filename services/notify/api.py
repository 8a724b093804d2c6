"""`/letters`: what was and will be told about a hire, and why a letter waits."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel

from libs.common.contracts.values import Owner
from libs.common.running import Running, running
from services.notify.model import Correspondence

router = APIRouter(prefix="/letters", tags=["letters"])


class DraftView(BaseModel):
    """A letter that has not gone out: to whom, when, and why not yet."""

    letter_id: str
    reader: Owner
    due: datetime
    asks: list[str]


class LettersView(BaseModel):
    """The letters of one hire."""

    waiting: list[DraftView]
    unconfirmed: list[str]


@router.get("/{hire_id}", summary="The letters of a hire that are still on their way")
async def read_letters(hire_id: UUID, state: Annotated[Running, Depends(running)]) -> LettersView:
    """Those that wait for their reader, and those that the mail server has not taken yet."""
    text = await state.tools.pool.fetchval(
        "select state from entity where decider = 'correspondence' and key = $1", str(hire_id)
    )
    if text is None:
        raise HTTPException(404, "nothing was ever to be told about this hire")
    known = Correspondence.model_validate_json(text)
    return LettersView(
        waiting=[
            DraftView(
                letter_id=str(draft.id),
                reader=draft.reader,
                due=draft.due,
                asks=[ask.text for ask in draft.asks],
            )
            for draft in known.drafts
        ],
        unconfirmed=[str(posted.id) for posted in known.posted],
    )
