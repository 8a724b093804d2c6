"""The HR department of a company with BambooHR, as it works in the simulated one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx2

from services.onboarding.report import hire_id_of
from services.onboarding.sources.bamboohr import NAME


@dataclass(frozen=True, slots=True)
class HrDepartment:
    """Adds and changes employees; each time the signed webhook goes out, repeated if need be.

    `address` is that of the simulated BambooHR, `http://127.0.0.1:PORT`; `token` is the API token.
    """

    http: httpx2.AsyncClient
    address: str
    token: str

    async def put(
        self,
        employee_id: str,
        fields: Mapping[str, Any],
        *,
        at: datetime,
        later: Mapping[str, Any] | None = None,
        hook: bool = True,
    ) -> bool:
        """Add an employee, or change some fields, as of a moment of the product's time.

        `fields` has BambooHR's names (`services/onboarding/sources/README.md`), None removes one;
        `later` are values that take effect in the future. Returns whether the webhook was taken at
        once. Raises httpx2.HTTPError.
        """
        change = {"fields": dict(fields), "later": dict(later or {}), "at": at.isoformat()}
        answer = await self.http.put(
            self._of(employee_id), json={**change, "hook": hook}, headers=self._bearer
        )
        return bool(answer.raise_for_status().json()["told"])

    async def delete(self, employee_id: str, *, at: datetime) -> bool:
        """Delete an employee; returns whether the webhook was taken at once."""
        answer = await self.http.delete(
            self._of(employee_id), params={"at": at.isoformat()}, headers=self._bearer
        )
        return bool(answer.raise_for_status().json()["told"])

    async def misbehave(self, employee_id: str, kind: str, **details: int) -> None:
        """Have the next reads of an employee answer a status, or lag ("status" or "stale")."""
        fault = {"employee_id": employee_id, "kind": kind, **details}
        answer = await self.http.post(
            f"{self.address}/admin/faults", json=fault, headers=self._bearer
        )
        answer.raise_for_status()

    def _of(self, employee_id: str) -> str:
        return f"{self.address}/admin/employees/{employee_id}"

    @property
    def _bearer(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}


def hire_of(employee_id: str) -> UUID:
    """The id that Farhand derives for an employee of BambooHR."""
    return hire_id_of(NAME, employee_id)
