"""Signing in with OpenID Connect: the authorization code flow with PKCE; pure.

What binds the way out to the way back is one cookie of the browser. State, nonce and code verifier
are derived from it with a key of ours: nothing is kept here, and nobody who has not the cookie can
finish what it began.

Sources: OpenID Connect Core 1.0 section 3.1, RFC 7636 (PKCE), RFC 9207 (`iss` of a response), RFC
9700 (security of OAuth 2.0).
"""

import base64
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final, Self
from urllib.parse import urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ConfigDict, ValidationError

LONGEST: Final = timedelta(minutes=10)
"""What somebody has to sign in at the provider, by the wall clock."""

LEEWAY_SECONDS: Final = 60
"""What the clocks of the provider and of this machine may differ."""

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
ALGORITHMS_OF_CURVES: Final = ("ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""Signatures with a public key only: none with a shared secret, and never `none`."""

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class SignInError(Exception):
    """Somebody is not let in; `reason` is one of a few words, for the log and for a page."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way to the provider and back; `back` is the page that somebody wanted."""

    cookie: str
    key: str

    @classmethod
    def begin(cls, back: str, key: str, now: datetime) -> Self:
        """A new one, for a browser to keep in a cookie."""
        where = base64.urlsafe_b64encode(back.encode()).decode().rstrip("=")
        return cls(f"{secrets.token_urlsafe(32)}.{int(now.timestamp())}.{where}", key)

    @classmethod
    def resume(cls, cookie: str, state: str, key: str, now: datetime) -> Self:
        """The one that a browser began; raises SignInError unless `state` is of this very one."""
        found = cls(cookie, key)
        if not cookie or not hmac.compare_digest(state.encode(), found.state.encode()):
            raise SignInError("another browser")
        begun = datetime.fromtimestamp(int(cookie.split(".")[1]), now.tzinfo)
        if now - begun > LONGEST:
            raise SignInError("too late")
        return found

    @property
    def back(self) -> str:
        """Where to go afterwards, as it was asked for."""
        where = self.cookie.split(".")[2]
        return base64.urlsafe_b64decode(where + "=" * (-len(where) % 4)).decode()

    @property
    def state(self) -> str:
        """What the provider hands back: only this browser's cookie gives the same."""
        return self._derived("state")

    @property
    def nonce(self) -> str:
        """What the ID token must say: it was issued for this very attempt."""
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        """What redeems the code: 43 characters that nobody has seen on the way (RFC 7636)."""
        return self._derived("verifier")

    @property
    def challenge(self) -> str:
        """The verifier's digest, which the browser carries to the provider."""
        return _base64(sha256(self.verifier.encode()).digest())

    def _derived(self, use: str) -> str:
        text = f"farhand console sign-in\x1f{use}\x1f{self.cookie}"
        return _base64(hmac.digest(self.key.encode(), text.encode(), "sha256"))


def _base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


class Metadata(BaseModel):
    """What a provider says of itself (OpenID Connect Discovery 1.0, section 3)."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    id_token_signing_alg_values_supported: tuple[str, ...] = ("RS256",)

    @classmethod
    def read(cls, body: Any, issuer: str) -> Self:
        """What was told; raises SignInError unless it is of this issuer, and over TLS."""
        try:
            told = cls.model_validate(body)
        except ValidationError:
            raise SignInError("not a provider") from None
        addresses = (told.authorization_endpoint, told.token_endpoint, told.jwks_uri)
        others = (told.userinfo_endpoint, told.end_session_endpoint)
        if told.issuer.rstrip("/") != issuer.rstrip("/"):
            raise SignInError("another issuer")
        if not all(is_safe(each) for each in (*addresses, *filter(None, others))):
            raise SignInError("without TLS")
        return told

    def way_out(self, attempt: Attempt, client: str, scopes: Sequence[str], redirect: str) -> str:
        """Where the browser goes to sign in."""
        asked = {
            "response_type": "code",
            "client_id": client,
            "redirect_uri": redirect,
            "scope": " ".join(scopes),
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
        }
        return with_parameters(self.authorization_endpoint, asked)


def is_safe(address: str) -> bool:
    """Whether what is sent there is read by nobody else: TLS, or this machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def with_parameters(address: str, parameters: Mapping[str, str]) -> str:
    """An address with parameters after those that it has."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode(parameters)}"


def verified(
    token: str, keys: Any, provider: Metadata, client: str, nonce: str, now: datetime
) -> dict[str, Any]:
    """The claims of an ID token that this provider signed for us, now and for this attempt.

    Raises SignInError for any other (OpenID Connect Core 1.0, section 3.1.3.7).
    """
    offered = provider.id_token_signing_alg_values_supported
    algorithms = [each for each in (*ALGORITHMS, *ALGORITHMS_OF_CURVES) if each in offered]
    registry = jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": client},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        signing = [each for each in keys["keys"] if each.get("use", "sig") == "sig"]
        claims = jwt.decode(token, KeySet.import_key_set({"keys": signing}), algorithms).claims
        registry.validate(claims)
    except (JoseError, ValueError, KeyError, TypeError, AttributeError):
        raise SignInError("not verified") from None
    audience = claims["aud"]
    alone = audience in (client, [client])
    if not alone and claims.get("azp") != client:
        raise SignInError("not verified")
    return claims
