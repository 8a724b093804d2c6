"""What legal is asked about the law and what it said: a projection, and its page's query."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from libs.common.cloudevents import storable
from libs.common.contracts.compliance import (
    LawAnswered,
    LawAnswerRefused,
    LawConfirmation,
    LawQuestioned,
)
from libs.common.database import Connection, Pool
from libs.common.jsonb import storable_json
from libs.common.message import Event
from libs.common.projection import Received, projection
from services.console import store


@dataclass(frozen=True, slots=True)
class Question:
    """A question of law; `hires` wait for its answer, `refused` says why the last was not taken."""

    matter: str
    asked: LawQuestioned
    answer: LawConfirmation | None
    refused: str | None
    hires: int

    @property
    def is_open(self) -> bool:
        """Whether somebody waits for what legal has not said yet."""
        return self.answer is None or self.answer.until < self.asked.needed_on


MAX_REFUSAL: Final = 2000


@projection("law questions", LawQuestioned, LawAnswered, LawAnswerRefused)
async def follow_law(conn: Connection, batch: Sequence[Received[Any]]) -> Sequence[Event]:
    """Keep the last question, answer and refusal of each matter."""
    for each in batch:
        event = each.message
        question = event.model_dump_json() if isinstance(event, LawQuestioned) else None
        answer = event.confirmation.model_dump_json() if isinstance(event, LawAnswered) else None
        refused = storable(event.why, MAX_REFUSAL) if isinstance(event, LawAnswerRefused) else None
        await conn.execute(
            """
            insert into law_question (matter, question, answer, refused, changed_at)
            values ($1, $2, $3, $4, $5)
            on conflict (matter) do update
               set question   = coalesce(excluded.question, law_question.question),
                   answer     = coalesce(excluded.answer, law_question.answer),
                   refused    = excluded.refused,
                   changed_at = excluded.changed_at
            """,
            storable(event.matter),
            question and storable_json(question),
            answer and storable_json(answer),
            refused,
            each.time,
        )
    await store.wake(conn, "law")
    return ()


async def all_questions(pool: Pool) -> Sequence[Question]:
    """Every question that was asked, those that most hires wait for first."""
    rows = await pool.fetch(
        """
        select matter, question, answer, refused, coalesce(waiting.hires, 0) as hires
          from law_question
          left join (select matter, count(*) as hires
                       from hire, jsonb_array_elements_text(state->'decided'->'awaits') as matter
                      where status not in ('left', 'cancelled')
                      group by 1) as waiting using (matter)
         where question is not null
         order by hires desc, matter
        """
    )
    return [
        Question(
            matter=row["matter"],
            asked=LawQuestioned.model_validate_json(row["question"]),
            answer=LawConfirmation.model_validate_json(row["answer"]) if row["answer"] else None,
            refused=row["refused"],
            hires=row["hires"],
        )
        for row in rows
    ]
