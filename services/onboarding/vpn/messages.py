"""What the journey asks of the VPN, and what it hears back."""

from libs.common.contracts.onboarding import TaskKind
from services.onboarding.access_messages import (
    AccessGone,
    AccessReady,
    EnsureAccess,
    RevokeAccess,
)


class EnsurePeer(EnsureAccess):
    """The hire shall have a working VPN peer: the same one however often this is asked."""

    resource = TaskKind.VPN.value
    lane = "vpn"


class RevokePeer(RevokeAccess):
    """The hire shall have no VPN peer: neither in the table nor on the server."""

    resource = TaskKind.VPN.value
    lane = "vpn"


class PeerReady(AccessReady):
    """The peer is in the table and was read back from the server's configuration."""

    resource = TaskKind.VPN.value

    address: str
    public_key: str


class PeerGone(AccessGone):
    """No peer of that period is left, as read back; its address is free, its keys are deleted."""

    resource = TaskKind.VPN.value
