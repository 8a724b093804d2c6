"""Signatures of deliveries: HMAC-SHA256 over raw bytes, compared in constant time."""

import hmac
import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from libs.common.intake import REPLAY_WINDOW, Delivery, Unauthorized

STANDARD_SECRET: Final = "whsec_"  # noqa: S105  # the prefix of one, not a secret

SECONDS: Final = re.compile(r"[0-9]{1,11}")


def mac(key: bytes, signed: bytes) -> bytes:
    """HMAC-SHA256 (RFC 2104)."""
    return hmac.digest(key, signed, "sha256")


def standard_key(secret: str) -> bytes:
    """The key in a secret: `whsec_` and base64 as Standard Webhooks has it, or the text itself."""
    if not secret.startswith(STANDARD_SECRET):
        return secret.encode()
    try:
        return b64decode(secret.removeprefix(STANDARD_SECRET), validate=True)
    except Base64Error as error:
        raise ValueError(f"a secret after {STANDARD_SECRET} is not base64") from error


def sign_standard(key: bytes, webhook_id: str, timestamp: str, body: bytes) -> str:
    """The signature of Standard Webhooks: `v1,` and base64 over `id.timestamp.body`."""
    signed = b".".join((webhook_id.encode(errors="replace"), timestamp.encode(), body))
    return "v1," + b64encode(mac(key, signed)).decode()


def require_match(expected: Iterable[str], given: Sequence[str]) -> None:
    """Raise Unauthorized unless one of the given signatures is one of the expected.

    All are compared with all, so that the time taken says nothing.
    """
    # Bytes, since comparing text with anything beyond ASCII in it would raise.
    offered = [each.encode(errors="replace") for each in given]
    matches = [hmac.compare_digest(each.encode(), other) for each in expected for other in offered]
    if not any(matches):
        raise Unauthorized("the signature does not match the body under any live secret")


def require_fresh(timestamp: str, now: datetime) -> None:
    """Raise Unauthorized unless a Unix timestamp in seconds is within the replay window."""
    if not SECONDS.fullmatch(timestamp):
        raise Unauthorized("the timestamp is not a number of seconds since 1970")
    signed_at = datetime.fromtimestamp(0, UTC) + timedelta(seconds=int(timestamp))
    if abs(now - signed_at) > REPLAY_WINDOW:
        minutes = REPLAY_WINDOW // timedelta(minutes=1)
        raise Unauthorized(f"the timestamp is more than {minutes} minutes from the time here")


def require_standard(delivery: Delivery, secrets: Iterable[str], now: datetime) -> None:
    """Raise Unauthorized unless a delivery is signed as Standard Webhooks has it, and fresh."""
    webhook_id, timestamp = delivery.header("webhook-id"), delivery.header("webhook-timestamp")
    given = delivery.header("webhook-signature").split(" ")
    require_fresh(timestamp, now)
    keys = [key for each in secrets if (key := standard_key(each))]
    require_match([sign_standard(k, webhook_id, timestamp, delivery.body) for k in keys], given)
