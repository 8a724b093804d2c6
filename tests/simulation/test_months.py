"""Whole companies over months under the virtual clock: nobody is lost, doubled or stuck."""

import pytest

from libs.common.contracts.onboarding import HireStatus
from services.compliance.law import Law, load_law
from tests.simulation.company import Company
from tests.simulation.history import History

COMPANIES = 200
LARGEST = 4
"""Hires of a company; there are as many of each size."""

SETTLED = {HireStatus.READY, HireStatus.ACTIVE, HireStatus.LEAVING, HireStatus.BLOCKED}


@pytest.fixture(scope="module")
def law() -> Law:
    return load_law()


@pytest.mark.parametrize("seed", range(COMPANIES))
def test_every_hire_of_a_company_ends_where_its_history_has_it(law: Law, seed: int) -> None:
    company = Company.founded(law, seed)
    company.live(hires=1 + seed % LARGEST)

    for told in company.histories:
        check_outcome(company, told)


def check_outcome(company: Company, told: History) -> None:
    """In whatever order the news arrived, what was true last is what counts."""
    journey = company.watch.journey(str(told.hire_id))
    assert journey is not None
    assert not company.line.under_way[str(told.hire_id)]
    assert not any(each.trouble for each in journey.access), "what failed was tried again"
    if not told.leaves:
        assert (journey.status is HireStatus.CANCELLED) is told.is_off
    elif not told.is_ever_off:
        assert journey.ending is not None or journey.period > 1, "every last day is over by now"
    if journey.ending is None:
        assert journey.profile == told.profile
        assert journey.status in SETTLED, "whatever people were asked was done"
