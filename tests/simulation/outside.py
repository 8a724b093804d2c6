"""The world that the effects of the line reach: a VPN and a mail server, as unreliable as asked."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from libs.common.contracts.values import HireId
from libs.common.decider import Refused
from libs.common.effects import Transient
from services.notify.messages import MailAccepted, SendMail
from services.onboarding.vpn.messages import EnsurePeer, PeerGone, PeerReady, RevokePeer


@dataclass(slots=True)
class Vpn:
    """A VPN that keeps the promises of `services.onboarding.vpn.messages`.

    `faults` is the share of tries that fail for now; for those in `out_of_order` all do.
    """

    chance: random.Random
    faults: float = 0.0
    out_of_order: set[HireId] = field(default_factory=set[HireId])
    open_in: dict[HireId, int] = field(default_factory=dict[HireId, int])
    ended: dict[HireId, int] = field(default_factory=dict[HireId, int])

    def ensure(self, effect: EnsurePeer, _now: datetime) -> PeerReady:
        self._fail_perhaps(effect.hire_id)
        if effect.period <= self.ended.get(effect.hire_id, 0):
            raise Refused(f"period {effect.period} is over")
        self.open_in[effect.hire_id] = effect.period
        return PeerReady(
            hire_id=effect.hire_id, period=effect.period, address="10.86.0.2", public_key="key"
        )

    def revoke(self, effect: RevokePeer, _now: datetime) -> PeerGone:
        self._fail_perhaps(effect.hire_id)
        if self.open_in.get(effect.hire_id, 0) <= effect.period:
            self.open_in.pop(effect.hire_id, None)
        self.ended[effect.hire_id] = max(self.ended.get(effect.hire_id, 0), effect.period)
        return PeerGone(hire_id=effect.hire_id, period=effect.period)

    def is_open(self, hire_id: HireId) -> bool:
        return hire_id in self.open_in

    def _fail_perhaps(self, hire_id: HireId) -> None:
        if hire_id in self.out_of_order or self.chance.random() < self.faults:
            raise Transient("the VPN does not answer")


@dataclass(slots=True)
class Mail:
    """A mail server that takes everything, and knows what it has taken."""

    taken: Counter[UUID] = field(default_factory=Counter[UUID])

    def send(self, effect: SendMail, _now: datetime) -> MailAccepted:
        self.taken[effect.letter_id] += 1
        return MailAccepted(letter_id=effect.letter_id)
