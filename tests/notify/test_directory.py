"""Where the roles of a company read their mail."""

from datetime import date, time
from pathlib import Path

import pytest

from libs.common.contracts.values import Owner
from services.notify.directory import Directory, mail_address
from services.notify.working_hours import Shift

CANARY = "canary@"


def written(folder: Path, text: str) -> str:
    file = folder / "directory.yaml"
    file.write_text(text)
    return str(file)


def test_without_a_setting_every_role_has_a_mailbox() -> None:
    directory = Directory.read("")

    assert directory.mailbox(Owner.IT).address == "it@farhand.localhost"
    assert directory.mailbox(Owner.LEGAL).address == "legal@farhand.localhost"
    assert directory.mailbox(Owner.MANAGER) == directory.mailbox(Owner.HR)
    assert directory.it.working_hours.zone.key == "Europe/Berlin"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "it: {address: it@example.com, zone: Europe/Lisbon, jurisdiction: PT,\n"
            "     hours: 08:00-16:00, days_off: [2026-12-24]}\n"
            "console: https://farhand.example.com/\n",
            id="YAML",
        ),
        pytest.param(
            '{"it": {"address": "it@example.com", "zone": "Europe/Lisbon", "jurisdiction": "PT",'
            ' "hours": "08:00-16:00", "days_off": ["2026-12-24"]},'
            ' "console": "https://farhand.example.com"}',
            id="JSON",
        ),
    ],
)
def test_a_file_says_where_and_when(tmp_path: Path, text: str) -> None:
    directory = Directory.read(written(tmp_path, text))

    hours = directory.it.working_hours
    assert directory.it.address == "it@example.com"
    assert hours.week == (Shift(time(8), time(16)),) * 5 + (None, None)
    assert hours.days_off == {date(2026, 12, 24)}
    assert directory.hr == Directory().hr


def test_an_empty_file_gives_the_defaults(tmp_path: Path) -> None:
    assert Directory.read(written(tmp_path, "")) == Directory()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param(
            f"it: {{address: {CANARY}}}", r"it\.address .*not an e-mail address", id="address"
        ),
        pytest.param(
            "it: {address: a@b.c, zone: Mars/Olympus}", r"it\.zone .*not a time zone", id="zone"
        ),
        pytest.param("it: {address: a@b.c, hours: 9-5}", r"it\.hours ", id="hours"),
        pytest.param("it: {address: a@b.c, hours: 25:00-26:00}", r"it\.hours ", id="no such hour"),
        pytest.param("console: example.com", "console .*should match", id="a console nowhere"),
        pytest.param("security: {address: a@b.c}", "security ", id="a role that is not known"),
        pytest.param("it: [", "cannot be read as YAML", id="not YAML"),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_without_its_value(
    tmp_path: Path, text: str, says: str
) -> None:
    with pytest.raises(ValueError, match=says) as error:
        Directory.read(written(tmp_path, text))

    assert CANARY not in str(error.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"names .*missing\.yaml"):
        Directory.read(str(tmp_path / "missing.yaml"))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("ana", id="without a domain"),
        pytest.param("ana@", id="with an empty domain"),
        pytest.param("ana@example.com, eve@example.com", id="two addresses"),
        pytest.param("ana@example.com\r\nBcc: eve@example.com", id="another header"),
        pytest.param("Ana <ana@example.com>", id="with a name"),
        pytest.param("ana@example.com> SIZE=1", id="with a parameter"),
        pytest.param("ana @example.com", id="with a space"),
        pytest.param('"ana lima"@example.com', id="in quotes"),
        pytest.param("ana@example..com", id="with an empty label"),
        pytest.param("ana@exam\udc80ple.com", id="half a character"),
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an e-mail address"):
        mail_address(text)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        pytest.param("ana.lima+work@example.com", "ana.lima+work@example.com", id="plain"),
        pytest.param("it@farhand.localhost", "it@farhand.localhost", id="of this machine"),
        pytest.param("josé@example.com", "josé@example.com", id="letters beyond ASCII"),
        pytest.param("ana@exämple.de", "ana@xn--exmple-cua.de", id="a domain beyond ASCII"),
    ],
)
def test_what_is_an_address_is_taken(text: str, address: str) -> None:
    assert mail_address(text).addr_spec == address
