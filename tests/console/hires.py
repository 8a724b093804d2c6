"""Events about made-up hires, as the other services tell them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from libs.common.contracts.compliance import CheckDecided, Finding
from libs.common.contracts.onboarding import (
    HireAnnounced,
    HireBlocked,
    HireStatus,
    HireStatusChanged,
    TaskAssigned,
    TaskKind,
)
from libs.common.contracts.values import Engagement, Owner, Profile
from libs.common.database import Pool
from libs.common.message import Event
from libs.common.projection import Received
from services.console.projection import follow_hires

ALICE, BOB, CAROL = UUID(int=1), UUID(int=2), UUID(int=3)
LAPTOP, VPN = UUID(int=11), UUID(int=12)
NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
START = date(2026, 12, 8)
DAY = timedelta(days=1)
SEALED = f"sealed.v1.{ALICE}.c2VhbGVk"


def announced(hire: UUID = ALICE, **changes: Any) -> HireAnnounced:
    profile = {
        "jurisdiction": "PT",
        "timezone": "Europe/Lisbon",
        "role": "ML engineer",
        "engagement": Engagement.EMPLOYEE,
        "starts_on": START,
        "worker": SEALED,
    }
    profile = Profile.model_validate(profile | changes)
    return HireAnnounced(hire_id=hire, announced_at=NOW, profile=profile)


def stands(status: HireStatus, hire: UUID = ALICE) -> HireStatusChanged:
    return HireStatusChanged(hire_id=hire, before=None, status=status, changed_at=NOW)


def blocked(hire: UUID = ALICE, owner: Owner = Owner.LEGAL) -> HireBlocked:
    reasons = ("probation: 12 months is longer than the 180 days the law allows",)
    return HireBlocked(hire_id=hire, owner=owner, reasons=reasons, since=NOW)


def assigned(hire: UUID = ALICE, task: UUID = LAPTOP, owner: Owner = Owner.IT) -> TaskAssigned:
    return TaskAssigned(
        hire_id=hire,
        task_id=task,
        kind=TaskKind.DEVICE,
        title="Order a laptop and have it delivered",
        owner=owner,
        due_on=START - 2 * DAY,
        timezone="Europe/Lisbon",
        why="The device must arrive before the start.",
    )


def decided(hire: UUID = ALICE, version: int = 1) -> CheckDecided:
    finding: dict[str, Any] = CheckDecided.example["findings"][0]
    return CheckDecided.model_validate(
        CheckDecided.example
        | {
            "hire_id": hire,
            "version": version,
            "findings": [
                Finding.model_validate(finding | {"remedy": "State <b>the</b> probation"})
            ],
        }
    )


def received(*events: Event, at: datetime = NOW) -> Sequence[Received[Any]]:
    return [
        Received(f"{event.type} {event.subject} {number} {at}", at, event)
        for number, event in enumerate(events)
    ]


async def told(pool: Pool, *events: Event, at: datetime = NOW) -> None:
    """Let the read model follow events, as one batch."""
    async with pool.acquire() as conn, conn.transaction():
        await follow_hires.project(conn, received(*events, at=at))
