"""What containers are given before they start: to each service its own secrets, and no others."""

import os
import re
from pathlib import Path

import pytest
import yaml

from farhand import containers
from farhand.containers import ALL, OF_PART, give_secrets, put, renew
from farhand.errors import StackError
from farhand.services import HOOK_SOURCES, SERVICES
from services.console.identity_claims import ClaimRules
from services.console.words import LANGUAGES

MAKERS = ("secrets", "database")
"""Parts that make secrets, roles and schemas, and end before anything serves."""


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


@pytest.mark.parametrize("part", OF_PART)
def test_a_part_reads_one_secret_and_no_other(given: Path, part: str) -> None:
    file, secret = OF_PART[part]

    assert [each.name for each in (given / part).iterdir()] == [file]
    assert (given / part / file).read_text() == (given / ALL / secret).read_text()


COMPOSE = yaml.safe_load((Path(__file__).parents[2] / "docker-compose.yml").read_text())


@pytest.mark.parametrize("part", COMPOSE["services"])
def test_what_serves_mounts_no_secrets_but_its_own(part: str) -> None:
    mounts = [each.split(":")[0] for each in COMPOSE["services"][part].get("volumes", ())]
    held = [each for each in mounts if each.startswith("secrets-")]

    assert part in MAKERS or held in ([], [f"secrets-{part}"])


@pytest.mark.parametrize("part", ["identity", "prometheus"])
def test_what_reads_a_token_has_no_power_over_the_machine(part: str) -> None:
    runs = COMPOSE["services"][part]

    assert (runs["user"], runs["cap_drop"]) == ("10001", ["ALL"])


def test_every_front_door_has_its_secret_in_one_place(given: Path) -> None:
    held = [file.name for each in SERVICES for file in (given / each.name).glob("hook_*")]

    assert sorted(held) == sorted(f"hook_{source}" for source in HOOK_SOURCES)


def test_what_was_given_once_stays(given: Path) -> None:
    before = {file: file.read_text() for file in given.rglob("*") if file.is_file()}

    list(give_secrets(given))

    assert {file: file.read_text() for file in given.rglob("*") if file.is_file()} == before


def test_a_secret_that_others_know_is_given_once_it_was_put(given: Path) -> None:
    assert not (given / "console" / "oidc_client").exists()

    put("oidc_client", given, "a secret of the provider's\n")
    list(give_secrets(given))

    assert (given / "console" / "oidc_client").read_text() == "a secret of the provider's\n"
    assert [each.parent.name for each in given.rglob("oidc_client")].count(ALL) == 1
    assert len(list(given.rglob("oidc_client"))) == 2


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("../console/pgpass", "x", id="no secret of ours"),
        pytest.param("oidc_client", " \n", id="nothing given"),
    ],
)
def test_what_is_no_secret_is_not_kept(given: Path, name: str, content: str) -> None:
    with pytest.raises(StackError):
        put(name, given, content)


def test_a_password_is_made_anew_for_its_service_and_for_no_other(given: Path) -> None:
    before = {file: file.read_text() for file in given.rglob("pgpass")}
    renew("postgres_notify", given)
    list(give_secrets(given))

    changed = {file.parent.name for file, text in before.items() if file.read_text() != text}
    assert changed == {"notify"}


@pytest.mark.parametrize("name", ["master_key", "postgres_admin", "../notify/pgpass"])
def test_what_opens_something_is_not_thrown_away(given: Path, name: str) -> None:
    with pytest.raises(StackError):
        renew(name, given)


def test_the_stores_of_traces_fit_the_collector() -> None:
    folder = Path(__file__).parents[2] / "deploy" / "collector"
    common = yaml.safe_load((folder / "collector.yaml").read_text())
    for file in folder.glob("*.yaml"):
        config = yaml.safe_load(file.read_text())
        known = {
            kind: {*common.get(kind, ()), *config.get(kind, ()), *common["connectors"]}
            for kind in ("receivers", "processors", "exporters")
        }
        for pipeline in config["service"]["pipelines"].values():
            assert all(set(pipeline.get(kind, ())) <= known[kind] for kind in known), file


def test_who_signs_in_by_openid_is_given_roles_that_can_be_read() -> None:
    rules = ClaimRules.read(str(Path(__file__).parents[2] / "deploy" / "console" / "roles.yaml"))

    assert rules


def test_an_image_has_the_conventions_of_every_language_of_the_console() -> None:
    made = (Path(__file__).parents[2] / "deploy" / "Dockerfile").read_text()
    [kept] = re.findall(r"root\\\|\\\(([\w\\|]+)\\\)", made)

    assert set(kept.split("\\|")) == set(LANGUAGES)
