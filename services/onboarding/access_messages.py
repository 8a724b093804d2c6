"""What the journey asks of any system that guards access, and what it hears back.

`period` counts how often access was given: revoking ends every period up to its own for good, and
whoever comes back asks with a higher one. `wish` stands for all else that was asked, so that an
answer to an older wish is told from one to the newest.
"""

from typing import ClassVar

from libs.common.contracts.values import HireId
from libs.common.message import Effect, Reply


class EnsureAccess(Effect):
    """The hire shall have access as described: the same however often this is asked."""

    resource: ClassVar[str]

    hire_id: HireId
    period: int = 1
    wish: str = ""


class RevokeAccess(Effect):
    """The hire shall have no access, of this period or an earlier one."""

    resource: ClassVar[str]

    hire_id: HireId
    period: int = 1


class AccessReady(Reply):
    """The access was read back from the system that guards it."""

    resource: ClassVar[str]

    hire_id: HireId
    period: int
    wish: str = ""


class AccessGone(Reply):
    """No access of that period is left, as read back."""

    resource: ClassVar[str]

    hire_id: HireId
    period: int
