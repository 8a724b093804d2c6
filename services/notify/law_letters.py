"""What legal is asked about the law: one correspondence, whatever the number of hires that wait."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from libs.common.contracts.compliance import LawAnswered, LawQuestioned
from libs.common.decider import Decision
from libs.common.ids import derived
from services.notify.asks import confirm_law, law_topic
from services.notify.drafting import Drafting, settle
from services.notify.model import Correspondence

LAW: Final = derived("law")
"""What the correspondence about the law is filed under, in the place of a hire."""

State: TypeAlias = Correspondence | None
Outcome: TypeAlias = Decision[Correspondence]


def of_law(_event: LawQuestioned | LawAnswered) -> str:
    """The key of the correspondence about the law."""
    return str(LAW)


@dataclass(frozen=True, slots=True)
class LawLetters:
    """One rule for each event about the law itself."""

    drafting: Drafting

    def ask(self, state: State, event: LawQuestioned, now: datetime) -> Outcome:
        """Ask legal; questions of some minutes are one letter."""
        known = state or Correspondence(hire_id=LAW, about_law=True)
        name = f"{law_topic(event.matter)}:{event.asked_at.isoformat()}"
        if name in known.heard:
            return Decision(state)
        after = known.evolve(heard=(*known.heard, name))
        reader = self.drafting.reader_of(after, event.owner)
        return settle(state, self.drafting.tell(after, confirm_law(event), reader, now))

    def forget(self, state: State, event: LawAnswered, _now: datetime) -> Outcome:
        """Ask no more what was answered before the letter went out."""
        if state is None:
            return Decision(state)
        after = state.silence(law_topic(event.matter))
        return Decision(state) if after == state else settle(state, after)
