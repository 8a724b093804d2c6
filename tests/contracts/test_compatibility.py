"""Contracts only grow: what was once published is read for ever, and the files say what is true."""

import json
from pathlib import Path
from typing import Any

import pytest

from libs.common.contracts import CATALOG
from libs.common.contracts.compatibility import PUBLISHED, breaks, covers, stale
from libs.common.message import Event

OURS = {name: each for name, each in CATALOG.items() if each.__module__.startswith("libs.")}
OLD: dict[str, Any] = {
    "type": "object",
    "properties": {"hire": {"type": "string"}, "days": {"type": "integer"}},
    "required": ["hire"],
}


def schema(**changes: Any) -> dict[str, Any]:
    return OLD | changes


def test_every_contract_reads_what_its_schema_allows_and_is_up_to_date() -> None:
    assert list(breaks(OURS)) == []
    assert list(stale(OURS)) == []


@pytest.mark.parametrize(
    ("new", "reads"),
    [
        pytest.param(schema(), True, id="unchanged"),
        pytest.param(
            schema(properties=OLD["properties"] | {"zone": {"type": "string"}}),
            True,
            id="an optional field more",
        ),
        pytest.param(schema(required=["hire", "days"]), False, id="an optional field is required"),
        pytest.param(
            schema(properties=OLD["properties"] | {"days": {"type": "string"}}),
            False,
            id="a field of another type",
        ),
        pytest.param(
            schema(properties=OLD["properties"] | {"days": {"type": "integer", "maximum": 30}}),
            False,
            id="a field is narrower",
        ),
    ],
)
def test_what_counts_as_compatible(new: dict[str, Any], reads: bool) -> None:  # noqa: FBT001
    assert covers(OLD, new) is reads


@pytest.mark.parametrize("path", sorted(PUBLISHED.glob("*.json")), ids=lambda path: path.stem)
def test_what_was_published_is_still_read(path: Path) -> None:
    name = path.stem.rpartition(".")[0]
    contract: type[Event] = CATALOG[name]
    event = contract.model_validate_json(path.read_text())
    assert event.subject == str(json.loads(path.read_text())[contract.subject_field])


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_newer_emitter_may_say_more(name: str) -> None:
    contract = OURS[name]
    assert contract.model_validate(contract.example | {"said_by_a_newer_release": 1})


@pytest.mark.parametrize("name", sorted(OURS))
def test_an_event_survives_the_wire(name: str) -> None:
    event = OURS[name].model_validate(OURS[name].example)
    assert OURS[name].model_validate_json(event.model_dump_json()) == event
