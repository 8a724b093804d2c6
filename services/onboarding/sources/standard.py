"""Standard Webhooks 1.0 with the canonical hire: for any HR system that can be told what to send.

The signature is computed here and not by the `standardwebhooks` package: that one asks the wall
clock itself, takes one secret at a time, and fails on a signature without a comma.
Source: https://www.standardwebhooks.com, "Webhook signatures".
"""

import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from libs.common.intake import REPLAY_WINDOW, Delivery, Unauthorized
from services.onboarding.report import Report
from services.onboarding.sources.canonical import read_canonical

KEY_PREFIX: Final = "whsec_"
VERSION: Final = "v1,"
MAX_SIGNATURES: Final = 10
_ID: Final = re.compile(r"[\x21-\x7e]{1,200}")
_SECONDS: Final = re.compile(r"[0-9]{1,11}")
_EPOCH: Final = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class StandardWebhooks:
    """Signed with `webhook-id`, `webhook-timestamp` and `webhook-signature`."""

    name: str = "standard"
    accepted_status: int = 202

    def verify(self, delivery: Delivery, secrets: Sequence[str], now: datetime) -> None:
        """Check the time, then the signature against each secret, `whsec_` and base64.

        Raises Unauthorized; ValueError if a secret is not in that form.
        """
        delivery_id = self.delivery_id(delivery)
        timestamp = delivery.header("webhook-timestamp")
        _check_age(timestamp, now)
        signed = f"{delivery_id}.{timestamp}.".encode(errors="replace") + delivery.body
        expected = [_signature(key_of(secret), signed) for secret in secrets]
        given = delivery.header("webhook-signature").split(" ")[:MAX_SIGNATURES]
        # Every pair is compared, so that the time taken tells nothing about which one matched.
        matches = [
            hmac.compare_digest(one, other.encode(errors="replace"))
            for one in expected
            for other in given
        ]
        if not any(matches):
            raise Unauthorized("no signature in webhook-signature is one of the body as received")

    def delivery_id(self, delivery: Delivery) -> str:
        """The `webhook-id`, which is signed and the same on every retry."""
        delivery_id = delivery.header("webhook-id")
        if not _ID.fullmatch(delivery_id):
            raise Unauthorized("webhook-id must be 1 to 200 visible ASCII characters")
        return delivery_id

    def read(self, body: bytes) -> tuple[Report, ...]:
        """The one report in a canonical body; raises Unreadable."""
        return (read_canonical(body, self.name),)


def key_of(secret: str) -> bytes:
    """The key in a secret such as `whsec_c2VjcmV0`.

    Raises ValueError, without the secret, where it is not base64.
    """
    encoded = secret.removeprefix(KEY_PREFIX)
    try:
        key = b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except ValueError:
        key = b""
    if not key:
        raise ValueError(
            f"a secret of Standard Webhooks must be {KEY_PREFIX!r} and base64; "
            "correct hook_standard"
        )
    return key


def _signature(key: bytes, signed: bytes) -> bytes:
    return VERSION.encode() + b64encode(hmac.digest(key, signed, "sha256"))


def _check_age(timestamp: str, now: datetime) -> None:
    if not _SECONDS.fullmatch(timestamp):
        raise Unauthorized("webhook-timestamp must be whole seconds since 1970")
    age = now - (_EPOCH + timedelta(seconds=int(timestamp)))
    if abs(age) > REPLAY_WINDOW:
        when = "old" if age > timedelta(0) else "far ahead"
        minutes = int(REPLAY_WINDOW.total_seconds() // 60)
        raise Unauthorized(
            f"webhook-timestamp is too {when}: more than {minutes} minutes from now; "
            "check the sender's clock, and sign each retry anew"
        )
