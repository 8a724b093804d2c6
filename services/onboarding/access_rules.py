"""What became of access: granted, taken back, or an adapter that gave up."""

from datetime import datetime
from typing import TypeAlias

from pydantic import ValidationError

from libs.common.contracts.onboarding import AccessGranted, AccessRevoked, TaskKind
from libs.common.decider import Decision, Refused
from libs.common.message import EffectFailed
from services.onboarding.advance import VPN, Advance
from services.onboarding.commands import RetryAccess
from services.onboarding.model import Access, Grant, Journey
from services.onboarding.vpn.messages import EnsurePeer, PeerGone, PeerReady, RevokePeer

State: TypeAlias = Journey | None


def grant(state: State, reply: PeerReady, now: datetime) -> Decision[Journey]:
    """The VPN peer was read back: the task is done, unless access was taken back meanwhile."""
    access = state.access_to(VPN, reply.period) if state else None
    if state is None or access is None or access.grant is not Grant.ASKED:
        return Decision(state)
    granted = access.evolve(grant=Grant.GRANTED, trouble=None)
    # A hire has one peer: an older one that could not be taken back has become this one.
    advance = Advance(state.with_only_access(granted), now)
    advance.events.append(AccessGranted(hire_id=state.hire_id, resource=VPN, granted_at=now))
    for task in state.open_tasks:
        if task.plan.kind is TaskKind.VPN:
            advance.close(task)
    return advance.decision()


def note_revocation(state: State, reply: PeerGone, now: datetime) -> Decision[Journey]:
    """No VPN peer of this period or an earlier one is left, as read back.

    It is told once none is left at all: a later period may have been granted on the way to its own
    end.
    """
    gone = [
        each
        for each in (state.access if state else ())
        if each.resource == VPN and each.grant is Grant.REVOKING and each.period <= reply.period
    ]
    if state is None or not gone:
        return Decision(state)
    for access in gone:
        state = state.with_access(access.evolve(grant=Grant.REVOKED, trouble=None))
    advance = Advance(state, now)
    if not any(each.resource == VPN and each.grant is Grant.REVOKING for each in state.access):
        advance.events.append(AccessRevoked(hire_id=state.hire_id, resource=VPN, revoked_at=now))
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
    aims = {
        EnsurePeer.type: (EnsurePeer, Grant.ASKED),
        RevokePeer.type: (RevokePeer, Grant.REVOKING),
    }
    if state is None or reply.effect not in aims:
        return None
    effect, aim = aims[reply.effect]
    try:
        period = effect.model_validate_json(reply.body).period
    except ValidationError:
        period = None  # written by another release, and given up for just that
    access = state.access_to(VPN, period)
    return access if access is not None and access.grant is aim else None


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
