"""The rules for a broker name what the services read and write, and nothing beyond."""

import pytest

from farhand.services import SERVICES
from farhand.topic_access import ACCESS, written_by
from libs.common.contracts import CATALOG
from libs.common.contracts.operations import EVERY_SERVICE
from libs.common.service import Service
from services.compliance import __main__ as compliance
from services.compliance.law import load_law
from services.console import __main__ as console
from services.metrics import __main__ as metrics
from services.notify import __main__ as notify
from services.notify.directory import Directory
from services.onboarding import __main__ as onboarding


def declared(name: str) -> Service:
    match name:
        case "compliance":
            return compliance.service(load_law())
        case "notify":
            return notify.service(Directory.read("", "http://127.0.0.1"))
        case _:
            found = {"console": console, "metrics": metrics, "onboarding": onboarding}
            return found[name].service


NAMES = [service.name for service in SERVICES]


@pytest.mark.parametrize("name", NAMES)
def test_a_service_may_read_what_it_handles_and_no_more(name: str) -> None:
    service = declared(name)

    assert ACCESS[name].reads == set(service.topics)
    assert ACCESS[name].doors == {door.topic for door in service.front_doors} - {None}


@pytest.mark.parametrize("name", NAMES)
def test_a_service_may_write_what_it_emits_and_no_more(name: str) -> None:
    emitted = {each.topic for each in CATALOG.values() if each.emitter in (name, EVERY_SERVICE)}

    assert written_by(name) == emitted


def test_every_service_has_its_rules() -> None:
    assert sorted(ACCESS) == sorted(NAMES)
