"""Whether the traces of a run were kept: each hire that is looked at is one trace, and whole."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing
from typing import Any, Final, cast

import httpx2

from bench.workload.hire import Hire
from farhand.errors import StackError
from libs.common import clock

LOOKED_AT: Final = 25
ANSWERED_WITHIN: Final = 60.0
"""Seconds; the store looks through all that it has, which is much after a long run."""

KEPT: Final = 10_000
"""The newest hires of a run, whose traces the store surely still holds."""
TRIES: Final = 20
PAUSE_SECONDS: Final = 0.5
MARGIN_MS: Final = 1_000
"""Shorter than the pause between two runs."""
SPANS: Final[Mapping[str, tuple[str, ...]]] = {
    "journeys": ("bench.hire.reported.v1",),
    "decisions": ("bench.journey.begun.v1",),
    "tasks": ("bench.hire.ruled.v1", "provision", "provisioned"),
    "notices": ("bench.tasks.done.v1",),
}
"""What each service has to have told of a hire; Zipkin keeps names in lower case."""

WANTED: Final = sorted((service, name) for service, names in SPANS.items() for name in names)


async def wrong(zipkin: str, hires: Sequence[Hire], since: float) -> str | None:
    """What is wrong about the traces of hires spread over the run; None if they are whole.

    `since` is when the run began, in seconds since the epoch: the runs before it had the same
    hires.
    """
    newest = hires[-KEPT:]
    looked_at = newest[:: max(1, len(newest) // LOOKED_AT)]
    async with httpx2.AsyncClient(
        base_url=zipkin, trust_env=False, timeout=ANSWERED_WITHIN
    ) as client:
        for hire in looked_at:
            if (told := await _wrong(client, hire, since)) is not None:
                return told
    return None


async def _wrong(client: httpx2.AsyncClient, hire: Hire, since: float) -> str | None:
    found: list[list[tuple[str, str]]] = []
    async with aclosing(_asked(client, hire, since)) as answers:
        async for found in answers:
            if found == [WANTED]:
                return None
    return f"{hire.hire_id} has the traces {found} and should have {[WANTED]}"


async def _asked(
    client: httpx2.AsyncClient, hire: Hire, since: float
) -> AsyncGenerator[list[list[tuple[str, str]]]]:
    """The spans of each trace of a hire, asked for again until the caller is content."""
    for _ in range(TRIES):
        lookback = int((clock.wall().timestamp() - since) * 1_000) + MARGIN_MS
        asked = {"annotationQuery": f"hire.id={hire.hire_id}", "lookback": lookback}
        try:
            answer = await client.get("/api/v2/traces", params=asked)
        except httpx2.TransportError as error:
            raise StackError("Zipkin does not answer any more; its log says why.") from error
        answer.raise_for_status()
        yield [sorted(_spans(trace)) for trace in answer.json()]
        await asyncio.sleep(PAUSE_SECONDS)


def _spans(trace: Any) -> Iterator[tuple[str, str]]:
    for span in cast("list[dict[str, Any]]", trace):
        yield str(span["localEndpoint"]["serviceName"]), str(span.get("name", ""))
