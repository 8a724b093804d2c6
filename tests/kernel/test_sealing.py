"""What is sealed for a person opens for nobody else, and for nobody once the key is gone."""

import secrets
from base64 import b64encode

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from hypothesis import given
from hypothesis import strategies as st

from libs.common.database import Pool
from libs.common.sealing import (
    ErasedError,
    NotSealedError,
    Vault,
    decrypt,
    encrypt,
    person_of,
)

KEY = AESSIV.generate_key(512)
PEOPLE = st.text(st.characters(codec="utf-8"), min_size=1)


@given(PEOPLE, st.binary(max_size=200))
def test_what_is_sealed_opens_with_its_key(person: str, content: bytes) -> None:
    token = encrypt(KEY, person, content)
    assert decrypt(KEY, token) == content
    assert person_of(token) == person
    assert encrypt(KEY, person, content) == token


@given(st.binary(max_size=50), st.binary(max_size=50))
def test_another_person_another_key_and_another_content_are_refused(one: bytes, two: bytes) -> None:
    token = encrypt(KEY, "ada", one)
    moved = token.replace("ada", "bob")
    swapped = encrypt(AESSIV.generate_key(512), "ada", two)
    for wrong in (moved, swapped):
        with pytest.raises(NotSealedError):
            decrypt(KEY, wrong)


@given(st.text())
def test_any_other_text_is_refused_and_raises_nothing_else(text: str) -> None:
    with pytest.raises(NotSealedError):
        decrypt(KEY, f"sealed.v1.ada.{text}")
    with pytest.raises(NotSealedError):
        person_of(text.replace("sealed.v1.", ""))


@pytest.fixture
def vault(pool: Pool) -> Vault:
    return Vault.with_master_key(pool, b64encode(secrets.token_bytes(32)).decode())


async def test_a_person_erased_is_erased_and_others_stay(vault: Vault) -> None:
    ada = await vault.seal("ada", {"mail": "ada@example.com"})
    bob = await vault.seal("bob", {"mail": "bob@example.com"})
    assert await vault.open(ada) == {"mail": "ada@example.com"}
    assert await vault.erase("ada")
    assert not await vault.erase("ada")
    with pytest.raises(ErasedError, match="ada was erased"):
        await vault.open(ada)
    assert await vault.open(bob) == {"mail": "bob@example.com"}


async def test_what_comes_in_after_an_erasure_does_not_bring_the_old_back(vault: Vault) -> None:
    before = await vault.seal("ada", {"mail": "ada@example.com"})
    await vault.erase("ada")
    after = await vault.seal("ada", {"mail": "ada@example.org"})
    assert await vault.open(after) == {"mail": "ada@example.org"}
    with pytest.raises(NotSealedError):
        await vault.open(before)


async def test_the_same_content_is_seen_to_be_unchanged(vault: Vault) -> None:
    contact = {"mail": "ada@example.com", "phone": "+49 30 901820"}
    assert await vault.seal("ada", contact) == await vault.seal(
        "ada", dict(reversed(contact.items()))
    )


async def test_keys_are_worthless_without_the_master_key(vault: Vault, pool: Pool) -> None:
    token = await vault.seal("ada", {"mail": "ada@example.com"})
    stolen = Vault.with_master_key(pool, b64encode(secrets.token_bytes(32)).decode())
    with pytest.raises(InvalidTag):
        await stolen.open(token)
