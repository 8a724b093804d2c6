"""The front doors of onboarding: what HR systems report becomes commands, contacts sealed."""

from typing import Final

from libs.common.message import Command
from libs.common.service import FrontDoor, Tools
from services.onboarding.commands import ReportCancel, ReportHire, ReportLeaving, ReportStay
from services.onboarding.hints import FollowHint
from services.onboarding.report import CancelReport, HireReport, LeaveReport, Report, StayReport
from services.onboarding.sealed_profile import sealed_profile
from services.onboarding.sources.bamboohr import BambooHR
from services.onboarding.sources.canonical import EVENT_TYPES
from services.onboarding.sources.greenhouse import Greenhouse
from services.onboarding.sources.merge import Merge
from services.onboarding.sources.standard import StandardWebhooks

HRIS_INBOX: Final = "hris.inbox"
"""The Kafka topic for HR systems that produce CloudEvents; they hold the canonical hire."""


async def admit(report: Report | FollowHint, tools: Tools) -> tuple[str, Command]:
    """Seal the contacts of a report, if it holds any; it is about the hire that it names."""
    key = str(report.hire_id)
    match report:
        case FollowHint():
            return key, report
        case CancelReport():
            return key, ReportCancel(hire_id=report.hire_id, reported_at=report.reported_at)
        case LeaveReport():
            last_day, at = report.last_day, report.reported_at
            return key, ReportLeaving(hire_id=report.hire_id, last_day=last_day, reported_at=at)
        case StayReport():
            return key, ReportStay(hire_id=report.hire_id, reported_at=report.reported_at)
        case HireReport():
            return key, await _report_hire(report, tools)


async def _report_hire(report: HireReport, tools: Tools) -> ReportHire:
    return ReportHire(
        hire_id=report.hire_id,
        source="hris",
        profile=await sealed_profile(report, tools.vault),
        reported_at=report.reported_at,
        newcomers_only=report.newcomers_only,
    )


FRONT_DOORS: Final = (
    FrontDoor(StandardWebhooks(), admit, topic=HRIS_INBOX, event_types=EVENT_TYPES),
    FrontDoor(Greenhouse(), admit),
    FrontDoor(BambooHR(), admit),
    FrontDoor(Merge(), admit),
)
