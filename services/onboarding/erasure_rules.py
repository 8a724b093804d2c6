"""The erasure of a person: when it may be, its two steps, and that it lasts.

Only the hire of somebody who is gone is erased, and only once no access is left. What an HR system
goes on to tell of an employment that is over is erased again; a rehire is somebody new to us.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Final, TypeAlias, TypeVar

from libs.common.contracts.console import ErasureRequested
from libs.common.contracts.onboarding import PersonErased, RequestRefused
from libs.common.decider import Decision, Refused
from libs.common.message import EffectFailed, Message
from services.onboarding import access_rules
from services.onboarding.erasure_messages import FindKeys, KeysFound, KeysShredded, ShredKeys
from services.onboarding.model import Erasure, Grant, Journey

State: TypeAlias = Journey | None
M = TypeVar("M", bound=Message)
Rule: TypeAlias = Callable[[State, M, datetime], Decision[Journey]]

STEPS: Final = frozenset({FindKeys.type, ShredKeys.type})


def erase(state: State, request: ErasureRequested, _now: datetime) -> Decision[Journey]:
    """Begin to erase a person; raises Refused where that may not be, or is done."""
    if state is None:
        raise Refused("there is no such hire")
    if state.ending is None:
        raise Refused(
            "this hire is not over: a person is erased after the last day, or once the hire was "
            "cancelled"
        )
    if not_closed := _not_closed(state):
        raise Refused(
            f"access to {not_closed} was not read back as closed: have IT resolve that first"
        )
    if not request.no_duty_to_keep:
        raise Refused("whether a law asks to keep the data any longer was not looked up")
    if state.erasure is not None:
        raise Refused(
            "the person is being erased already"
            if state.erasure.erased_at is None
            else "the person was erased already"
        )
    asked = request.asked
    return _begin(
        state,
        Erasure(request_id=asked.request_id, account=asked.account, asked_at=asked.asked_at),
    )


def _not_closed(state: Journey) -> str:
    """The resources that somebody might still use."""
    return " and ".join(each.resource for each in state.access if each.grant is not Grant.REVOKED)


def _begin(state: Journey, erasure: Erasure) -> Decision[Journey]:
    find = FindKeys(hire_id=state.hire_id, worker=state.profile.worker)
    return Decision(state.evolve(erasure=erasure), effects=(find,))


def shred(state: State, reply: KeysFound, now: datetime) -> Decision[Journey]:
    """Have the keys that were found shredded, once their fingerprints are kept."""
    erasure = state.pending_erasure if state else None
    if state is None or erasure is None:
        return Decision(state)
    if state.ending is None:
        return _refuse(state, erasure, "the hire was taken up again meanwhile")
    if erasure.keys and not reply.keys:  # what was told again left nothing behind
        return _end(state, erasure, now)
    found = (each.fingerprint for each in reply.keys)
    kept = erasure.evolve(keys=tuple(dict.fromkeys((*erasure.keys, *found))))
    effect = ShredKeys(hire_id=state.hire_id, worker=state.profile.worker, keys=reply.keys)
    return Decision(state.evolve(erasure=kept), effects=(effect,))


def give_receipt(state: State, reply: KeysShredded, _now: datetime) -> Decision[Journey]:
    """Tell that the person is erased, and by what that was seen."""
    erasure = state.pending_erasure if state else None
    if state is None or erasure is None:
        return Decision(state)
    receipt = PersonErased(
        hire_id=state.hire_id,
        request_id=erasure.request_id,
        account=erasure.account,
        asked_at=erasure.asked_at,
        erased_at=reply.shredded_at,
        keys=erasure.keys,
        places=reply.places,
    )
    ended = _end(state, erasure, reply.shredded_at)
    return Decision(ended.state, emit=(receipt,), effects=ended.effects)


def _end(state: Journey, erasure: Erasure, at: datetime) -> Decision[Journey]:
    """Done, unless more was told meanwhile; of somebody taken up again all begins anew."""
    if state.ending is None:
        return Decision(state.evolve(erasure=None))
    if erasure.told_again:
        return _begin(state, erasure.evolve(told_again=False))
    return Decision(state.evolve(erasure=erasure.evolve(erased_at=at)))


def note_failure(state: State, reply: EffectFailed, now: datetime) -> Decision[Journey]:
    """A step was given up: nobody is half erased unsaid. Other effects are those of access."""
    if reply.effect not in STEPS:
        return access_rules.note_trouble(state, reply, now)
    erasure = state.pending_erasure if state else None
    if state is None or erasure is None:
        return Decision(state)
    return _refuse(state, erasure, reply.reason)


def _refuse(state: Journey, erasure: Erasure, why: str) -> Decision[Journey]:
    """Forget that it was asked for, so that it can be again, and tell who asked."""
    refused = RequestRefused(hire_id=state.hire_id, request_id=erasure.request_id, why=why)
    return Decision(state.evolve(erasure=None), emit=(refused,))


def lasting(rule: Rule[M]) -> Rule[M]:
    """Erase again what is told of a person who was erased and is not taken up again by it."""

    @wraps(rule)
    def decide(state: State, message: M, now: datetime) -> Decision[Journey]:
        decision = rule(state, message, now)
        before, after = state.erasure if state else None, decision.state
        if before is None or after is None or after.ending is None:
            return decision
        again = (
            Decision(after.evolve(erasure=before.evolve(told_again=True)))
            if before.erased_at is None
            else _begin(after, before.evolve(erased_at=None))
        )
        return Decision(
            again.state, decision.emit, decision.timers, (*decision.effects, *again.effects)
        )

    return decide
