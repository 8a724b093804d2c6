"""Legal is asked about the law once for all hires, and answers in the console."""

import asyncio
from uuid import UUID

from libs.common.contracts.compliance import (
    CheckDecided,
    LawAnswered,
    LawAnswerRefused,
    LawInDoubt,
    LawQuestioned,
)
from services.console import audit
from services.console.role import Role
from tests.console.conftest import Console, tell
from tests.console.hires import announced, decided

ASKED = LawQuestioned.model_validate(LawQuestioned.example)
WAITS = CheckDecided.model_validate(
    decided().model_dump()
    | {
        "awaits": [
            LawInDoubt(
                matter=ASKED.matter, rule="written-contract", fact=ASKED.fact, law="-", ask="-"
            )
        ]
    }
)


async def test_an_answer_leaves_as_an_event_and_the_question_is_answered(live: Console) -> None:
    await tell(live, announced(), WAITS, ASKED)
    legal = await live.signed_in(Role.LEGAL)
    page = (await legal.get("/law")).text
    assert ASKED.ask in page
    assert "1 hire waits" in page

    fields = {"matter": ASKED.matter, "holds": "yes", "evidence": "The statute."}
    answer = await legal.post("/law/answer", request=str(UUID(int=1)), **fields)
    assert answer.status_code == 303
    async with asyncio.timeout(20):
        while not (entries := await audit.all_entries(live.pool)):
            await asyncio.sleep(0.05)
    assert [(each.action, each.subject, each.detail) for each in entries] == [
        ("law.answer_requested", ASKED.matter, {"holds": True, "evidence": "The statute."})
    ]

    await tell(live, LawAnswered.model_validate(LawAnswered.example | {"matter": ASKED.matter}))
    page = (await legal.get("/law")).text
    assert "Nothing to confirm" in page
    assert "holds" in page


async def test_an_answer_that_was_not_taken_says_why(live: Console) -> None:
    await tell(live, ASKED)
    refused = LawAnswerRefused(matter=ASKED.matter, request_id=UUID(int=1), why="it is over")
    await tell(live, refused)
    assert "Not taken: it is over" in (await (await live.signed_in(Role.LEGAL)).get("/law")).text


async def test_only_legal_says_what_the_law_is(console: Console) -> None:
    hr = await console.signed_in(Role.HR)
    assert (await hr.get("/law")).status_code == 403
    fields = {"matter": ASKED.matter, "holds": "yes", "request": str(UUID(int=1))}
    assert (await hr.post("/law/answer", **fields)).status_code == 403
