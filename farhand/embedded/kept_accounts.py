"""Accounts and groups of the identity provider in one SQLite file, so that a restart keeps them."""

import sqlite3
from itertools import count
from pathlib import Path
from typing import Any, cast

from scim2_models import Meta, Resource, ResourceType, ScimProvider
from scim2_server.memory import InMemoryStorage

TABLE = """
create table if not exists resource (
    id      text    primary key,
    kind    text    not null,
    version integer not null,
    body    text    not null
)
"""


class KeptAccounts(InMemoryStorage):
    """All in memory for searches, and each change in the file before it is answered.

    Raises sqlite3.Error where the file cannot be written, which the server answers with 500.
    """

    def __init__(self, file: Path, provider: ScimProvider) -> None:
        super().__init__()
        self._file = sqlite3.connect(file, isolation_level=None)
        self._file.execute("pragma journal_mode = wal")
        self._file.execute("pragma synchronous = normal")
        self._file.execute("pragma secure_delete = on")
        self._file.execute(TABLE)
        models = {
            each.name: cast("type[Resource[Any]]", provider.model_for(each))
            for each in provider.resource_types
        }
        rows = self._file.execute("select kind, body from resource").fetchall()
        self.resources = [models[kind].model_validate_json(body) for kind, body in rows]
        last = self._file.execute("select coalesce(max(version), 0) from resource").fetchone()[0]
        self.versions = count(last + 1)

    def close(self) -> None:
        """Let go of the file; what it keeps stays."""
        self._file.close()

    def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        with self.lock:
            return self._keep(super().create(resource_type, resource))

    def update(
        self,
        resource_type: ResourceType,
        resource: Resource[Any],
        *,
        expected_version: str | None = None,
    ) -> Resource[Any]:
        with self.lock:
            changed = super().update(resource_type, resource, expected_version=expected_version)
            return self._keep(changed)

    def delete(
        self, resource_type: ResourceType, resource_id: str, *, expected_version: str | None = None
    ) -> None:
        with self.lock:
            super().delete(resource_type, resource_id, expected_version=expected_version)
            self._file.execute("delete from resource where id = ?", (resource_id,))
            # What is deleted is overwritten, and the log that still tells of it is cut.
            self._file.execute("pragma wal_checkpoint(truncate)")

    def _keep(self, resource: Resource[Any]) -> Resource[Any]:
        meta = cast("Meta", resource.meta)
        version = int(str(meta.version)[len('W/"') : -1])
        self._file.execute(
            "insert or replace into resource (id, kind, version, body) values (?, ?, ?, ?)",
            (resource.id, meta.resource_type, version, resource.model_dump_json()),
        )
        return resource
