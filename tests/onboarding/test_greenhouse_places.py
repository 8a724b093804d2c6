"""What an office in Greenhouse says of law and time zone, and when it says nothing."""

import pytest

from libs.common.intake import Unreadable
from tests.onboarding.test_greenhouse import SOURCE, application, hire_in, office


@pytest.mark.parametrize(
    ("name", "location", "jurisdiction", "zone"),
    [
        pytest.param("HQ", "Berlin, Germany", "DE", "Europe/Berlin", id="one country, one zone"),
        pytest.param("Remote - Germany", None, "DE", "Europe/Berlin", id="country in the name"),
        pytest.param("SF", "San Francisco, CA", "US-CA", "America/Los_Angeles", id="city and code"),
        pytest.param(
            "Bay", "Davis, CA, United States", "US-CA", "America/Los_Angeles", id="code and country"
        ),
        pytest.param("NY", "New York, NY", "US-NY", "America/New_York", id="city and state alike"),
        pytest.param("T", "Toronto, Ontario", "CA-ON", "America/Toronto", id="province"),
        pytest.param("L", "London, UK", "GB", "Europe/London", id="city and kingdom"),
        pytest.param(
            "B", "Belfast, UK", "GB-NIR", "Europe/London", id="Northern Ireland is its own"
        ),
        pytest.param("S", "SYDNEY , Australia", "AU", "Australia/Sydney", id="case and spaces"),
        pytest.param("Las Palmas", "Spain", "ES", "Atlantic/Canary", id="an island's zone"),
    ],
)
def test_an_office_settles_law_and_zone(
    name: str, location: str | None, jurisdiction: str, zone: str
) -> None:
    report = hire_in(application(office(name, location)))
    assert (report.jurisdiction, report.timezone) == (jurisdiction, zone)


@pytest.mark.parametrize(
    ("name", "location"),
    [
        pytest.param("London", None, id="a city of several countries"),
        pytest.param("V", "Vancouver, CA", id="CA for Canada"),
        pytest.param("UK", None, id="a kingdom of two employment laws"),
        pytest.param("X", "Berlin, Germany; Porto, Portugal", id="two countries"),
        pytest.param("S", "Madrid, Las Palmas, Spain", id="two zones"),
        pytest.param("A", "Australia", id="a country of many zones"),
    ],
)
def test_an_ambiguous_office_settles_nothing(name: str, location: str | None) -> None:
    with pytest.raises(Unreadable, match="does not follow from the offices"):
        SOURCE.read(application(office(name, location)))


def test_two_offices_settle_what_they_agree_on() -> None:
    def offices(*locations: str) -> bytes:
        listed = [{"name": None, "location": location} for location in locations]
        return application(lambda one: one["jobs"][0].update(offices=listed))

    assert hire_in(offices("Porto, Portugal", "Lisboa, Portugal")).timezone == "Europe/Lisbon"
    with pytest.raises(Unreadable):
        SOURCE.read(offices("Porto, Portugal", "Berlin, Germany"))
