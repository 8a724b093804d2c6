"""`/audit`: who did what, the chain verified each time it is looked at, and exported."""

import json
from collections.abc import Iterator, Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Query
from fastapi.responses import Response, StreamingResponse

from services.console import accounts, audit
from services.console.audit import Entry, first_broken
from services.console.policy import Action
from services.console.web.page_route import PageRoute
from services.console.web.visit import Visiting

router = APIRouter(prefix="/audit", include_in_schema=False, route_class=PageRoute)

PAGE: Final = 100


@router.get("")
async def show_audit(
    visit: Visiting, page: Annotated[int, Query(ge=1, le=100_000)] = 1
) -> Response:
    """The newest entries first; the whole chain is verified."""
    visit.must(Action.SEE_AUDIT)
    entries = await audit.all_entries(visit.pool)
    newest = list(reversed(entries))
    return visit.page(
        "audit.html",
        entries=newest[PAGE * (page - 1) : PAGE * page],
        total=len(entries),
        broken=first_broken(entries),
        last=entries[-1].hash.hex() if entries else "",
        names=await accounts.names(visit.pool),
        number=page,
        more=len(entries) > PAGE * page,
    )


@router.get("/export")
async def export(visit: Visiting) -> Response:
    """Every entry as JSON, one a line, with its hashes: enough to verify the chain elsewhere."""
    visit.must(Action.SEE_AUDIT)
    entries = await audit.all_entries(visit.pool)
    headers = {"Content-Disposition": 'attachment; filename="farhand-audit.jsonl"'}
    return StreamingResponse(_lines(entries), media_type="application/jsonl", headers=headers)


def _lines(entries: Sequence[Entry]) -> Iterator[str]:
    for each in entries:
        yield (
            json.dumps(
                {
                    "position": each.position,
                    "at": each.at.isoformat(),
                    "account": str(each.account) if each.account else None,
                    "action": each.action,
                    "subject": each.subject,
                    "detail": each.detail,
                    "before": each.before.hex(),
                    "hash": each.hash.hex(),
                },
                ensure_ascii=False,
            )
            + "\n"
        )
