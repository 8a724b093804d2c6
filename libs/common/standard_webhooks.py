"""Deliveries signed as Standard Webhooks 1.0 has it: by `webhook-id`, `-timestamp`, `-signature`.

The signature is computed here and not by the `standardwebhooks` package: that one asks the wall
clock itself, takes one secret at a time, and fails on a signature without a comma.
Source: https://www.standardwebhooks.com, "Webhook signatures".
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from libs.common.intake import Delivery, Unauthorized
from libs.common.signatures import mac, require_fresh, require_match

KEY_PREFIX: Final = "whsec_"
VERSION: Final = "v1,"
MAX_SIGNATURES: Final = 10
ID: Final = re.compile(r"[\x21-\x7e]{1,200}")


def require_signed(delivery: Delivery, keys: Iterable[bytes], now: datetime) -> None:
    """Check the time, then the signature under each key; `now` is the wall clock.

    Raises Unauthorized.
    """
    delivery_id, timestamp = delivery_id_of(delivery), delivery.header("webhook-timestamp")
    require_fresh(timestamp, now)
    given = delivery.header("webhook-signature").split(" ")[:MAX_SIGNATURES]
    require_match([sign(key, delivery_id, timestamp, delivery.body) for key in keys if key], given)


def delivery_id_of(delivery: Delivery) -> str:
    """The `webhook-id`, which is signed and the same on every retry; raises Unauthorized."""
    delivery_id = delivery.header("webhook-id")
    if not ID.fullmatch(delivery_id):
        raise Unauthorized("webhook-id must be 1 to 200 visible ASCII characters")
    return delivery_id


def sign(key: bytes, delivery_id: str, timestamp: str, body: bytes) -> str:
    """The signature: `v1,` and base64 over `id.timestamp.body`."""
    signed = b".".join((delivery_id.encode(errors="replace"), timestamp.encode(), body))
    return VERSION + b64encode(mac(key, signed)).decode()


def key_of(secret: str) -> bytes:
    """The key in a secret such as `whsec_c2VjcmV0`, which may lack its prefix and its padding.

    Raises ValueError, without the secret, where it is not base64.
    """
    encoded = secret.removeprefix(KEY_PREFIX)
    try:
        key = b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except ValueError:
        key = b""
    if not key:
        raise ValueError(f"a secret of Standard Webhooks must be {KEY_PREFIX!r} and base64")
    return key


def key_or_text(secret: str) -> bytes:
    """The key in a secret that begins with `whsec_`; the bytes of any other as they are.

    So tools that let people choose a secret sign with it. A prefix alone holds no key, and lets
    nobody in. Raises ValueError as `key_of` does.
    """
    encoded = secret.removeprefix(KEY_PREFIX)
    if encoded == secret:
        return secret.encode()
    return key_of(encoded) if encoded else b""
