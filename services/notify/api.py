"""`/letters`: what is on its way about a hire; `/inbox`: what a reader was told and is asked."""

import json
from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Query
from pydantic import AwareDatetime, BaseModel, TypeAdapter

from libs.common import ids, page_cursor
from libs.common.contracts.notify import Urgency
from libs.common.contracts.values import Owner
from libs.common.running import Running, running
from services.notify import inbox_pages
from services.notify.inbox_pages import Wanted
from services.notify.messages import MarkRead
from services.notify.model import Correspondence

router = APIRouter(tags=["letters"])

State = Annotated[Running, Depends(running)]
MOMENT: Final = TypeAdapter[datetime](AwareDatetime)


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


@router.get("/letters/{hire_id}", summary="The letters of a hire that are still on their way")
async def read_letters(hire_id: UUID, state: State) -> LettersView:
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


class AskView(BaseModel):
    """One thing asked or told; `open` while it is still to be done."""

    topic: str
    of: Owner
    urgency: Urgency
    text: str
    why: str
    due_on: date | None
    zone: str
    open: bool


class MessageView(BaseModel):
    """A message in the inbox; `held` says why it had to wait, if it did."""

    message_id: UUID
    hire_id: UUID
    written_at: datetime
    about: str
    link: str
    held: str | None
    read_at: datetime | None
    open: bool
    asks: list[AskView]


class InboxPage(BaseModel):
    """Messages, the newest first; `next` is the cursor of the next page."""

    messages: list[MessageView]
    next: str | None


@router.get("/inbox/{reader}", summary="What a reader was told, the newest first")
async def read_inbox(
    reader: Owner,
    state: State,
    hire_id: Annotated[UUID | None, Query(description="Only of this hire")] = None,
    *,
    unread: Annotated[bool, Query(description="Only what was not read")] = False,
    still_open: Annotated[bool, Query(description="Only what still asks for something")] = False,
    after: Annotated[str | None, Query(description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> InboxPage:
    """Of managers and workers, each hire has its own: give `hire_id`."""
    if reader in (Owner.MANAGER, Owner.WORKER) and hire_id is None:
        raise HTTPException(422, f"whose {reader}? Give hire_id: each hire has its own {reader}")
    wanted = Wanted(
        reader=reader,
        hire_id=hire_id,
        unread=unread,
        still_open=still_open,
        before=_place(after),
        limit=limit,
    )
    rows = await inbox_pages.page(state.tools.pool, wanted)
    messages = [MessageView(**{**row, "asks": json.loads(row["asks"])}) for row in rows]
    if len(rows) < limit:
        return InboxPage(messages=messages, next=None)
    last = messages[-1]
    return InboxPage(messages=messages, next=page_cursor.write(last.written_at, last.message_id))


@router.post("/inbox/messages/{message_id}/read", summary="Mark a message as read")
async def mark_read(message_id: UUID, state: State) -> dict[str, str]:
    """The first time counts; again does nothing."""
    whose = await inbox_pages.hire_and_reader(state.tools.pool, message_id)
    if whose is None:
        raise HTTPException(404, "no such message")
    hire_id, recipient = whose
    command = MarkRead(message_id=message_id, recipient=recipient)
    await state.kernel.submit(command, key=str(hire_id), id=ids.ordered())
    return {"status": "read"}


def _place(after: str | None) -> tuple[datetime, UUID] | None:
    return None if after is None else page_cursor.read(after, MOMENT.validate_python, UUID)
