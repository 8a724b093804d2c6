"""The demo's company: its HR systems speak the contracts, and its terms are lawful."""

import json
from collections import Counter
from itertools import chain
from typing import Final

import pytest

from farhand.demo.company import STORIES, company
from farhand.demo.deliveries import bamboohr, planned
from farhand.demo.person import DemoHire, Story
from farhand.demo.places import PLACES
from farhand.demo.product_time import BEGINS
from libs.common.intake import Source, Unreadable
from services.onboarding.bamboohr.employee import read_employee
from services.onboarding.hints import FetchEmployee, Hint
from services.onboarding.report import HireReport
from services.onboarding.sources.greenhouse import Greenhouse
from services.onboarding.sources.standard import StandardWebhooks

SOURCES: Final[dict[str, Source]] = {"standard": StandardWebhooks(), "greenhouse": Greenhouse()}
COMPANY: Final = company(seed=1, begins=BEGINS)


def test_every_story_has_its_share_and_twelve_jurisdictions_are_hired_in() -> None:
    assert Counter(hire.story for hire in COMPANY) == STORIES
    assert {hire.jurisdiction for hire in COMPANY} == PLACES.keys()
    assert len(PLACES) >= 12


def test_the_same_seed_makes_the_same_company_and_another_another() -> None:
    assert company(seed=1, begins=BEGINS) == COMPANY
    assert company(seed=2, begins=BEGINS) != COMPANY


@pytest.mark.parametrize("seed", range(1, 6))
def test_each_delivery_says_what_is_true_of_its_hire(seed: int) -> None:
    for hire in company(seed, BEGINS):
        if hire.story not in (Story.UNREADABLE, Story.BAMBOOHR):
            assert _as_reported(hire) == (
                hire.last_known.jurisdiction,
                hire.last_known.starts_on,
                hire.engagement,
                hire.hire_id,
            )


def test_each_record_of_bamboohr_says_what_is_true_of_its_hire() -> None:
    asked = [hire for hire in COMPANY if hire.story is Story.BAMBOOHR]
    assert asked
    for hire in asked:
        hint = Hint(source="bamboohr", employee_id=str(hire.number))
        fetch = FetchEmployee(hire_id=hire.hire_id, hint=hint, known=False, ahead=True)
        record = {"id": hint.employee_id, "status": "Active", **bamboohr(hire)}
        report = read_employee(json.dumps(record).encode(), fetch, hire.announced_at).report
        assert report is not None
        assert (report.jurisdiction, report.starts_on) == (hire.jurisdiction, hire.starts_on)


def test_one_delivery_cannot_be_read() -> None:
    (hire,) = (hire for hire in COMPANY if hire.story is Story.UNREADABLE)
    with pytest.raises(Unreadable, match="starts_on"):
        _as_reported(hire)


def test_what_is_told_later_comes_later() -> None:
    for hire in company(seed=1, begins=BEGINS, bamboohr=False):
        moments = [each.at for each in planned(hire)]
        assert moments == sorted(moments)
        assert moments[0] == hire.announced_at


def _as_reported(hire: DemoHire) -> tuple[object, ...]:
    read = chain.from_iterable(SOURCES[each.source].read(each.body) for each in planned(hire))
    last = [report for report in read if isinstance(report, HireReport)][-1]
    return last.jurisdiction, last.starts_on, last.engagement, last.hire_id
