"""The resources that a hire is given access to, and what is asked of the adapter of each; pure.

Access to a resource exists while a task of the same key does. Its wish stands for all that the
adapter is told: where it changes, the adapter is asked again.
"""

from collections.abc import Mapping
from typing import Final

from libs.common.contracts.onboarding import TaskKind
from libs.common.message import Effect
from services.onboarding.access_messages import EnsureAccess, RevokeAccess
from services.onboarding.identity.groups import groups_of
from services.onboarding.identity.messages import EnsureIdentity, RevokeIdentity, wish_of
from services.onboarding.model import Access, Journey
from services.onboarding.vpn.messages import EnsurePeer, RevokePeer

VPN: Final = TaskKind.VPN.value
IDENTITY: Final = TaskKind.IDENTITY.value
RESOURCES: Final = (VPN, IDENTITY)

EFFECTS: Final[Mapping[str, type[EnsureAccess | RevokeAccess]]] = {
    each.type: each for each in (EnsurePeer, RevokePeer, EnsureIdentity, RevokeIdentity)
}
"""Every effect on access, by the name that a failure of it tells."""


def wish(journey: Journey, resource: str) -> str:
    """What an adapter is to be told of a hire, as one token."""
    return wish_of(journey.profile, _groups(journey)) if resource == IDENTITY else ""


def asked(journey: Journey, access: Access) -> Effect:
    """The effect that grants access, or takes it back."""
    hire_id, period = journey.hire_id, access.period
    if access.resource == VPN:
        return (EnsurePeer if access.held else RevokePeer)(hire_id=hire_id, period=period)
    if not access.held:
        return RevokeIdentity(hire_id=hire_id, period=period)
    profile = journey.profile
    return EnsureIdentity(
        hire_id=hire_id,
        period=period,
        wish=access.wish,
        worker=profile.worker,
        title=profile.role,
        jurisdiction=profile.jurisdiction,
        timezone=profile.timezone,
        engagement=profile.engagement,
        groups=_groups(journey),
    )


def _groups(journey: Journey) -> tuple[str, ...]:
    return groups_of(journey.profile, journey.risk.groups if journey.risk else ())
