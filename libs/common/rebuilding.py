"""A read model once more from its log, beside the one in use: compared, and put in place."""

from dataclasses import dataclass


class RebuildRunningError(RuntimeError):
    """Somebody else is rebuilding; nothing was done."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The digests of a read model as it stood and as its log makes it.

    They are equal exactly if `corrected`, the number of rows or figures put right, is 0.
    """

    before: str
    after: str
    corrected: int
