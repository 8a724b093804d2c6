"""What the journey asks of the identity provider, and what it hears back."""

from libs.common.contracts.onboarding import TaskKind
from libs.common.contracts.values import Engagement, Jurisdiction, Profile, Sealed, ZoneName
from libs.common.ids import derived
from services.onboarding.access_messages import (
    AccessGone,
    AccessReady,
    EnsureAccess,
    RevokeAccess,
)


class EnsureIdentity(EnsureAccess):
    """The hire shall have an active account that says this, and be in just these groups of ours."""

    resource = TaskKind.IDENTITY.value
    lane = "identity"

    worker: Sealed
    title: str
    jurisdiction: Jurisdiction
    timezone: ZoneName
    engagement: Engagement
    groups: tuple[str, ...] = ()


class RevokeIdentity(RevokeAccess):
    """The hire's account shall be inactive and in no group."""

    resource = TaskKind.IDENTITY.value
    lane = "identity"


class IdentityReady(AccessReady):
    """The account was read back, active and in its groups; `account` is the provider's id of it."""

    resource = TaskKind.IDENTITY.value

    account: str


class IdentityGone(AccessGone):
    """The account was read back inactive and in no group, or there is none."""

    resource = TaskKind.IDENTITY.value


def wish_of(profile: Profile, groups: tuple[str, ...]) -> str:
    """What an account shall say, as one opaque token; another means that it is to be changed."""
    told = (profile.worker, profile.role, profile.jurisdiction, profile.timezone)
    return str(derived("identity", *told, profile.engagement, *groups))
