"""Key results, judged in the transaction that moved their figures, or when the clock struck."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from libs.common import timers
from libs.common.database import Connection, Pool
from libs.common.decider import SetTimer
from libs.common.fold import TimerChange
from libs.common.message import Event
from services.metrics import key_result_store
from services.metrics.course_correction import appraise
from services.metrics.figures import Revision
from services.metrics.locks import Locked, lock
from services.metrics.okr import KeyResult
from services.metrics.review_clock import KEY, NAME, ReviewDue
from services.metrics.steering import Kept, armed_on, steer


def concerned(key_results: Sequence[KeyResult], revisions: Iterable[Revision]) -> list[KeyResult]:
    """The key results whose figures are among those that changed."""
    moved = {(cell.kpi, cell.group) for each in revisions for cell in [each.figure.cell]}
    return [each for each in key_results if (each.kpi, each.group) in moved]


async def review(conn: Connection, key_results: Sequence[KeyResult], now: datetime) -> list[Event]:
    """Judge key results by all that is known, remember how they stand, and tell what is new.

    `now` is the product's time (UTC); one that was judged at a later moment already is judged at
    that one, since a late message brings no bucket back.
    """
    if not key_results:
        return []
    await lock(conn, Locked.KEY_RESULT, [each.name for each in key_results])
    figures = await key_result_store.figures_for(conn, key_results)
    known = await key_result_store.kept_of(conn, figures)
    keep: dict[str, Kept] = {}
    events: list[Event] = []
    for each in key_results:
        kept = known.get(each.name)
        at = now if kept is None else max(now, kept.as_of)
        appraisal = appraise(each, figures[each.name], at, armed_on(kept))
        steered = steer(each, kept, appraisal, at)
        keep[each.name] = steered.kept
        events += steered.events
    await key_result_store.keep(conn, keep)
    return events


async def wind_clock(pool: Pool, now: datetime) -> None:
    """Let the clock strike at once: at each start, so that what is new is judged and told."""
    strike = TimerChange(NAME, KEY, SetTimer(now, ReviewDue()), cause=0)
    async with pool.acquire() as conn, conn.transaction():
        await timers.save(conn, [strike], [None])
