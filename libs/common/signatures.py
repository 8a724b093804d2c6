"""Signatures of deliveries: HMAC-SHA256 over raw bytes, compared in constant time."""

import hmac
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from libs.common.intake import REPLAY_WINDOW, Unauthorized

SECONDS: Final = re.compile(r"[0-9]{1,11}")
EPOCH: Final = datetime.fromtimestamp(0, UTC)


def mac(key: bytes, signed: bytes) -> bytes:
    """HMAC-SHA256 (RFC 2104)."""
    return hmac.digest(key, signed, "sha256")


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
        raise Unauthorized("the timestamp is not a number of whole seconds since 1970")
    age = now - (EPOCH + timedelta(seconds=int(timestamp)))
    if abs(age) > REPLAY_WINDOW:
        when = "old" if age > timedelta(0) else "far ahead"
        minutes = REPLAY_WINDOW // timedelta(minutes=1)
        raise Unauthorized(
            f"the timestamp is too {when}: more than {minutes} minutes from the time here; "
            "check the sender's clock, and sign each retry anew"
        )
