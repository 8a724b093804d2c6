"""The state of a person's device, as its manager reports it, against what their tier demands.

A report is whole: what it does not show to hold, does not. One that has run out shows nothing.
Until the first report a device counts as checked by hand: that is a task (`device-posture.yaml`).
"""

from datetime import datetime
from typing import Final

from libs.common.contracts.values import Instant, Value
from services.onboarding.risk import Assessment, Control

OF_A_DEVICE: Final = (
    Control.DISK_ENCRYPTION,
    Control.OS_MINIMUM,
    Control.FIREWALL,
    Control.SCREEN_LOCK,
)
"""The controls that a device manager sees; the others are seen to by people and adapters."""


class Posture(Value):
    """The newest report: what holds, when that was so, and until when it may be relied on."""

    shown: tuple[Control, ...]
    observed_at: Instant
    valid_until: Instant | None = None

    def has_run_out(self, now: datetime) -> bool:
        """Whether it shows nothing any more."""
        return self.valid_until is not None and now >= self.valid_until


def lacking(posture: Posture | None, risk: Assessment | None, now: datetime) -> tuple[Control, ...]:
    """The controls of the device that the tier demands and the newest report does not show."""
    if posture is None or risk is None:
        return ()
    shown = () if posture.has_run_out(now) else posture.shown
    return tuple(each for each in OF_A_DEVICE if each in risk.controls and each not in shown)
