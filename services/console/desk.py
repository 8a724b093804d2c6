"""The desk of each hire: whose team it is in, and what people here ask of other services.

A decider with one trace for each hire: the trace that the hire's first event began.
"""

from datetime import datetime
from typing import Final, TypeAlias

from libs.common.contracts import CATALOG
from libs.common.contracts.onboarding import HireAnnounced, HireChanged, PersonErased
from libs.common.contracts.values import HireId, Sealed, Value
from libs.common.decider import Decider, Decision, Refused
from libs.common.message import Command, Effect, EffectFailed, Event, Reply

REQUESTS: Final[dict[str, type[Event]]] = {
    name: event for name, event in CATALOG.items() if event.emitter == "console"
}
"""What can be asked, by the name of its event."""


class Request(Command):
    """Somebody who may do so asks something of a hire: an event of `contracts.console` as JSON."""

    event: str
    body: str


class FindTeam(Effect):
    """Open the sealed manager of a hire, and say which team it is, as a keyed digest.

    None asks too: answers come in the order of asking, so an older one never has the last word.
    """

    lane = "team"

    hire_id: HireId
    manager: Sealed | None = None


class TeamFound(Reply):
    """Which team a hire is in; None where there is no manager, or the contact was erased."""

    hire_id: HireId
    manager: str | None


class Desk(Value):
    """What was last asked about a hire."""

    hire_id: HireId
    manager: Sealed | None = None


State: TypeAlias = Desk | None

desk = Decider("desk", Desk, one_trace=True)


@desk.on(HireAnnounced)
def meet(state: State, event: HireAnnounced, _now: datetime) -> Decision[Desk]:
    """Find the team of a new hire."""
    return _find_team(state, event)


@desk.on(HireChanged)
def meet_again(state: State, event: HireChanged, _now: datetime) -> Decision[Desk]:
    """Find the team again where the manager is another, or is none by now."""
    return _find_team(state, event)


@desk.on(PersonErased)
def part(state: State, event: PersonErased, _now: datetime) -> Decision[Desk]:
    """Find no team any more, after all that was asked before."""
    if state is None or state.manager is None:
        return Decision(state)
    after = state.model_copy(update={"manager": None})
    return Decision(after, effects=(FindTeam(hire_id=event.hire_id),))


def _find_team(state: State, event: HireAnnounced | HireChanged) -> Decision[Desk]:
    manager = event.profile.manager
    known = state or Desk(hire_id=event.hire_id)
    if manager == known.manager:
        return Decision(known)
    after = known.model_copy(update={"manager": manager})
    return Decision(after, effects=(FindTeam(hire_id=event.hire_id, manager=manager),))


@desk.on(Request)
def ask(state: State, command: Request, _now: datetime) -> Decision[Desk]:
    """Pass the request on to who decides about it."""
    if state is None:
        raise Refused("there is no such hire")
    event = REQUESTS[command.event].model_validate_json(command.body)
    return Decision(state, emit=(event,))


@desk.on(TeamFound)
def note_team(state: State, _reply: TeamFound, _now: datetime) -> Decision[Desk]:
    """The read model takes it (`teams`)."""
    return Decision(state)


@desk.on(EffectFailed)
def note_no_team(state: State, _reply: EffectFailed, _now: datetime) -> Decision[Desk]:
    """Without a team, no manager sees the hire: that is safe, and the next change asks again."""
    return Decision(None if state is None else state.model_copy(update={"manager": None}))
