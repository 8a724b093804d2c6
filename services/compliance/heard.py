"""What people have said that a decision rests on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from libs.common.contracts.compliance import LawConfirmation, Waiver


@dataclass(frozen=True, slots=True)
class Heard:
    """The answers and waivers that were given.

    `judgements` are lawyers' answers on this hire, by question. `law` is what legal said of facts
    of law, by matter; None where it was asked and has not answered. `waivers` are those in force.
    """

    judgements: Mapping[str, bool] = field(default_factory=dict[str, bool])
    law: Mapping[str, LawConfirmation | None] = field(default_factory=dict[str, Any])
    waivers: tuple[Waiver, ...] = ()

    def on_law(self, matter: str, day: date) -> LawConfirmation | None:
        """What legal said of a fact for starts on a day; None where it said nothing of such."""
        said = self.law.get(matter)
        return said if said is not None and day <= said.until else None

    def waiver_of(self, rule: str, mark: str) -> Waiver | None:
        """The waiver in force for exactly this finding."""
        return next((w for w in self.waivers if (w.rule, w.mark) == (rule, mark)), None)


NOBODY = Heard()
"""Nobody has said anything yet."""
