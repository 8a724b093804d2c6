"""The world that the effects of the line reach: a VPN and a mail server, as unreliable as asked."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from libs.common.contracts.values import HireId
from libs.common.decider import Refused
from libs.common.effects import Transient
from services.notify.messages import MailAccepted, SendDigest, SendMail
from services.onboarding.access_messages import (
    AccessGone,
    AccessReady,
    EnsureAccess,
    RevokeAccess,
)
from services.onboarding.identity.messages import (
    EnsureIdentity,
    IdentityGone,
    IdentityReady,
    RevokeIdentity,
)
from services.onboarding.resources import RESOURCES
from services.onboarding.vpn.messages import PeerGone, PeerReady

Place = tuple[str, HireId]
"""A resource, and whose access to it."""


@dataclass(slots=True)
class Guards:
    """The systems that guard access, which keep the promises of `access_messages`.

    `faults` is the share of tries that fail for now; for those in `out_of_order` all do.
    """

    chance: random.Random
    faults: float = 0.0
    out_of_order: set[HireId] = field(default_factory=set[HireId])
    open_in: dict[Place, int] = field(default_factory=dict[Place, int])
    ended: dict[Place, int] = field(default_factory=dict[Place, int])
    wishes: dict[Place, str] = field(default_factory=dict[Place, str])

    def ensure(self, effect: EnsureAccess, _now: datetime) -> AccessReady:
        self._fail_perhaps(effect.hire_id)
        place = (effect.resource, effect.hire_id)
        if effect.period <= self.ended.get(place, 0):
            raise Refused(f"period {effect.period} is over")
        self.open_in[place], self.wishes[place] = effect.period, effect.wish
        told = {"hire_id": effect.hire_id, "period": effect.period, "wish": effect.wish}
        if isinstance(effect, EnsureIdentity):
            return IdentityReady.model_validate({**told, "account": "1"})
        return PeerReady.model_validate({**told, "address": "10.86.0.2", "public_key": "key"})

    def revoke(self, effect: RevokeAccess, _now: datetime) -> AccessGone:
        self._fail_perhaps(effect.hire_id)
        place = (effect.resource, effect.hire_id)
        if self.open_in.get(place, 0) <= effect.period:
            self.open_in.pop(place, None)
        self.ended[place] = max(self.ended.get(place, 0), effect.period)
        gone = IdentityGone if isinstance(effect, RevokeIdentity) else PeerGone
        return gone(hire_id=effect.hire_id, period=effect.period)

    def is_open(self, hire_id: HireId, *resources: str) -> bool:
        """Whether the hire has access to any of these, by default to anything."""
        return any((each, hire_id) in self.open_in for each in resources or RESOURCES)

    def _fail_perhaps(self, hire_id: HireId) -> None:
        if hire_id in self.out_of_order or self.chance.random() < self.faults:
            raise Transient("it does not answer")


@dataclass(slots=True)
class Mail:
    """A mail server that takes everything, and knows what it has taken."""

    taken: Counter[UUID] = field(default_factory=Counter[UUID])

    def send(self, effect: SendMail, _now: datetime) -> MailAccepted:
        self.taken[effect.letter_id] += 1
        return MailAccepted(letter_id=effect.letter_id)

    def send_digest(self, effect: SendDigest, _now: datetime) -> MailAccepted:
        self.taken[effect.digest_id] += 1
        return MailAccepted(letter_id=effect.digest_id)
