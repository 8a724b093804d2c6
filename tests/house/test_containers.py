"""What containers are given before they start: to each service its own secrets, and no others."""

import os
from pathlib import Path

import pytest

from farhand import containers
from farhand.containers import ALL, give_secrets
from farhand.services import HOOK_SOURCES, SERVICES


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(containers, "USER", os.getuid())
    monkeypatch.setattr(containers, "ROOT", os.getuid())
    list(give_secrets(tmp_path))
    return tmp_path


@pytest.mark.parametrize("service", [each.name for each in SERVICES])
def test_a_service_reads_its_own_password_and_no_other(given: Path, service: str) -> None:
    pgpass = (given / service / "pgpass").read_text().strip()

    assert pgpass == f"*:*:*:{service}:{(given / ALL / f'postgres_{service}').read_text().strip()}"
    assert not [file.name for file in (given / service).glob("postgres_*")]
    assert all(file.stat().st_mode & 0o777 == 0o400 for file in (given / service).iterdir())


def test_every_front_door_has_its_secret_in_one_place(given: Path) -> None:
    held = [file.name for each in SERVICES for file in (given / each.name).glob("hook_*")]

    assert sorted(held) == sorted(f"hook_{source}" for source in HOOK_SOURCES)


def test_what_was_given_once_stays(given: Path) -> None:
    before = {file: file.read_text() for file in given.rglob("*") if file.is_file()}

    list(give_secrets(given))

    assert {file: file.read_text() for file in given.rglob("*") if file.is_file()} == before
