"""What the journey asks of the VPN, and what it hears back.

`period` counts how often the hire was begun, as in the task plan. Revoking ends every period up to
its own for good: to grant access again after that, ask with a higher period.
"""

from libs.common.contracts.values import HireId
from libs.common.message import Effect, Reply


class EnsurePeer(Effect):
    """The hire shall have a working VPN peer: the same one however often this is asked."""

    lane = "vpn"

    hire_id: HireId
    period: int = 1


class RevokePeer(Effect):
    """The hire shall have no VPN peer: neither in the table nor on the server."""

    lane = "vpn"

    hire_id: HireId
    period: int = 1


class PeerReady(Reply):
    """The peer is in the table and was read back from the server's configuration."""

    hire_id: HireId
    period: int
    address: str
    public_key: str


class PeerGone(Reply):
    """No peer of that period is left, as read back; its address is free, its keys are deleted."""

    hire_id: HireId
    period: int
