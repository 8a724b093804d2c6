"""Personal data under a data key for each person, so that deleting the key erases the person.

A token is `sealed.v1.<person>.<base64url of AES-SIV ciphertext>`. AES-SIV (RFC 5297) needs no nonce
and gives the same token for the same content, so that a contact reported again is seen to be
unchanged without opening it; the person's id is bound as associated data, so a token moved to
another person does not open. Data keys are random, wrapped by a master key with AES-256-GCM, and
live in a database of their own, `FARHAND_KEYS`, whose backups are short-lived: once a key is gone
from there, no topic, table or replay yields the person.
"""

import json
import secrets
from base64 import b64decode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV

from libs.common.database import Pool

PREFIX: Final = "sealed.v1."
NONCE_BYTES: Final = 12
MASTER_KEY_BYTES: Final = (16, 24, 32)
DATA_KEY_BITS: Final = 512


class ErasedError(Exception):
    """The data key of this person was deleted: what it sealed cannot be read again."""


class NotSealedError(Exception):
    """The token was not made by this product, or was tampered with."""


def encrypt(key: bytes, person: str, content: bytes) -> str:
    """Seal bytes under a data key."""
    sealed = AESSIV(key).encrypt(content, [person.encode()])
    return f"{PREFIX}{person}.{urlsafe_b64encode(sealed).decode().rstrip('=')}"


def decrypt(key: bytes, token: str) -> bytes:
    """Open a token; raises NotSealedError where the key or the token is not the right one."""
    person, _, encoded = token.removeprefix(PREFIX).rpartition(".")
    try:
        sealed = urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
        return AESSIV(key).decrypt(sealed, [person.encode()])
    except (InvalidTag, ValueError) as error:
        raise NotSealedError(f"the token of {person} does not open with its data key") from error


def person_of(token: str) -> str:
    """Whose data a token holds; raises NotSealedError for any other text."""
    if not token.startswith(PREFIX):
        raise NotSealedError("the text is not a sealed token")
    person = token.removeprefix(PREFIX).rpartition(".")[0]
    if not person:
        raise NotSealedError("the token does not name whose it is")
    return person


def fingerprint_of(key: bytes) -> str:
    """What tells a data key from every other for ever, and tells nothing of it: it is random."""
    return sha256(b"farhand data key\x1f" + key).hexdigest()


def read_master_keys(secret: str) -> tuple[bytes, ...]:
    """The keys in the secret `master_key`, in base64, one a line; the first one wraps.

    Raises ValueError if there is none, or one is not base64 of 16, 24 or 32 bytes.
    """
    keys = tuple(b64decode(line, validate=True) for line in secret.split())
    if not keys or {len(key) for key in keys} - set(MASTER_KEY_BYTES):
        raise ValueError("the master key is not base64 of 32 bytes, one key a line")
    return keys


def wrap(master: bytes, person: str, key: bytes) -> bytes:
    """A data key as the key database holds it."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(master).encrypt(nonce, key, person.encode())


def unwrap(master: bytes, person: str, wrapped: bytes) -> bytes:
    """A data key; raises InvalidTag if it was wrapped with another master key."""
    nonce, sealed = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
    return AESGCM(master).decrypt(nonce, sealed, person.encode())


@dataclass(slots=True)
class Vault:
    """Seals and opens with the wrapped data keys of the key database.

    `master_key` wraps new data keys; what `earlier` ones wrapped is read as well, so that a master
    key is changed while everything runs (`farhand.master_key`).

    A key is read each time and never cached, so that an erasure holds everywhere at once.
    """

    pool: Pool
    master_key: bytes
    earlier: tuple[bytes, ...] = ()

    @classmethod
    def with_master_key(cls, pool: Pool, encoded: str) -> "Vault":
        """A vault whose master keys are given as the secret `master_key` holds them."""
        master_key, *earlier = read_master_keys(encoded)
        return cls(pool, master_key, tuple(earlier))

    async def seal(self, person: str, content: Mapping[str, Any]) -> str:
        """Seal a JSON object for a person, with a new data key if there is none yet."""
        return await self.seal_bytes(
            person, json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
        )

    async def seal_bytes(self, person: str, content: bytes) -> str:
        """Seal bytes for a person, with a new data key if there is none yet."""
        key = await self._load(person) or await self._create(person)
        return encrypt(key, person, content)

    async def open(self, token: str) -> dict[str, Any]:
        """Open a sealed JSON object; raises ErasedError or NotSealedError."""
        return json.loads(await self.open_bytes(token))

    async def open_bytes(self, token: str) -> bytes:
        """Open a token; raises ErasedError or NotSealedError."""
        key = await self._load(person_of(token))
        if key is None:
            raise ErasedError(f"the data of {person_of(token)} was erased")
        return decrypt(key, token)

    async def erase(self, person: str) -> bool:
        """Delete a person's data key for ever; True if there was one."""
        status = await self.pool.execute("delete from keys.data_key where person = $1", person)
        return status == "DELETE 1"

    async def fingerprint(self, person: str) -> str | None:
        """The fingerprint of a person's data key; None where there is no key."""
        key = await self._load(person)
        return None if key is None else fingerprint_of(key)

    async def _load(self, person: str) -> bytes | None:
        wrapped = await self.pool.fetchval(
            "select wrapped from keys.data_key where person = $1", person
        )
        return None if wrapped is None else self._unwrap(person, wrapped)

    async def _create(self, person: str) -> bytes:
        await self.pool.execute(
            """
            insert into keys.data_key (person, wrapped)
            values ($1, $2)
            on conflict (person) do nothing
            """,
            person,
            wrap(self.master_key, person, AESSIV.generate_key(DATA_KEY_BITS)),
        )
        key = await self._load(person)
        if key is None:
            raise ErasedError(f"the data of {person} was erased while more of it came in")
        return key

    def _unwrap(self, person: str, wrapped: bytes) -> bytes:
        for master in (self.master_key, *self.earlier):
            with suppress(InvalidTag):
                return unwrap(master, person, wrapped)
        raise InvalidTag
