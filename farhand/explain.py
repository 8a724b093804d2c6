"""`farhand explain HIRE`: the decision in force on a hire, as text for a lawyer."""

from uuid import UUID

from farhand.client import client


def explain(hire: UUID) -> None:
    """Print what was decided on a hire, by which law, from which inputs, and what would resolve it.

    Parameters
    ----------
    hire
        Its id, as `farhand status` and the board show it.

    """
    with client("compliance") as compliance:
        print(compliance.get(f"/decisions/{hire}/explanation").text)
