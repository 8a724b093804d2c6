"""The employees of the simulated BambooHR: their fields now and later, and when they changed."""

import json
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

NO_DATE: Final = "0000-00-00"
"""How BambooHR writes a date that is not set."""
DATES: Final = frozenset({"hireDate", "terminationDate"})

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Record:
    """One employee; `later` holds values that take effect in the future."""

    id: str
    action: str
    """Inserted, Updated or Deleted: what happened to it last"""
    changed_at: datetime
    fields: Fields = field(default_factory=Fields)
    later: Fields = field(default_factory=Fields)

    @property
    def exists(self) -> bool:
        """Whether it was not deleted."""
        return self.action != "Deleted"

    def shown(self, names: list[str], *, only_current: bool) -> Fields:
        """The fields asked for, as the API answers; what does not exist is left out."""
        values = self.fields if only_current else self.fields | self.later
        values = values | {"lastChanged": moment(self.changed_at)}
        dates = {name: NO_DATE for name in DATES if not values.get(name)}
        return {"id": self.id} | {
            name: value for name, value in (values | dates).items() if name in names
        }


class Records:
    """All employees, kept in a file; the reading before the last change is kept as well."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / "employees.json"
        self._now: dict[str, Record] = self._load()
        self._before: dict[str, Record | None] = {}

    def get(self, employee_id: str, *, stale: bool = False) -> Record | None:
        """One employee; `stale` is how it was before it last changed. None where deleted."""
        kept = self._before if stale and employee_id in self._before else self._now
        record = kept.get(employee_id)
        return record if record is not None and record.exists else None

    def put(self, employee_id: str, fields: Fields, later: Fields, at: datetime) -> Record:
        """Add an employee, or change fields of one; None removes a field."""
        known = self.get(employee_id)
        record = Record(
            employee_id,
            "Updated" if known else "Inserted",
            at,
            _merged(known.fields if known else {}, fields),
            _merged(known.later if known else {}, later),
        )
        self._keep(record)
        return record

    def delete(self, employee_id: str, at: datetime) -> bool:
        """Delete an employee; False if there is no such one."""
        known = self.get(employee_id)
        if known is None:
            return False
        self._keep(replace(known, action="Deleted", changed_at=at))
        return True

    def changed_since(self, since: datetime) -> list[Record]:
        """Who changed after a moment, the earliest change first."""
        changed = [record for record in self._now.values() if record.changed_at > since]
        return sorted(changed, key=lambda record: record.changed_at)

    def _keep(self, record: Record) -> None:
        self._before[record.id] = self._now.get(record.id)
        self._now[record.id] = record
        kept = [
            asdict(each) | {"changed_at": moment(each.changed_at)} for each in self._now.values()
        ]
        draft = self._file.with_suffix(".new")
        draft.write_text(json.dumps(kept, ensure_ascii=False), "utf-8")
        draft.replace(self._file)

    def _load(self) -> dict[str, Record]:
        if not self._file.exists():
            return {}
        kept: list[dict[str, Any]] = json.loads(self._file.read_text("utf-8"))
        read = [_record(each) for each in kept]
        return {record.id: record for record in read}


def _record(kept: dict[str, Any]) -> Record:
    read: dict[str, Any] = {**kept, "changed_at": parse(kept["changed_at"])}
    return Record(**read)


def moment(instant: datetime) -> str:
    """A moment as BambooHR writes it, to the second."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")


def parse(text: str) -> datetime:
    """A moment with its offset from UTC; raises ValueError."""
    read = datetime.fromisoformat(text)
    if read.tzinfo is None:
        raise ValueError("a moment needs its offset from UTC")
    return read


def _merged(known: Fields, changes: Fields) -> Fields:
    return {name: value for name, value in (known | changes).items() if value is not None}
