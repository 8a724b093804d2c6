"""What became of access: granted, taken back, or an adapter that gave up."""

from datetime import datetime
from typing import TypeAlias

from pydantic import ValidationError

from libs.common.contracts.onboarding import AccessGranted, AccessRevoked
from libs.common.decider import Decision, Refused
from libs.common.message import EffectFailed
from services.onboarding.access_messages import AccessGone, AccessReady, EnsureAccess
from services.onboarding.advance import Advance
from services.onboarding.commands import RetryAccess
from services.onboarding.model import Access, Grant, Journey
from services.onboarding.resources import EFFECTS

State: TypeAlias = Journey | None


def grant(state: State, reply: AccessReady, now: datetime) -> Decision[Journey]:
    """Access was read back: its task is done, unless something else is wanted by now."""
    access = state.access_to(reply.resource, reply.period) if state else None
    if state is None or access is None or not access.held or access.wish != reply.wish:
        return Decision(state)
    is_new = access.grant is Grant.ASKED
    granted = access.evolve(grant=Grant.GRANTED, trouble=None)
    # A hire has one of each: an older one that could not be taken back has become this one.
    advance = Advance(state.with_only_access(granted), now)
    if is_new:
        advance.events.append(
            AccessGranted(hire_id=state.hire_id, resource=reply.resource, granted_at=now)
        )
    for task in state.open_tasks:
        if task.plan.key == reply.resource:
            advance.close(task)
    return advance.decision()


def note_revocation(state: State, reply: AccessGone, now: datetime) -> Decision[Journey]:
    """No access of this period or an earlier one is left, as read back.

    It is told once none is left at all: a later period may have been granted on the way to its own
    end.
    """
    resource = reply.resource
    going = [
        each
        for each in (state.access if state else ())
        if each.resource == resource and each.grant is Grant.REVOKING
    ]
    gone = [each for each in going if each.period <= reply.period]
    if state is None or not gone:
        return Decision(state)
    for access in gone:
        state = state.with_access(access.evolve(grant=Grant.REVOKED, trouble=None))
    advance = Advance(state, now)
    if gone == going:
        advance.events.append(
            AccessRevoked(hire_id=state.hire_id, resource=resource, revoked_at=now)
        )
    return advance.decision()


def note_trouble(state: State, reply: EffectFailed, now: datetime) -> Decision[Journey]:
    """An adapter gave up what is still wanted: the hire is blocked, and IT has to resolve it."""
    access = _tried(state, reply)
    if state is None or access is None:
        return Decision(state)
    trouble = f"{reply.effect} was given up: {reply.reason}"
    return Advance(state.with_access(access.evolve(trouble=trouble)), now).decision()


def _tried(state: State, reply: EffectFailed) -> Access | None:
    """The access that an effect was to grant or take back, if that is still the aim."""
    effect = EFFECTS.get(reply.effect)
    if state is None or effect is None:
        return None
    try:
        tried = effect.model_validate_json(reply.body)
    except ValidationError:
        tried = None  # written by another release, and given up for just that
    access = state.access_to(effect.resource, tried.period if tried else None)
    if access is None or access.grant is Grant.REVOKED:
        return None
    is_wished = not isinstance(tried, EnsureAccess) or tried.wish == access.wish
    return access if access.held is issubclass(effect, EnsureAccess) and is_wished else None


def retry(state: State, command: RetryAccess, now: datetime) -> Decision[Journey]:
    """Have an adapter that gave up try again."""
    failed = [
        each
        for each in (state.access if state else ())
        if each.resource == command.resource and each.trouble is not None
    ]
    if state is None or not failed:
        raise Refused(f"no adapter has given up on {command.resource} of this hire")
    advance = Advance(state, now)
    for access in failed:
        advance.ask_adapter(access.evolve(trouble=None))
    return advance.decision()
