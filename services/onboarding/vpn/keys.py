"""WireGuard key pairs: X25519 (RFC 7748), in base64 as `wg genkey` and `wg pubkey` write them."""

import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

KEY_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A private key and its public key; the private one does not show in a `repr`."""

    private_key: str = field(repr=False)
    public_key: str


def new_key_pair() -> KeyPair:
    """A random key pair."""
    private_key = b64encode(_clamped(secrets.token_bytes(KEY_BYTES))).decode()
    return KeyPair(private_key, public_key_of(private_key))


def public_key_of(private_key: str) -> str:
    """The public key of a private one: its product with the base point, as `wg pubkey` prints it.

    Raises ValueError for what is not 32 bytes in base64.
    """
    key = X25519PrivateKey.from_private_bytes(b64decode(private_key, validate=True))
    return b64encode(key.public_key().public_bytes_raw()).decode()


def _clamped(scalar: bytes) -> bytes:
    """The scalar as RFC 7748 section 5 decodes it; `wg genkey` writes keys in this form."""
    first, last = scalar[0] & 0b1111_1000, scalar[-1] & 0b0111_1111 | 0b0100_0000
    return bytes([first]) + scalar[1:-1] + bytes([last])
