"""Contracts only grow: a schema that is checked in is replaced only by one that reads all of it.

`schemas/` holds the JSON Schema of each event; `published/` an example of each shape that an event
has ever had. Files of `published/` are never edited or removed: a topic may still hold such events.
"""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, cast

import jsonschema_rs

from libs.common.message import Event

SCHEMAS: Final = Path(__file__).parent / "schemas"
PUBLISHED: Final = Path(__file__).parent / "published"

Catalog = Mapping[str, type[Event]]


def written(document: Mapping[str, Any]) -> str:
    """A document as it stands in its file."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def covers(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether the new schema provably reads all that the old one described; unknown is no.

    A schema allows fields that it does not name, so that readers ignore them; an emitter of the old
    one wrote none of those, so they do not count.
    """
    described = jsonschema_rs.canonicalize(closed(old))
    reads = jsonschema_rs.canonicalize(dict(new)).covers(described)
    return reads is reads.YES


def closed(schema: Any) -> Any:
    """A schema that allows only the fields it names, at every depth."""
    if isinstance(schema, list):
        return [closed(each) for each in cast("list[Any]", schema)]
    if not isinstance(schema, Mapping):
        return schema
    parts = {name: closed(each) for name, each in cast("Mapping[str, Any]", schema).items()}
    return parts | {"additionalProperties": False} if "properties" in parts else parts


def breaks(catalog: Catalog) -> Iterator[str]:
    """A sentence for each contract that no longer reads what its checked-in schema allows."""
    for path in sorted(SCHEMAS.glob("*.json")):
        contract = catalog.get(path.stem)
        if contract is None:
            yield f"{path.stem} has a schema and no contract; what was published must stay readable"
        elif not covers(json.loads(path.read_text()), contract.json_schema()):
            yield (
                f"{path.stem} no longer reads all that its schema allows: "
                "make what is new optional, or add the next version beside it"
            )


def stale(catalog: Catalog) -> Iterator[str]:
    """A sentence for each contract whose files are not the ones checked in."""
    for name, contract in catalog.items():
        for path, text in _files(name, contract):
            if not path.exists() or path.read_text() != text:
                yield f"{name}: {path.name} is not up to date, run python -m libs.common.contracts"


def write(catalog: Catalog) -> None:
    """Write the schema of every contract, and keep its example if that is a new shape."""
    for name, contract in catalog.items():
        for path, text in _files(name, contract):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)


def _files(name: str, contract: type[Event]) -> tuple[tuple[Path, str], ...]:
    example = written(contract.example)
    shape = sha256(example.encode()).hexdigest()[:8]
    return (
        (SCHEMAS / f"{name}.json", written(contract.json_schema())),
        (PUBLISHED / f"{name}.{shape}.json", example),
    )
