"""The desk of a question of law: what legal says in the console, passed on to compliance."""

from datetime import datetime

from libs.common.contracts.console import Asked, LawAnswerRequested
from libs.common.contracts.values import Value
from libs.common.decider import Decider, Decision
from libs.common.message import Command


class SayLaw(Command):
    """Legal says whether a fact of law holds."""

    matter: str
    asked: Asked
    holds: bool
    evidence: str = ""


class LawDesk(Value):
    """How often legal has answered here."""

    answers: int = 0


law_desk = Decider("law_desk", LawDesk)


@law_desk.on(SayLaw)
def say(state: LawDesk | None, command: SayLaw, _now: datetime) -> Decision[LawDesk]:
    """Pass the answer on; compliance takes it, or refuses it."""
    said = LawAnswerRequested.model_validate(command.model_dump())
    answers = (state.answers if state else 0) + 1
    return Decision(LawDesk(answers=answers), emit=(said,))
