"""BambooHR: something about an employee is other now, told by id only.

Signed by `X-BambooHR-Signature`, the lowercase hex HMAC-SHA256 of the body as sent and then the
`X-BambooHR-Timestamp` (seconds since 1970), nothing in between. A delivery has no id: the same
body under the same time is the same delivery. Both forms are read, the event-based one and the
older field-based one, which may be about several people and whose values are not used.
Source: BambooHR developer documentation, "Webhooks"; its published signature sample is a test.
"""

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Annotated, Any, Final

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
)

from libs.common.intake import REPLAY_WINDOW, Delivery, Unauthorized, Unreadable
from services.onboarding.hints import FollowHint, Hint
from services.onboarding.report import hire_id_of
from services.onboarding.sources.body import read_json

NAME: Final = "bamboohr"
DELETED: Final = "employee.deleted"
CHANGED: Final = frozenset({"employee.created", "employee.updated"})

_SECONDS: Final = re.compile(r"[0-9]{1,11}")
_EPOCH: Final = datetime.fromtimestamp(0, UTC)


def _as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Id = Annotated[str, BeforeValidator(_as_text), StringConstraints(pattern=r"^[0-9]{1,20}$")]


class Part(BaseModel):
    """A tolerant reading of one object."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class AnyBody(Part):
    """Any body: an event, or the people of a field-based one."""

    type: str | None = None
    employees: list[Any] | None = None


class Subject(Part):
    """Whom an event is about."""

    employee_id: Id = Field(alias="employeeId")


class EmployeeEvent(Part):
    """An event-based body."""

    type: str
    timestamp: AwareDatetime | None = None
    data: Subject


class ChangedEmployee(Part):
    """One employee of a field-based body; older ones say neither action nor time."""

    id: Id
    action: str = "Updated"
    timestamp: AwareDatetime | None = None


class FieldBased(Part):
    """A field-based body."""

    employees: tuple[ChangedEmployee, ...]


_EVENT: Final = TypeAdapter(AnyBody)
_EMPLOYEE_EVENT: Final = TypeAdapter(EmployeeEvent)
_FIELD_BASED: Final = TypeAdapter(FieldBased)


@dataclass(frozen=True, slots=True)
class BambooHR:
    """Webhooks `employee.created`, `employee.updated` and `employee.deleted`, and field-based."""

    name: str = NAME
    accepted_status: int = 202

    def verify(self, delivery: Delivery, secrets: Sequence[str], now: datetime) -> None:
        """Check the time, then the signature against each secret; raises Unauthorized."""
        timestamp = delivery.header("X-BambooHR-Timestamp")
        _check_age(timestamp, now)
        given = delivery.header("X-BambooHR-Signature").strip().encode(errors="replace")
        signed = delivery.body + timestamp.encode()
        # Every secret is tried, so that the time taken tells nothing about which one matched.
        matches = [hmac.compare_digest(_hex(secret, signed), given) for secret in secrets]
        if not any(matches):
            raise Unauthorized("X-BambooHR-Signature is not one of the body as received")

    def delivery_id(self, delivery: Delivery) -> str:
        """The hash of the body and the signed time."""
        signed = delivery.body + delivery.header("X-BambooHR-Timestamp").encode()
        return f"sha256:{sha256(signed).hexdigest()}"

    def read(self, body: bytes) -> tuple[FollowHint, ...]:
        """Whom to look up; empty where it is about something else than employees.

        Raises Unreadable.
        """
        event = read_json(_EVENT, body)
        if event.type is not None:
            return self._event(event.type, body)
        if event.employees is None:
            raise Unreadable("type: is missing, and there are no employees either")
        people = read_json(_FIELD_BASED, body).employees
        return tuple(
            self._hint(one.id, one.timestamp, deleted=one.action.casefold() == "deleted")
            for one in people
        )

    def _event(self, kind: str, body: bytes) -> tuple[FollowHint, ...]:
        if kind != DELETED and kind not in CHANGED:
            return ()
        event = read_json(_EMPLOYEE_EVENT, body)
        at = event.timestamp
        return (self._hint(event.data.employee_id, at, deleted=kind == DELETED),)

    def _hint(self, employee_id: str, at: datetime | None, *, deleted: bool) -> FollowHint:
        hint = Hint(source=self.name, employee_id=employee_id, deleted=deleted, hinted_at=at)
        return FollowHint(hire_id=hire_id_of(self.name, employee_id), hint=hint)


def _hex(secret: str, signed: bytes) -> bytes:
    return hmac.digest(secret.encode(), signed, "sha256").hex().encode()


def _check_age(timestamp: str, now: datetime) -> None:
    if not _SECONDS.fullmatch(timestamp):
        raise Unauthorized("X-BambooHR-Timestamp must be whole seconds since 1970")
    age = now - (_EPOCH + timedelta(seconds=int(timestamp)))
    if abs(age) > REPLAY_WINDOW:
        when = "old" if age > timedelta(0) else "far ahead"
        minutes = int(REPLAY_WINDOW.total_seconds() // 60)
        raise Unauthorized(
            f"X-BambooHR-Timestamp is too {when}: more than {minutes} minutes from now"
        )
