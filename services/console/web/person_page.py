"""`/hires/{id}/data`: what is stored about a person; exported, corrected, erased."""

import json
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, HTTPException, Query
from fastapi.responses import Response
from pydantic import StringConstraints

from libs.common import ids
from libs.common.contracts.console import ContactCorrectionRequested, ErasureRequested
from libs.common.contracts.onboarding import PersonErased
from libs.common.sealing import ErasedError, NotSealedError
from services.console import accounts, audit, person, stories
from services.console.audit import Deed
from services.console.hire import OVER, Hire
from services.console.policy import Action
from services.console.web.hire_actions import Id, Why, ask, asked_by
from services.console.web.hire_page import contact_of, notice_of, visible
from services.console.web.page_route import PageRoute
from services.console.web.visit import REFUSED, Submitted, Visit, Visiting
from services.console.wording import worded

router = APIRouter(prefix="/hires/{hire_id}/data", include_in_schema=False, route_class=PageRoute)

_UNSAFE: Final = r"\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069"
_PART: Final = rf'[^\s@<>()\[\],;:"\\{_UNSAFE}]+'
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=200, pattern=rf"^[^{_UNSAFE}]+$")
]
Address = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, max_length=254, pattern=rf"^{_PART}@{_PART}\.{_PART}$"
    ),
]
"""What an HR system may report (`services.onboarding.report`)."""

LENGTH_OF_CONFIRMATION: Final = 8


async def _seen(visit: Visit, hire_id: UUID) -> Hire:
    if not visit.may(Action.EXPORT_PERSON) and not visit.may(Action.SEE_AUDIT):
        raise HTTPException(403, REFUSED)
    return await visible(visit, hire_id)


@router.get("")
async def show_data(
    hire_id: UUID,
    visit: Visiting,
    said: Annotated[str, Query(max_length=20)] = "",
    refused: UUID | None = None,
) -> Response:
    """What is stored where and what for, and the receipt of an erasure, looked at anew."""
    hire = await _seen(visit, hire_id)
    chapters = await stories.story_of(visit.pool, hire_id)
    return visit.page(
        "person.html",
        hire=hire,
        kept=person.KEPT,
        over=hire.status in OVER,
        opens=await _opens(visit, hire),
        left=await _keys_left(visit, hire.erasure),
        names=await accounts.names(visit.pool),
        confirmation=_confirmation(hire_id),
        notice=await notice_of(visit, hire_id, said, refused),
        request_id=ids.derived(
            "form", visit.session.id, hire_id, chapters[0].id if chapters else ""
        ),
    )


def _confirmation(hire_id: UUID) -> str:
    """What somebody has to type who erases: nobody does that by a slip of the hand."""
    return str(hire_id)[:LENGTH_OF_CONFIRMATION]


async def _opens(visit: Visit, hire: Hire) -> bool:
    """Whether the sealed contact can be opened at this moment, without looking at what it says."""
    try:
        await visit.state.tools.vault.open_bytes(hire.profile.worker if hire.profile else "")
    except (ErasedError, NotSealedError):
        return False
    return True


async def _keys_left(visit: Visit, receipt: PersonErased | None) -> bool:
    """Whether a key that a receipt calls shredded is there all the same."""
    if receipt is None:
        return False
    found = await visit.state.tools.vault.fingerprint(str(receipt.hire_id))
    return found in receipt.keys


@router.post("/export")
async def export(hire_id: UUID, visit: Visiting, _form: Submitted) -> Response:
    """All that is stored, as one JSON file that explains itself; it is written down who made it."""
    visit.must(Action.EXPORT_PERSON)
    hire = await visible(visit, hire_id)
    async with visit.pool.acquire() as conn, conn.transaction():
        await audit.write(conn, Deed(visit.account.id, "export_person", str(hire_id)), visit.now)
    told = person.document(
        hire,
        await contact_of(visit, hire),
        await stories.decision_of(visit.pool, hire_id),
        await stories.story_of(visit.pool, hire_id),
        await audit.about(visit.pool, str(hire_id)),
        visit.now,
    )
    return _file(told, f"farhand-person-{_confirmation(hire_id)}.json")


@router.get("/receipt")
async def receipt(hire_id: UUID, visit: Visiting) -> Response:
    """The receipt of an erasure as a JSON file."""
    hire = await _seen(visit, hire_id)
    if hire.erasure is None:
        raise HTTPException(404, worded("This person was not erased."))
    told = {"event": hire.erasure.type, **hire.erasure.model_dump(mode="json")}
    return _file(told, f"farhand-erasure-{_confirmation(hire_id)}.json")


def _file(content: object, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    return Response(text, media_type="application/json", headers=headers)


@router.post("/correct")
async def correct(
    hire_id: UUID,
    visit: Visiting,
    _form: Submitted,
    request: Id,
    name: Annotated[Name, Form()],
    email: Annotated[Address, Form()],
    why: Why,
) -> Response:
    """Have another name or address used, until the HR system reports of the person again."""
    visit.must(Action.CORRECT_CONTACT)
    hire = await visible(visit, hire_id)
    if hire.status in OVER:
        raise HTTPException(409, worded("This hire is over: there is nobody to write to."))
    contact = {"name": name, "email": email}
    sealed = await visit.state.tools.vault.seal(str(hire_id), contact)
    event = ContactCorrectionRequested(
        hire_id=hire_id,
        asked=asked_by(visit, request, "correct", sealed),
        worker=sealed,
        why=why,
    )
    return await ask(visit, hire_id, event, "/data")


@router.post("/erase")
async def erase(
    hire_id: UUID,
    visit: Visiting,
    _form: Submitted,
    request: Id,
    confirm: Annotated[str, Form(max_length=60)],
    why: Annotated[str, Form(min_length=10, max_length=500)],
    no_duty_to_keep: Annotated[str, Form(max_length=5)] = "",
) -> Response:
    """Have all that names the person made unreadable for ever."""
    visit.must(Action.ERASE_PERSON)
    await visible(visit, hire_id)
    if confirm.strip().lower() != _confirmation(hire_id):
        raise HTTPException(
            422, worded("What was typed to confirm is not the beginning of the hire's id.")
        )
    event = ErasureRequested(
        hire_id=hire_id,
        asked=asked_by(visit, request, "erase"),
        no_duty_to_keep=no_duty_to_keep == "true",
        why=why,
    )
    return await ask(visit, hire_id, event, "/data")
