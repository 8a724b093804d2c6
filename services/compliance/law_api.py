"""`/law` and `/packs`: what legal is asked and says, and the packs as a lawyer reads them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, HTTPException
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, Field

from libs.common.contracts.compliance import LawConfirmation
from libs.common.database import Pool
from libs.common.marked_yaml import InvalidDocument as InvalidLaw
from libs.common.running import Running, running
from services.compliance import law_doubts
from services.compliance.api import submit
from services.compliance.change_of_law import WhatIf, what_if
from services.compliance.law import Law
from services.compliance.law_question import AnswerLaw, LawQuestion
from services.compliance.pack import Pack
from services.compliance.pack_text import pack_text

State = Annotated[Running, Depends(running)]


class LawQuestionView(BaseModel):
    """A question of law, how many hires hang on it, and what legal said."""

    matter: str
    jurisdiction: str
    fact: str
    law: str
    ask: str
    detail: str
    is_open: bool
    needed_on: date
    hires: int
    answer: LawConfirmation | None
    past: tuple[LawConfirmation, ...]

    @classmethod
    def of(cls, question: LawQuestion, waiting: Mapping[str, int]) -> "LawQuestionView":
        """A question as the API shows it."""
        doubt = question.doubt
        return cls(
            matter=doubt.matter,
            jurisdiction=question.jurisdiction,
            fact=doubt.fact,
            law=doubt.law,
            ask=doubt.ask,
            detail=doubt.detail,
            is_open=question.is_open,
            needed_on=question.needed_on,
            hires=waiting.get(doubt.matter, 0),
            answer=question.answer,
            past=question.past,
        )


class LawAnswerGiven(BaseModel):
    """What legal says: `by` is an id within the company; without `until`, for a year."""

    holds: bool
    by: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,40}$")]
    until: date | None = None
    evidence: Annotated[str, Field(max_length=500)] = ""


class FactView(BaseModel):
    """One version of a fact, and whether a check may pass on it by itself."""

    fact: str
    held_from: date | None
    held_to: date | None
    value: dict[str, Any] | None
    source: str | None
    as_of: date | None
    confidence: str
    verified: bool
    evidence: str | None
    notes: str | None
    settled: bool
    doubts: tuple[str, ...]


class PackView(BaseModel):
    """The law of one place: its facts, and what legal is asked about it."""

    code: str
    name: str
    version: str
    facts: tuple[FactView, ...]
    questions: tuple[LawQuestionView, ...]


class PackLine(BaseModel):
    """One pack in a list."""

    code: str
    name: str
    version: str
    facts: int
    in_doubt: int


def law_router(law: Law) -> APIRouter:
    """The routes of a service under this law."""
    router = APIRouter(tags=["law"])

    @router.get("/law/questions", summary="What legal is asked about the law, once for all hires")
    async def list_questions(
        state: State, *, open_only: bool = False, jurisdiction: str | None = None
    ) -> list[LawQuestionView]:
        """By place and fact; answered ones too, unless `open_only`."""
        found = await _questions(state.tools.pool, jurisdiction)
        shown = [each for each in found if each.is_open or not open_only]
        waiting = await _waiting(state.tools.pool, shown)
        return [LawQuestionView.of(each, waiting) for each in shown]

    @router.post("/law/questions/{matter}/answer", summary="Say whether a fact of law holds")
    async def answer_question(matter: str, said: LawAnswerGiven, state: State) -> LawQuestionView:
        """Every hire that waits for it is decided anew; 409 where nobody asked it."""
        await submit(state, AnswerLaw(**said.model_dump()), matter)
        question = await _question(state.tools.pool, matter)
        if question is None:
            raise HTTPException(404, "no such question of law")
        return LawQuestionView.of(question, await law_doubts.waiting(state.tools.pool, [matter]))

    @router.get("/packs", summary="The law packs")
    def list_packs() -> list[PackLine]:
        """Each with the number of its facts, and of those that may not carry a check."""
        return [_line(law.packs[code]) for code in sorted(law.packs)]

    @router.get("/packs/{code}", summary="The law of one place")
    async def read_pack(code: str, state: State) -> PackView:
        """Facts, sources, dates and confidence, with the questions of law that it raised."""
        pack = _pack(law, code)
        questions = await _questions(state.tools.pool, code)
        waiting = await _waiting(state.tools.pool, questions)
        return PackView(
            code=pack.code,
            name=pack.name,
            version=law.version(code),
            facts=tuple(_facts(pack)),
            questions=tuple(LawQuestionView.of(each, waiting) for each in questions),
        )

    @router.get("/packs/{code}/text", summary="The same, for a lawyer to read",
                response_class=PlainTextResponse)  # fmt: skip
    async def read_pack_text(code: str, state: State) -> str:
        """Plain text that fits a printed page."""
        pack = _pack(law, code)
        questions = await _questions(state.tools.pool, code)
        waiting = await _waiting(state.tools.pool, questions)
        return pack_text(pack, law.version(code), questions, waiting)

    @router.post("/packs/{code}/what-if", summary="Who would newly fall short under another text")
    async def ask_what_if(
        code: str, state: State, text: Annotated[str, Body(media_type="application/yaml")]
    ) -> WhatIf:
        """Nothing is changed; 422 with file and line of every problem where it is no pack."""
        try:
            changed = law.changed(code, text.encode())
        except InvalidLaw as error:
            raise HTTPException(422, str(error)) from None
        return await what_if(state.tools.pool, law, changed, code)

    return router


async def _waiting(pool: Pool, questions: Sequence[LawQuestion]) -> Mapping[str, int]:
    return await law_doubts.waiting(pool, [each.doubt.matter for each in questions])


async def _questions(pool: Pool, jurisdiction: str | None) -> list[LawQuestion]:
    rows = await pool.fetch(
        """
        select state
          from entity
         where decider = 'law_question'
           and ($1::text is null or state->>'jurisdiction' = $1)
         order by key
        """,
        jurisdiction,
    )
    return [LawQuestion.model_validate_json(row["state"]) for row in rows]


async def _question(pool: Pool, matter: str) -> LawQuestion | None:
    text = await pool.fetchval(
        "select state from entity where decider = 'law_question' and key = $1", matter
    )
    return None if text is None else LawQuestion.model_validate_json(text)


def _pack(law: Law, code: str) -> Pack:
    if code not in law.packs:
        raise HTTPException(404, f"there is no law pack of {code}")
    return law.packs[code]


def _line(pack: Pack) -> PackLine:
    newest = [versions[-1] for versions in pack.facts.values()]
    in_doubt = sum(not fact.settled for fact in newest)
    return PackLine(
        code=pack.code,
        name=pack.name,
        version=pack.version,
        facts=len(newest),
        in_doubt=in_doubt,
    )


def _facts(pack: Pack) -> list[FactView]:
    return [
        FactView(
            fact=fact.name,
            held_from=fact.held_from,
            held_to=fact.held_to,
            value=fact.value.model_dump(mode="json", by_alias=True) if fact.value else None,
            source=fact.source,
            as_of=fact.as_of,
            confidence=fact.confidence,
            verified=fact.verified,
            evidence=fact.evidence,
            notes=fact.notes,
            settled=fact.settled,
            doubts=fact.doubts,
        )
        for versions in pack.facts.values()
        for fact in versions
    ]
