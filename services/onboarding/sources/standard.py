"""Standard Webhooks with the canonical hire: for any HR system that can be told what to send."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from libs.common.intake import Delivery
from libs.common.standard_webhooks import delivery_id_of, key_of, require_signed
from services.onboarding.report import Report
from services.onboarding.sources.canonical import read_canonical


@dataclass(frozen=True, slots=True)
class StandardWebhooks:
    """Signed with `webhook-id`, `webhook-timestamp` and `webhook-signature`."""

    name: str = "standard"
    accepted_status: int = 202

    def verify(self, delivery: Delivery, secrets: Sequence[str], now: datetime) -> None:
        """Check the time, then the signature against each secret, `whsec_` and base64.

        Raises Unauthorized; ValueError if a secret is not in that form.
        """
        require_signed(delivery, tuple(self._keys(secrets)), now)

    def _keys(self, secrets: Sequence[str]) -> Iterator[bytes]:
        for secret in secrets:
            try:
                yield key_of(secret)
            except ValueError as error:
                raise ValueError(f"{error}; correct hook_{self.name}") from None

    def delivery_id(self, delivery: Delivery) -> str:
        """The `webhook-id`, which is signed and the same on every retry."""
        return delivery_id_of(delivery)

    def read(self, body: bytes) -> tuple[Report, ...]:
        """The one report in a canonical body; raises Unreadable."""
        return (read_canonical(body, self.name),)
