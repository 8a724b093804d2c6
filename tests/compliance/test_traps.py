"""Where a naive date or money routine gives a wrong answer: every vector of `traps.yaml` holds.

Each is computed from the law of the packs by the product's own functions.
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from services.compliance.calendar_duration import last_day
from services.compliance.facts.pay import MinimumWage, NoticeEmployer
from services.compliance.facts.work import ProbationMax
from services.compliance.severance import gratuity_in_ae, gratuity_in_in, redundancy_pay_in_gb
from services.compliance.statutory_notice import completed_years, notice_end, notice_period
from tests.compliance.hires import LAW

Given = Mapping[str, Any]
VECTORS: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "traps.yaml").read_text(encoding="utf-8")
)["vectors"]
DAY = date(2026, 6, 1)


def notice_law(code: str, day: date = DAY) -> NoticeEmployer:
    return cast("NoticeEmployer", LAW.packs[code].fact("termination.notice_employer", day).value)


def end_of_notice(given: Given, code: str) -> date | None:
    day = given.get("received") or given["given"]
    return notice_end(code, notice_law(code, day), given.get("start", day), day)


def end_in_ae(given: Given, code: str) -> date | None:
    assert given["contract"] == "one month"
    day = given["given"]
    return notice_end(code, notice_law(code, day), day, day, contract="P1M")


def notice_at_the_end_of_the_day(given: Given, code: str) -> str | None:
    return notice_period(notice_law(code), given["start"], given["given"])


def notice_by_years(given: Given, code: str) -> str | None:
    start = DAY.replace(year=DAY.year - given["completed_years"])
    return notice_period(notice_law(code), start, DAY)


def end_of_probation(given: Given, code: str) -> date:
    law = LAW.packs[code].fact("contract.probation_max", given["start"]).value
    kind = given.get("kind", "experience")
    [longest] = [each.max for each in cast("ProbationMax", law).brackets if kind in each.when]
    return last_day(given["start"], longest)


def smi_of_a_year(given: Given, code: str) -> Decimal | None:
    law = cast("MinimumWage", LAW.packs[code].fact("pay.minimum_wage", given["date"]).value)
    return law.rates[0].yearly


def rates_of_a_prefecture(given: Given, code: str) -> list[Decimal]:
    pack = LAW.packs[code]
    laws = [cast("MinimumWage", pack.fact("pay.minimum_wage", d).value) for d in given["dates"]]
    return [
        next(rate.value for rate in law.rates if rate.label == given["prefecture"]) for law in laws
    ]


COMPUTED: Mapping[str, Callable[[Given, str], Any]] = {
    "de-4-weeks": end_of_notice,
    "de-month-clip": end_of_notice,
    "pl-saturday": end_of_notice,
    "pl-tenure-at-end": end_of_notice,
    "nl-month-end": end_of_notice,
    "au-exact-year": notice_at_the_end_of_the_day,
    "ae-month-30": end_in_ae,
    "pt-180-days": end_of_probation,
    "br-90-days-leap": end_of_probation,
    "br-notice": notice_by_years,
    "ae-gratuity": lambda i, _: gratuity_in_ae(Decimal(i["years"]), Decimal(i["basic_month"])),
    "in-gratuity": lambda i, _: gratuity_in_in(
        i["years"], i["months"], Decimal(i["last_wage_month"])
    ),
    "gb-redundancy": lambda i, _: redundancy_pay_in_gb(
        i["age"], i["complete_years"], Decimal(i["week_pay"]), i["date"]
    ),
    "es-smi-year": smi_of_a_year,
    "jp-prefecture-date": rates_of_a_prefecture,
}


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["id"] for vector in VECTORS])
def test_a_trap_holds(vector: dict[str, Any]) -> None:
    expected = vector["expect"]
    computed = COMPUTED[vector["id"]](vector["input"], vector["code"])
    assert computed == (Decimal(str(expected)) if isinstance(expected, float) else expected)
    assert computed != vector["naive"]["value"]


def test_no_trap_is_left_out() -> None:
    assert COMPUTED.keys() == {vector["id"] for vector in VECTORS}


@pytest.mark.parametrize(
    ("start", "on", "years"),
    [
        pytest.param(date(2025, 3, 3), date(2026, 3, 2), 0, id="the day before the anniversary"),
        pytest.param(date(2025, 3, 3), date(2026, 3, 3), 1, id="the anniversary"),
        pytest.param(date(2024, 2, 29), date(2025, 2, 28), 1, id="29 February, a common year"),
        pytest.param(date(2026, 3, 3), date(2026, 3, 3), 0, id="the first day"),
    ],
)
def test_years_of_service_are_completed_on_the_anniversary(
    start: date, on: date, years: int
) -> None:
    assert completed_years(start, on) == years


@pytest.mark.parametrize(
    ("code", "start", "given", "ends"),
    [
        pytest.param("DE", date(2025, 9, 1), date(2026, 1, 18), date(2026, 2, 15),
                     id="DE four weeks that end on the 15th end there"),
        pytest.param("DE", date(2025, 9, 1), date(2026, 1, 19), date(2026, 2, 28),
                     id="DE a day later, at the end of the month"),
        pytest.param("DE", date(2024, 1, 20), date(2026, 1, 20), date(2026, 2, 28),
                     id="DE exactly two years give a month to the month's end"),
        pytest.param("PL", date(2025, 12, 1), date(2026, 1, 4), date(2026, 1, 24),
                     id="PL a Sunday begins no full week of its own"),
        pytest.param("SG", date(2026, 1, 1), date(2026, 3, 2), date(2026, 3, 2),
                     id="SG one day's notice is the day itself"),
        pytest.param("PT", date(2026, 1, 1), date(2026, 3, 2), date(2026, 3, 17),
                     id="PT fifteen calendar days"),
        pytest.param("FR", date(2026, 1, 1), date(2026, 3, 2), None,
                     id="FR under six months the collective agreement says"),
    ],
)  # fmt: skip
def test_notice_ends_by_the_law_of_the_place(
    code: str, start: date, given: date, ends: date | None
) -> None:
    assert notice_end(code, notice_law(code, given), start, given) == ends


@pytest.mark.parametrize(
    ("given", "on", "notice"),
    [
        pytest.param("AU", date(2026, 3, 3), "P2W", id="AU one day more than a year"),
        pytest.param("BR", date(2026, 3, 2), "P30D", id="BR in the first year"),
        pytest.param("JP", date(2025, 3, 16), "P0D", id="JP in the first fourteen days"),
    ],
)
def test_notice_by_tenure(given: str, on: date, notice: str) -> None:
    assert notice_period(notice_law(given, on), date(2025, 3, 3), on) == notice


@pytest.mark.parametrize(
    ("agreed", "notice"),
    [
        pytest.param("P2M", "P60D", id="two months are 60 days"),
        pytest.param("P6M", "P90D", id="no longer than 90 days"),
        pytest.param("P1W", "P30D", id="no shorter than 30 days"),
        pytest.param(None, "P30D", id="nothing agreed"),
    ],
)
def test_ae_bounds_what_the_parties_agree(agreed: str | None, notice: str) -> None:
    assert notice_period(notice_law("AE"), DAY, DAY, agreed) == notice


def test_redundancy_pay_falls_under_the_cap_of_its_day() -> None:
    before, after = date(2026, 4, 5), date(2026, 4, 6)
    assert redundancy_pay_in_gb(30, 2, Decimal(1500), before) == 1438
    assert redundancy_pay_in_gb(30, 2, Decimal(1500), after) == 1502
    with pytest.raises(ValueError, match="is not known"):
        redundancy_pay_in_gb(30, 2, Decimal(1500), date(2024, 1, 1))


def test_gratuity_counts_a_half_year_for_nothing_and_is_capped() -> None:
    assert gratuity_in_in(6, 6, Decimal(26_000)) == 90_000
    assert gratuity_in_in(40, 0, Decimal(1_000_000)) == 2_000_000
    assert gratuity_in_ae(Decimal(60), Decimal(1000)) == 24_000
