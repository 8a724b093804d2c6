"""A server that answers as BambooHR's API does, and whose employees can be changed.

`python -m farhand.embedded.bamboohr_server PORT FOLDER SECRETS HOOK_URL`

Under `/api/v1` it is BambooHR, with the API key of the secrets; under `/admin`, with the API token,
employees are added and changed, and it is told to misbehave as the real one may.
"""

import hmac
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Query
from fastapi.security import (
    HTTPAuthorizationCredentials,
    HTTPBasic,
    HTTPBasicCredentials,
    HTTPBearer,
)
from pydantic import AwareDatetime, BaseModel, Field

from farhand.credentials import Credentials
from farhand.embedded.bamboohr_hook import Webhook
from farhand.embedded.bamboohr_records import Records, moment
from libs.common.clock import wall

EMPTY: Final = "1970-01-01T00:00:00+00:00"
HOOKED: Final = {"Inserted": "employee.created", "Updated": "employee.updated"}


class Change(BaseModel):
    """Fields to set, by BambooHR's names; null removes one. `at` is when, by default now."""

    fields: dict[str, Any] = {}
    later: dict[str, Any] = {}
    at: AwareDatetime | None = None
    hook: bool = True


class Target(BaseModel):
    """Where webhooks go."""

    url: str


class Fault(BaseModel):
    """What the next reads of an employee answer: a status, or how it was before it last changed."""

    employee_id: str
    kind: Literal["status", "stale"]
    times: int = Field(default=1, ge=1)
    status: int = 503
    retry_after: int | None = None


@dataclass(slots=True)
class Bamboo:
    """The state of the server."""

    records: Records
    webhook: Webhook
    api_key: str
    token: str
    faults: list[Fault] = field(default_factory=list[Fault])

    def fault(self, employee_id: str) -> Fault | None:
        """The next fault of reading an employee, counted."""
        mine = [each for each in self.faults if each.employee_id == employee_id]
        if not mine:
            return None
        place = self.faults.index(mine[0])
        if mine[0].times > 1:
            self.faults[place] = mine[0].model_copy(update={"times": mine[0].times - 1})
        else:
            self.faults.pop(place)
        return mine[0]


def application(bamboo: Bamboo) -> FastAPI:
    """The server's routes over a state."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        yield
        await bamboo.webhook.close()

    app = FastAPI(title="BambooHR, simulated", lifespan=lifespan)
    _add_api(app, bamboo)
    _add_admin(app, bamboo)

    @app.get("/health")
    async def health() -> str:
        return "ready"

    del health
    return app


def _add_api(app: FastAPI, bamboo: Bamboo) -> None:
    async def with_key(given: Annotated[HTTPBasicCredentials, Depends(HTTPBasic())]) -> None:
        if not hmac.compare_digest(given.username.encode(), bamboo.api_key.encode()):
            raise HTTPException(401, "the API key is not known")

    @app.get("/api/v1/employees/changed", dependencies=[Depends(with_key)])
    async def changed(since: AwareDatetime) -> dict[str, Any]:
        records = bamboo.records.changed_since(since)
        return {
            "latest": moment(records[-1].changed_at) if records else EMPTY,
            "employees": {
                each.id: {
                    "id": each.id,
                    "action": each.action,
                    "lastChanged": moment(each.changed_at),
                }
                for each in records
            },
        }

    @app.get("/api/v1/employees/{employee_id}", dependencies=[Depends(with_key)])
    async def employee(
        employee_id: str,
        fields: str = "",
        only_current: Annotated[bool, Query(alias="onlyCurrent")] = True,  # noqa: FBT002
    ) -> dict[str, Any]:
        stale = _misbehave(bamboo, employee_id)
        record = bamboo.records.get(employee_id, stale=stale)
        if record is None:
            raise HTTPException(404, headers={"X-BambooHR-Error-Message": "Employee not found"})
        return record.shown(fields.split(","), only_current=only_current)

    del changed, employee


def _misbehave(bamboo: Bamboo, employee_id: str) -> bool:
    """Whether to answer from before the last change; raises the status that was asked for."""
    fault = bamboo.fault(employee_id)
    if fault is None or fault.kind == "stale":
        return fault is not None
    wait = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    raise HTTPException(fault.status, headers=wait)


def _add_admin(app: FastAPI, bamboo: Bamboo) -> None:
    async def with_token(
        given: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())],
    ) -> None:
        if not hmac.compare_digest(given.credentials.encode(), bamboo.token.encode()):
            raise HTTPException(401, "the API token is not known")

    allowed = [Depends(with_token)]

    @app.put("/admin/employees/{employee_id}", dependencies=allowed)
    async def put(employee_id: str, change: Change) -> dict[str, Any]:
        at = change.at or wall()
        record = bamboo.records.put(employee_id, change.fields, change.later, at)
        names = sorted({*change.fields, *change.later})
        told = change.hook and await bamboo.webhook.tell(
            HOOKED[record.action], employee_id, at, names
        )
        return {"id": employee_id, "action": record.action, "told": told}

    @app.delete("/admin/employees/{employee_id}", dependencies=allowed)
    async def delete(
        employee_id: str,
        at: AwareDatetime | None = None,
        hook: bool = True,  # noqa: FBT001, FBT002  # a query parameter
    ) -> dict[str, Any]:
        when = at or wall()
        if not bamboo.records.delete(employee_id, when):
            raise HTTPException(404, "there is no such employee")
        told = hook and await bamboo.webhook.tell("employee.deleted", employee_id, when, [])
        return {"id": employee_id, "action": "Deleted", "told": told}

    @app.put("/admin/webhook", dependencies=allowed)
    async def webhook(target: Target) -> dict[str, str]:
        bamboo.webhook.url = target.url
        return {"url": target.url}

    @app.post("/admin/faults", dependencies=allowed)
    async def fault(fault: Fault) -> dict[str, int]:
        bamboo.faults.append(fault)
        return {"faults": len(bamboo.faults)}

    del put, delete, webhook, fault


def main(port: int, folder: Path, secrets: Path, hook: str) -> None:
    """Serve until told to end."""
    credentials = Credentials(secrets)
    bamboo = Bamboo(
        Records(folder),
        Webhook(hook, credentials.read("hook_bamboohr")),
        credentials.read("bamboohr_api_key"),
        credentials.read("api_token"),
    )
    uvicorn.run(application(bamboo), host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4])
