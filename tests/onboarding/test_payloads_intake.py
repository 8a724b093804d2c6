"""Every sample payload of the HR systems that have a front door, through that front door."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from farhand.demo.bamboohr import hire_of
from farhand.signing import bamboohr, greenhouse, merge
from services.onboarding.report import hire_id_of
from tests.onboarding.bed import NOOR, Company
from tests.onboarding.test_bamboohr_intake import LATER

pytestmark = pytest.mark.timeout(240)

PAYLOADS: Final = Path(__file__).parent / "payloads"
SIGN: Final[dict[str, Callable[[str, str, bytes], dict[str, str]]]] = {
    "bamboohr": bamboohr,
    "greenhouse": greenhouse,
    "merge": merge,
}
SIGNATURE: Final = {
    "bamboohr": "x-bamboohr-signature",
    "greenhouse": "signature",
    "merge": "x-merge-webhook-signature",
}
FILES: Final = sorted(
    path.name for path in PAYLOADS.glob("*.*.json") if path.name.partition(".")[0] in SIGN
)
UNREAD: Final = ("greenhouse.employee-updated.json", "merge.Employee.added.json")
"""Kept and shown: of Greenhouse Onboarding, which is another product and has no front door here; of
Merge without the field mappings that say what its common model has no room for."""
EMPLOYEE: Final = "1207"
"""Whom all samples of BambooHR are about."""
APPLICATION: Final = "46194062"
"""What all samples of Greenhouse are about."""


def signed(company: Company, file: str, name: str) -> tuple[str, bytes, dict[str, str]]:
    """The source of a sample, its body, and the headers that make it a delivery."""
    source, body = file.partition(".")[0], (PAYLOADS / file).read_bytes()
    secret = company.secrets.read(f"hook_{source}")
    return source, body, SIGN[source](secret, name, body)


async def post(company: Company, source: str, body: bytes, headers: dict[str, str]) -> Any:
    return await company.onboarding.post(f"/hooks/{source}", content=body, headers=headers)


async def deliver(company: Company, file: str, name: str) -> Any:
    return await post(company, *signed(company, file, name))


def test_there_are_samples_of_each_source() -> None:
    assert {file.partition(".")[0] for file in FILES} == SIGN.keys()


@pytest.mark.parametrize("file", FILES)
async def test_a_sample_is_taken_once_and_repeated_ones_are_told_to_be(
    company: Company, file: str
) -> None:
    delivery = signed(company, file, f"once {file}")
    first = await post(company, *delivery)
    assert first.is_success
    assert first.json()["status"] == ("quarantined" if file in UNREAD else "accepted")
    for _ in range(2):
        again = await post(company, *delivery)
        assert (again.is_success, again.json()["status"]) == (True, "duplicate")


@pytest.mark.parametrize("file", FILES)
async def test_a_sample_that_is_wrongly_signed_is_refused(company: Company, file: str) -> None:
    source, body, headers = signed(company, file, f"wrong {file}")
    name = SIGNATURE[source]
    for wrong in (
        headers | {name: headers[name][:-3] + ("000" if headers[name][-3:] != "000" else "111")},
        {other: value for other, value in headers.items() if other != name},
    ):
        assert (await post(company, source, body, wrong)).status_code == 401
    assert (await post(company, source, body + b" ", headers)).status_code == 401
    other = signed(company, file, f"wrong {file}")[2] | {
        name: SIGN[source]("another secret", "", body)[name]
    }
    assert (await post(company, source, body, other)).status_code == 401


@pytest.mark.parametrize("file", [file for file in FILES if file.startswith("bamboohr")])
async def test_a_sample_that_was_signed_long_ago_is_refused(company: Company, file: str) -> None:
    source, body, headers = signed(company, file, "")
    stale = headers | {"x-bamboohr-timestamp": "1794820442"}
    assert (await post(company, source, body, stale)).status_code == 401


async def test_samples_of_bamboohr_in_any_order_lead_to_what_is_true(company: Company) -> None:
    fields = NOOR | {"hireDate": LATER.isoformat()}
    await company.hr.put(EMPLOYEE, fields, at=company.moment(), hook=False)
    for file in reversed([file for file in FILES if file.startswith("bamboohr")]):
        assert (await deliver(company, file, "")).is_success
    await company.until(hire_of(EMPLOYEE), starts_on=LATER.isoformat(), status="announced")


async def test_a_hire_of_greenhouse_undone_before_it_is_told_is_cancelled(
    company: Company,
) -> None:
    files = ["greenhouse.unhire_candidate.json", "greenhouse.hire_candidate.json"]
    for file in files:
        assert (await deliver(company, file, f"late {file}")).is_success
    await company.until(hire_id_of("greenhouse", APPLICATION), status="cancelled")
