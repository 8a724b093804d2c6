"""What follows from where a hire stands: its tasks, access, timers and status, derived anew.

Every rule of the journey changes what is known and then comes here, where all that hangs on the
facts is compared with what is already there.
"""

from dataclasses import dataclass, field
from typing import Final

from libs.common.contracts.onboarding import (
    DevicePostureChanged,
    HireBlocked,
    HireReady,
    HireStarted,
    HireStatus,
    HireStatusChanged,
)
from libs.common.decider import CancelTimer, Decision, SetTimer
from libs.common.message import Effect
from services.onboarding.assignments import Assignments
from services.onboarding.commands import FirstDay, LastDayOver, PostureRunsOut, TiersChange
from services.onboarding.local_day import due_at, starts_at
from services.onboarding.model import Access, Block, Ending, Grant, Journey
from services.onboarding.posture import lacking
from services.onboarding.resources import RESOURCES, asked, wish
from services.onboarding.standing import blocks, status_of

AWAITED: Final = (FirstDay, LastDayOver, TiersChange, PostureRunsOut)
"""The moments that a hire which has ended waits for no more."""


@dataclass(slots=True)
class Advance(Assignments):
    """A journey on its way to the next state, and all that leaves with it."""

    effects: list[Effect] = field(default_factory=list[Effect])

    def decision(self) -> Decision[Journey]:
        """Settle tasks, access, readiness and status, and answer with all of it."""
        self.ask_for_what_can_begin()
        self._settle_posture()
        self._settle_access()
        self._settle_readiness()
        self._settle_status()
        self._settle_block()
        return Decision(self.journey, tuple(self.events), tuple(self.timers), tuple(self.effects))

    def expect_first_day(self) -> None:
        """Wake the journey when the first day of work begins, in the hire's own zone.

        One that had begun and is moved into the future has yet to begin.
        """
        journey = self.journey
        begins = starts_at(journey.profile.starts_on, journey.profile.timezone)
        if journey.started_at is None or begins > self.now:
            self.journey = journey.evolve(started_at=None)
            self.timers.append(SetTimer(begins, FirstDay()))

    def expect_last_day(self) -> None:
        """Wake the journey when the last day of work is over there, if one is known."""
        last_day, zone = self.journey.last_day, self.journey.profile.timezone
        if last_day is not None:
            self.timers.append(SetTimer(due_at(last_day, zone), LastDayOver()))

    def end(self, ending: Ending, why: str) -> None:
        """End this period: nothing is left to do, and no access is left."""
        for task in self.journey.tasks:
            if task.is_unfinished:
                self.drop(task, why)
        self.timers += [CancelTimer(each) for each in AWAITED]
        self.journey = self.journey.evolve(ending=ending)

    def _settle_posture(self) -> None:
        """Tell when the device begins or ceases to be as demanded; wake as its report runs out."""
        journey, posture = self.journey, self.journey.posture
        if posture is None or journey.risk is None or journey.ending is not None:
            return
        if posture.valid_until is not None and not posture.has_run_out(self.now):
            self.timers.append(SetTimer(posture.valid_until, PostureRunsOut()))
        else:
            self.timers.append(CancelTimer(PostureRunsOut))
        found = lacking(posture, journey.risk, self.now)
        if found == journey.lacking:
            return
        self.journey = journey.evolve(lacking=found)
        self.events.append(
            DevicePostureChanged(
                hire_id=journey.hire_id,
                tier=journey.risk.tier,
                holds=not found,
                lacking=found,
                observed_at=posture.observed_at,
                changed_at=self.now,
            )
        )

    def _settle_access(self) -> None:
        for resource in RESOURCES:
            self._settle_access_to(resource)

    def _settle_access_to(self, resource: str) -> None:
        journey, access = self.journey, self.journey.access_to(resource)
        needed, wished = journey.needs(resource), wish(journey, resource)
        if needed and (access is None or not access.held):
            period = max(journey.period, access.period + 1 if access else 1)
            self.ask_adapter(
                Access(resource=resource, period=period, grant=Grant.ASKED, wish=wished)
            )
        elif access is not None and access.held and not needed:
            self.ask_adapter(access.evolve(grant=Grant.REVOKING, trouble=None))
        elif access is not None and access.held and access.wish != wished:
            self.ask_adapter(access.evolve(wish=wished, trouble=None))

    def ask_adapter(self, access: Access) -> None:
        """Have the adapter grant access, change what it says, or take it back."""
        self.journey = self.journey.with_access(access)
        self.effects.append(asked(self.journey, access))

    def _settle_readiness(self) -> None:
        journey, profile = self.journey, self.journey.profile
        if status_of(journey) is not HireStatus.READY:
            if journey.started_at is None and journey.ready_at is not None:
                self.journey = journey.evolve(ready_at=None)
            return
        if journey.ready_at is None:
            self.journey = journey = journey.evolve(ready_at=self.now)
            self.events.append(
                HireReady(
                    hire_id=journey.hire_id,
                    announced_at=journey.announced_at,
                    ready_at=self.now,
                    starts_on=profile.starts_on,
                )
            )
        if self.now >= starts_at(profile.starts_on, profile.timezone):
            self.journey = journey.evolve(started_at=self.now)
            self.events.append(HireStarted(hire_id=journey.hire_id, started_at=self.now))

    def _settle_status(self) -> None:
        before, status = self.journey.status, status_of(self.journey)
        if status is before:
            return
        self.journey = self.journey.evolve(status=status, since=self.now)
        self.events.append(
            HireStatusChanged(
                hire_id=self.journey.hire_id, before=before, status=status, changed_at=self.now
            )
        )

    def _settle_block(self) -> None:
        """Tell what is in the way, each time it is something else."""
        told, found = self.journey.block, blocks(self.journey)
        if found is None and told is not None:
            self.journey = self.journey.evolve(block=None)
        elif found is not None and (told is None or (told.owner, told.reasons) != found):
            owner, reasons = found
            block = Block(owner=owner, reasons=reasons, since=self.now)
            self.journey = self.journey.evolve(block=block)
            self.events.append(
                HireBlocked(
                    hire_id=self.journey.hire_id, owner=owner, reasons=reasons, since=self.now
                )
            )
