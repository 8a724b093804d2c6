"""HTTP: open a wave of the survey, answer it with an invitation, release it, and read what was.

Nothing here shows a ballot, or how many have answered before a wave is released.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Self

from fastapi import APIRouter, Depends, HTTPException, Path, status
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from libs.common.contracts.metrics import Slug
from libs.common.running import Running, running
from services.metrics.api import ReadPool
from services.metrics.front_doors import admit
from services.metrics.observations import Moment, Name
from services.metrics.surveys import conducting, store
from services.metrics.surveys.conducting import SurveyError, UnknownError
from services.metrics.surveys.net_promoter import HIGHEST, Answers
from services.metrics.surveys.wave import RESERVED

MAX_ROSTER = 10_000

State = Annotated[Running, Depends(running)]
WaveName = Annotated[Slug, Path(description="The name under which it was opened.")]


def _not_reserved(name: str) -> str:
    if name in RESERVED:
        raise ValueError(f"a group cannot be called {' or '.join(sorted(RESERVED))}")
    return name


class WaveIn(BaseModel):
    """A wave to open: who is asked, each by any id the caller knows them by, with their group."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    wave: Slug
    closes_at: Moment
    roster: dict[Name, Annotated[Name, AfterValidator(_not_reserved)]] = Field(
        min_length=1, max_length=MAX_ROSTER
    )


class OpenedOut(BaseModel):
    """A wave that is open."""

    wave: str
    groups: dict[str, int] = Field(description="How many are asked, by the group of their ballots.")
    invitations: dict[str, str] = Field(
        description="The token of each who is asked; told this once, and kept nowhere."
    )
    left_out: tuple[str, ...] = Field(
        description="Who is not asked: their group is too small, or changed by fewer than five."
    )


class BallotIn(BaseModel):
    """How likely somebody would recommend working here, from 0 to 10."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    token: Annotated[str, Field(min_length=10, max_length=100)]
    score: Annotated[int, Field(ge=0, le=HIGHEST)]


class ScoreOut(BaseModel):
    """The net promoter score of a group, with the interval that it lies in with 95 %."""

    score: Decimal
    low: Decimal
    high: Decimal
    answers: int

    @classmethod
    def of(cls, answers: Answers) -> Self:
        """The score as the API shows it."""
        low, high = answers.interval
        return cls(score=answers.score, low=low, high=high, answers=answers.count)


class WaveOut(BaseModel):
    """A wave, and what was released of it."""

    wave: str
    closes_at: datetime
    released: bool
    all: ScoreOut | None = Field(description="null: nothing is released, or too few answered.")
    groups: dict[str, ScoreOut]

    @classmethod
    def of(cls, name: str, closes_at: datetime, sums: Mapping[str, Answers] | None) -> Self:
        """The wave as the API shows it."""
        shown = sums or {}
        everybody = sum(shown.values(), Answers())
        return cls(
            wave=name,
            closes_at=closes_at,
            released=sums is not None,
            all=ScoreOut.of(everybody) if shown else None,
            groups={group: ScoreOut.of(each) for group, each in sorted(shown.items())},
        )


class WavesOut(BaseModel):
    """Every wave, the newest first."""

    waves: tuple[WaveOut, ...]


router = APIRouter(prefix="/surveys", tags=["Surveys"])


@router.get("", summary="Every wave, with what was released of it")
async def list_waves(pool: ReadPool) -> WavesOut:
    """Scores with their intervals; of a wave that is not released nothing."""
    found = await store.waves(pool)
    return WavesOut(waves=tuple(WaveOut.of(w.name, w.closes_at, w.released) for w in found))


@router.post("", status_code=status.HTTP_201_CREATED, summary="Open a wave")
async def open_wave(wanted: WaveIn, state: State) -> OpenedOut:
    """Groups from which few people could be told are put together, or not asked this time."""
    if wanted.closes_at <= state.tools.clock.now():
        raise HTTPException(422, "closes_at has passed: a wave needs time to be answered")
    with _refusals():
        opened = await conducting.open_wave(
            state.tools.pool, wanted.wave, wanted.closes_at, wanted.roster
        )
    return OpenedOut(
        wave=wanted.wave,
        groups=dict(opened.groups),
        invitations=dict(opened.tokens),
        left_out=opened.left_out,
    )


@router.post("/ballots", status_code=status.HTTP_204_NO_CONTENT, summary="Answer, once")
async def cast_ballot(ballot: BallotIn, state: State) -> None:
    """The invitation is used up, and its ballot kept without it, without a name and a time."""
    with _refusals():
        await conducting.cast_ballot(
            state.tools.pool, ballot.token, ballot.score, state.tools.clock.now()
        )


@router.post("/{wave}/release", summary="Release a wave that has closed")
async def release_wave(wave: WaveName, state: State) -> WaveOut:
    """Once and for good: its ballots are gone after it, and asked again it tells the same."""
    with _refusals():
        released = await conducting.release_wave(state.tools.pool, wave, state.tools.clock.now())
    key, command = await admit(released, state.tools)
    await state.kernel.submit(command, key=key, id=f"{released.source}/{released.event_id}")
    sums = {each.group: Answers(**each.model_dump(exclude={"group"})) for each in released.sums}
    return WaveOut.of(wave, released.occurred_at, sums)


@contextmanager
def _refusals() -> Generator[None]:
    try:
        yield
    except UnknownError as error:
        raise HTTPException(status.HTTP_404_NOT_FOUND, str(error)) from None
    except SurveyError as error:
        raise HTTPException(status.HTTP_409_CONFLICT, str(error)) from None
