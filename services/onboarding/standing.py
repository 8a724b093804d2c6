"""Where a hire stands and what is in its way, from what is known of it and nothing else."""

from typing import Final, TypeAlias

from libs.common.contracts.compliance import Verdict
from libs.common.contracts.onboarding import HireStatus
from libs.common.contracts.values import Owner
from services.onboarding.model import Journey

Blocks: TypeAlias = tuple[Owner, tuple[str, ...]]
"""Who has to resolve what."""

WITHHELD: Final = "Access to {resource} was ended by hand: restore it once that is safe."
LACKING: Final = (
    "The device is not shown to have what the risk tier {tier} demands ({lacking}): "
    "access is closed until a report of the device manager shows it."
)


def blocks(journey: Journey) -> Blocks | None:
    """Who has to resolve what before the hire can go on; None if nothing is in its way.

    For one that has ended, only access that could not be taken back still is.
    """
    ruling = journey.ruling if journey.ending is None else None
    if ruling is not None and ruling.blocks:
        return ruling.owner, ruling.blocks
    troubles = [each.trouble for each in journey.access if each.trouble]
    if journey.ending is None:
        troubles += [WITHHELD.format(resource=each) for each in journey.withheld]
        troubles += _posture(journey)
    return (Owner.IT, tuple(troubles)) if troubles else None


def _posture(journey: Journey) -> list[str]:
    if journey.risk is None or not journey.lacking:
        return []
    controls = ", ".join(each.replace("_", " ") for each in journey.lacking)
    return [LACKING.format(tier=journey.risk.tier, lacking=controls)]


def status_of(journey: Journey) -> HireStatus:
    """Where the hire stands."""
    if journey.ending is not None:
        return HireStatus(journey.ending.value)
    if blocks(journey) is not None:
        return HireStatus.BLOCKED
    return _before_start(journey) if journey.started_at is None else _since_start(journey)


def _before_start(journey: Journey) -> HireStatus:
    if journey.ruling is None:
        return HireStatus.ANNOUNCED
    if journey.ruling.verdict is not Verdict.CLEAR:
        return HireStatus.CHECKING
    return HireStatus.READY if journey.is_equipped else HireStatus.PROVISIONING


def _since_start(journey: Journey) -> HireStatus:
    if journey.last_day is not None:
        return HireStatus.LEAVING
    clear = journey.ruling is not None and journey.ruling.verdict is Verdict.CLEAR
    return HireStatus.ACTIVE if clear else HireStatus.CHANGING
