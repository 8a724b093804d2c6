"""The ledger of remote work: what a line must show, which lines count, and how it is read."""

from collections.abc import AsyncGenerator
from datetime import date
from decimal import Decimal
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from libs.common.database import Pool
from services.metrics.api import read_pool
from services.metrics.folds.return_line import claims_of
from services.metrics.return_api import return_router
from services.metrics.return_lines import Method
from services.metrics.return_report import of_quarter, totals_of
from tests.metrics.observed import DAY, MONDAY, entered, figures_from, taken_back
from tests.metrics.test_projection import DEFINITIONS, deliver

RETURN = next(each for each in DEFINITIONS if each.name == "return-on-remote-work")
MEASURED, BY_DIFFERENCE, ASSUMED = Method


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        pytest.param({"compared": None}, "needs no baseline", id="measured against nothing"),
        pytest.param(
            {"method": BY_DIFFERENCE, "comparison": None}, "group without", id="no comparison"
        ),
        pytest.param(
            {"estimate": {"low": 1, "mid": 2, "high": 3}}, "mid must be", id="not what was compared"
        ),
        pytest.param(
            {"method": ASSUMED, "assumptions": ()}, "must say why", id="assumed in silence"
        ),
        pytest.param(
            {"attributable": False, "assumptions": ()},
            "must say why",
            id="not attributed, untold why",
        ),
        pytest.param(
            {"estimate": {"low": 2000, "mid": 1000, "high": 3000}},
            "must not fall",
            id="a range upside down",
        ),
        pytest.param({"ends": date(2027, 1, 1)}, "one quarter", id="of two quarters"),
        pytest.param({"ends": date(2026, 9, 1)}, "one quarter", id="backwards"),
        pytest.param({"currency": "USD"}, "rate must say", id="dollars at no rate"),
        pytest.param({"rate": "1.1"}, "rate must say", id="euros at a rate"),
        pytest.param({"owner": "Noor Haverkamp"}, "owner", id="a name in place of a role"),
        pytest.param(
            {"estimate": {"low": 0, "mid": 1000.0, "high": 2000}}, "binary fraction", id="a float"
        ),
        pytest.param(
            {"estimate": {"low": 0, "mid": "1000.001", "high": 2000}},
            "2 decimal",
            id="less than a cent",
        ),
    ],
)
def test_a_line_that_does_not_show_where_it_comes_from_is_refused(
    changes: dict[str, Any], says: str
) -> None:
    with pytest.raises(ValidationError, match=says):
        entered("l", **changes)


@given(
    baseline=st.integers(0, 10**6),
    actual=st.integers(0, 10**6),
    others=st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)),
    earned=st.booleans(),
)
def test_a_difference_in_differences_takes_off_what_others_saved_as_well(
    baseline: int,
    actual: int,
    others: tuple[int, int],
    earned: bool,  # noqa: FBT001  # drawn
) -> None:
    mid = (baseline - actual) - (others[0] - others[1])
    mid = -mid if earned else mid
    line = entered(
        "l",
        method=BY_DIFFERENCE,
        earned=earned,
        compared={"who": "Berlin", "baseline": baseline, "actual": actual},
        comparison={"who": "Porto", "baseline": others[0], "actual": others[1]},
        estimate={"low": mid, "mid": mid, "high": mid},
    )
    assert line.in_currency.mid == mid


@pytest.mark.parametrize(
    ("methods", "counts"),
    [
        pytest.param([MEASURED, ASSUMED], 0, id="measured before assumed"),
        pytest.param([ASSUMED, BY_DIFFERENCE], 1, id="compared before assumed"),
        pytest.param([BY_DIFFERENCE, MEASURED], 1, id="measured before compared"),
        pytest.param([ASSUMED, ASSUMED], 1, id="the newer of two equals"),
    ],
)
def test_of_several_claims_on_one_amount_one_counts(methods: list[Method], counts: int) -> None:
    lines = [entered(str(n), method=each, at=MONDAY + n * DAY) for n, each in enumerate(methods)]
    claims = claims_of(lines)
    assert [each.counts for each in claims] == [n == counts for n in range(len(lines))]
    assert {each.counted_by.line for each in claims} == {str(counts)}


def test_what_a_strong_line_attributes_to_nothing_no_weak_one_can_count() -> None:
    lines = [entered("strong", attributable=False), entered("weak", method=ASSUMED)]
    assert set(figures_from(RETURN, [*lines]).values()) == set()
    assert totals_of(claims_of(lines)).not_attributable.mid == 1000


def test_a_line_entered_again_under_its_name_is_the_same_line() -> None:
    lines = [entered("1", line="rent", mid=9), entered("2", line="rent", mid=8, at=MONDAY + DAY)]
    assert [each.line.estimate.mid for each in claims_of(lines)] == [8]


@given(st.lists(st.integers(0, 4000), min_size=1, max_size=30))
def test_the_total_is_the_figure(amounts: list[int]) -> None:
    lines = [
        entered(
            str(n),
            amount=str(n % 7),
            mid=mid,
            method=list(Method)[n % 3],
            currency="USD",
            rate="0.91",
        )
        for n, mid in enumerate(amounts)
    ]
    claims = [c for name in "0123456" for c in claims_of([e for e in lines if e.amount == name])]
    total = totals_of(of_quarter(claims, date(2026, 11, 5))).attributed
    assert figures_from(RETURN, [*lines])["2026-10-01", "all"] == total.mid
    assert total.low <= total.mid <= total.high


@pytest.fixture
async def client(pool: Pool) -> AsyncGenerator[httpx2.AsyncClient]:
    app = FastAPI()
    app.include_router(return_router(DEFINITIONS))
    app.dependency_overrides[read_pool] = lambda: pool
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://metrics") as client:
        yield client


async def test_the_ledger_shows_every_line_with_its_assumptions(
    client: httpx2.AsyncClient, pool: Pool
) -> None:
    changes = await deliver(
        pool,
        entered("lease", figure="time-to-ready"),
        entered("guess", method=ASSUMED, mid=4000),
        entered("output", amount="output", attributable=False, mid=50),
        entered("gone", amount="gone"),
        entered("next", amount="next", begins=date(2027, 1, 1), ends=date(2027, 1, 31)),
        taken_back("r", "gone"),
    )
    answer = await client.get("/return", params={"quarter": "2026-11-23"})
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert shown["quarter"] == "2026-10-01"
    assert shown["attributed"] == {"low": "990.00", "mid": "1000.00", "high": "1010.00"}
    assert shown["by_category"] == {"real_estate": shown["attributed"]}
    assert shown["not_attributable"]["mid"] == "50.00"
    assert changes["return-on-remote-work", "2026-10-01", "all"] == Decimal(1000)
    lines = {each["line"]: each for each in shown["lines"]}
    assert list(lines) == ["lease", "guess", "output"]
    assert (lines["lease"]["counted"], lines["guess"]["counted_by"]) == (True, "lease")
    assert lines["guess"]["assumptions"] == ["As in the year before"]
    assert lines["lease"]["figure"]["title"] == "Time from announced to ready"
    assert lines["lease"]["compared"]["who"] == "Berlin"
