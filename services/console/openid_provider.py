"""The OpenID provider over HTTP: what it says of itself, and the code it gave for claims."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast
from urllib.parse import quote

import httpx2

from services.console.openid import Attempt, Metadata, SignInError, verified

TIMEOUT_SECONDS: Final = 5.0
OK: Final = 200


@dataclass(frozen=True, slots=True)
class Client:
    """What this console is to the provider; without a secret it is a public client."""

    id: str
    secret: str
    redirect: str


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider, asked anew for each sign-in: its keys and addresses may change at any time."""

    http: httpx2.AsyncClient
    metadata: Metadata

    @classmethod
    async def at(cls, http: httpx2.AsyncClient, issuer: str) -> "Provider":
        """The provider of an issuer; raises SignInError if it does not answer as one."""
        address = issuer.rstrip("/") + "/.well-known/openid-configuration"
        return cls(http, Metadata.read(await _json(http.get(address)), issuer))

    async def claims(
        self, client: Client, attempt: Attempt, code: str, now: datetime
    ) -> dict[str, Any]:
        """Who has signed in, as the ID token says and the provider tells on top of it."""
        token = await self._redeemed(client, attempt, code)
        keys = await _json(self.http.get(self.metadata.jwks_uri))
        id_token = str(token.get("id_token", ""))
        said = verified(id_token, keys, self.metadata, client.id, attempt.nonce, now)
        return await self._about(said, str(token.get("access_token", ""))) | said

    async def _redeemed(self, client: Client, attempt: Attempt, code: str) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": client.redirect,
            "client_id": client.id,
            "code_verifier": attempt.verifier,
        }
        headers: dict[str, str] = {}
        if client.secret and self._takes_basic:
            # Encoded as a form is, before Basic encodes it (RFC 6749, section 2.3.1).
            pair = f"{quote(client.id, safe='')}:{quote(client.secret, safe='')}"
            headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        elif client.secret:
            form["client_secret"] = client.secret
        asked = self.http.post(self.metadata.token_endpoint, data=form, headers=headers)
        return await _json(asked, refused="no code")

    @property
    def _takes_basic(self) -> bool:
        methods = self.metadata.token_endpoint_auth_methods_supported
        return "client_secret_basic" in methods or "client_secret_post" not in methods

    async def _about(self, said: dict[str, Any], access: str) -> dict[str, Any]:
        """What the provider tells beside the ID token; many keep groups there."""
        if not access or self.metadata.userinfo_endpoint is None:
            return {}
        headers = {"Authorization": f"Bearer {access}"}
        told = await _json(self.http.get(self.metadata.userinfo_endpoint, headers=headers))
        if told.get("sub") != said["sub"]:
            raise SignInError("not verified")
        return told


async def _json(asked: Any, refused: str = "no answer") -> dict[str, Any]:
    try:
        answer: httpx2.Response = await asked
        body = answer.json() if answer.status_code == OK else None
    except (httpx2.HTTPError, ValueError):
        raise SignInError("no answer") from None
    if not isinstance(body, dict):
        raise SignInError(refused)
    return cast("dict[str, Any]", body)
