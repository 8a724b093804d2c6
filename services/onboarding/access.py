"""What can be said of somebody's access to a system after looking at it."""

from enum import StrEnum


class Access(StrEnum):
    """Whether a person has access, as read back from the system that guards it."""

    OPEN = "open"
    CLOSED = "closed"
    BETWEEN = "between"
    """Granted in one place and not in another: it must be ensured, or revoked, once more."""
