"""Lines of the ledger of what remote work returns, as a CloudEvent of our own.

Its data are the fields of `ReturnLineEntered` from `line` on; amounts are text. A line is entered
again under its name to change it, and taken back as any other event.
"""

from typing import Any, Final, cast

from pydantic import ConfigDict

from services.metrics.observations import Name
from services.metrics.return_lines import ReturnLineEntered
from services.metrics.sources.naming import by_amount
from services.metrics.sources.own_events import OwnEvent, Said

ENTERED: Final = "return.line.v1"


class LineData(Said):
    model_config = ConfigDict(extra="allow")

    amount: Name


def read_line(door: str, content: object) -> ReturnLineEntered:
    """A line of the ledger was entered, or entered otherwise."""
    said = OwnEvent[LineData].model_validate(content)
    fields = cast("dict[str, Any]", said.data.model_extra)
    told = said.told(door, by_amount(said.data.amount))
    return ReturnLineEntered.model_validate({**fields, "amount": said.data.amount, **told})
