"""What is said about a hire as a whole: blocked, ready, off; and who can be told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from libs.common.contracts.onboarding import (
    HireAnnounced,
    HireBlocked,
    HireCancelled,
    HireChanged,
    HireReady,
    HireStatus,
    HireStatusChanged,
    PersonErased,
)
from libs.common.contracts.values import Owner
from libs.common.decider import Decision
from libs.common.ids import derived
from services.notify.asks import (
    BLOCKED,
    CANCELLED,
    READY,
    end_access,
    hire_cancelled,
    hire_ready,
    resolve_block,
)
from services.notify.civil_time import zone_or_utc
from services.notify.drafting import Drafting, settle
from services.notify.model import Contacts, Correspondence

ENDED: Final = (HireStatus.CANCELLED, HireStatus.LEFT)
HIRES_OWN: Final = (Owner.WORKER, Owner.MANAGER)
"""Who is reached by the sealed contacts of the hire."""

State: TypeAlias = Correspondence | None
Outcome: TypeAlias = Decision[Correspondence]


@dataclass(frozen=True, slots=True)
class HireLetters:
    """One rule for each event of a hire."""

    drafting: Drafting

    def know_people(
        self, state: State, event: HireAnnounced | HireChanged, now: datetime
    ) -> Outcome:
        """Learn who and where the people are; a hire that was off may be on again."""
        known = state or Correspondence(hire_id=event.hire_id)
        contacts = Contacts.of(event.profile)
        if known.contacts == contacts and not known.ended:
            return Decision(state)
        after = known.evolve(contacts=contacts, ended=False).silence(CANCELLED)
        after = self.drafting.reopen(after, now)
        if known.contacts is not None and known.contacts.starts_on != contacts.starts_on:
            after = self._ask_to_unblock(after, now)
        return settle(state, after)

    def follow_status(self, state: State, event: HireStatusChanged, _now: datetime) -> Outcome:
        """Take away what blocked a hire that goes on, and know one that has ended."""
        known = state or Correspondence(hire_id=event.hire_id)
        after = known.evolve(ended=event.status in ENDED)
        if event.status is not HireStatus.BLOCKED:
            after = after.evolve(block=None).silence(BLOCKED)
        return Decision(state) if after == known else settle(state, after)

    def ask_to_unblock(self, state: State, event: HireBlocked, now: datetime) -> Outcome:
        """Ask the owner to resolve what blocks the hire; it is not ready for now."""
        known = state or Correspondence(hire_id=event.hire_id)
        name = f"blocked:{derived(event.since.isoformat(), event.owner, *event.reasons)}"
        if name in known.heard:
            return Decision(state)
        after = known.evolve(heard=(*known.heard, name), block=event).silence(READY)
        return settle(state, self._ask_to_unblock(after, now))

    def tell_ready(self, state: State, event: HireReady, now: datetime) -> Outcome:
        """Tell the worker and the manager that work can begin."""
        known = state or Correspondence(hire_id=event.hire_id)
        name = f"ready:{event.ready_at.isoformat()}"
        if name in known.heard:
            return Decision(state)
        after = known.evolve(heard=(*known.heard, name), block=None).silence(BLOCKED)
        for owner in (Owner.WORKER, Owner.MANAGER):
            reader = self.drafting.reader_of(after, owner)
            after = self.drafting.tell(after, hire_ready(reader), reader, now)
        return settle(state, after)

    def tell_cancelled(self, state: State, event: HireCancelled, now: datetime) -> Outcome:
        """Say nothing more of the hire, but that it is off, to those who know of it."""
        known = state or Correspondence(hire_id=event.hire_id)
        name = f"cancelled:{event.cancelled_at.isoformat()}"
        if name in known.heard:
            return Decision(state)
        after = known.with_closed(*(task.id for task in known.tasks))
        after = after.evolve(heard=(*known.heard, name), ended=True, block=None, drafts=())
        for reader in known.told:
            after = self.drafting.tell(after, hire_cancelled(reader), reader, now)
        return settle(state, after)

    def forget_people(self, state: State, _event: PersonErased, _now: datetime) -> Outcome:
        """Say nothing more to the hire's own people: who they were is unknown from now on."""
        if state is None:
            return Decision(None)
        kept = tuple(draft for draft in state.drafts if draft.reader not in HIRES_OWN)
        told = tuple(each for each in state.told if each not in HIRES_OWN)
        return settle(state, state.evolve(contacts=None, ended=True, drafts=kept, told=told))

    def _ask_to_unblock(self, state: Correspondence, now: datetime) -> Correspondence:
        if state.block is None:
            return state
        place = zone_or_utc(state.contacts.timezone if state.contacts else "UTC")
        today = now.astimezone(place).date()
        ask = (
            end_access(state.block)
            if state.ended
            else resolve_block(state.block, state.contacts, today)
        )
        reader = self.drafting.reader_of(state, state.block.owner)
        return self.drafting.tell(state.silence(BLOCKED), ask, reader, now)
