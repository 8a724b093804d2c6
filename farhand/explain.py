"""`farhand explain HIRE`: the decision in force on a hire, as text for a lawyer."""

from urllib.parse import quote
from uuid import UUID

from farhand.client import client


def explain(hire: UUID, *, as_of: str | None = None) -> None:
    """Print what was decided on a hire, by which law, from which inputs, and what would resolve it.

    Parameters
    ----------
    hire
        Its id, as the board and the answer to `farhand hire` show it.
    as_of
        The decision as it was known on a day (2026-11-23) or at a moment (2026-11-23T09:00:00Z),
        and why it differs from the one in force now.

    """
    query = f"?as_of={quote(as_of)}" if as_of else ""
    with client("compliance") as compliance:
        print(compliance.get(f"/decisions/{hire}/explanation{query}").text)
