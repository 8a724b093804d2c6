"""What remote work returned, line by line, read from the event log as it stands."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from libs.common.database import Connection, Pool
from services.metrics.buckets import Period, first_day
from services.metrics.folds.return_line import Claim, claims_of
from services.metrics.return_lines import Category, Estimate, ReturnLineEntered

# What has been replaced is history, as for the facts. All quarters are read, since a line of
# another one may be what counts for an amount.
LINES: Final = """
select entity, body::text as body
  from event_log e
 where type = 'ReturnLineEntered'
   and not exists (
           select from event_log later
            where later.source = e.source
              and later.replaces = e.event_id)
 order by entity
"""

NOTHING: Final = Estimate(low=Decimal(), mid=Decimal(), high=Decimal())


@dataclass(frozen=True, slots=True)
class Totals:
    """What the lines that count come to: attributed to remote work, by category, and not."""

    attributed: Estimate
    by_category: dict[Category, Estimate]
    not_attributable: Estimate


async def every_claim(conn: Connection | Pool) -> list[Claim]:
    """Every line of the ledger, by amount, the one that counts first."""
    about: defaultdict[str, list[ReturnLineEntered]] = defaultdict(list)
    for row in await conn.fetch(LINES):
        about[row["entity"]].append(ReturnLineEntered.model_validate_json(row["body"]))
    return [claim for lines in about.values() for claim in _ordered(lines)]


def of_quarter(claims: Iterable[Claim], day: date) -> list[Claim]:
    """The lines of the quarter that a day belongs to."""
    quarter = first_day(day, Period.QUARTER)
    return [each for each in claims if first_day(each.line.begins, Period.QUARTER) == quarter]


def _ordered(lines: Sequence[ReturnLineEntered]) -> list[Claim]:
    claims = claims_of(sorted(lines, key=lambda each: each.order))
    return sorted(claims, key=lambda each: (not each.counts, each.line.line))


def totals_of(claims: Iterable[Claim]) -> Totals:
    """Every amount once."""
    lines = [each.line for each in claims if each.counts]
    attributed = [each for each in lines if each.attributable]
    categories = sorted({each.category for each in attributed})
    return Totals(
        attributed=_sum(attributed),
        by_category={
            category: _sum(each for each in attributed if each.category is category)
            for category in categories
        },
        not_attributable=_sum(each for each in lines if not each.attributable),
    )


def _sum(lines: Iterable[ReturnLineEntered]) -> Estimate:
    total = NOTHING
    for each in lines:
        said = each.in_currency
        total = Estimate(
            low=total.low + said.low, mid=total.mid + said.mid, high=total.high + said.high
        )
    return total
