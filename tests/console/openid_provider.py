# ruff: noqa: ARG002  # what Authlib hands to these methods is its own
# Authlib has no types:
# pyright: reportUnknownMemberType=false, reportIncompatibleMethodOverride=false, reportMissingTypeStubs=false
"""A real OpenID provider in this process: Authlib's server, over HTTP, that insists on PKCE."""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from authlib.integrations.flask_oauth2 import AuthorizationServer, ResourceProtector
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, TokenMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6750 import BearerTokenValidator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode
from flask import Flask
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "console", "secret: of the + client"
ALGORITHM: Final = "RS256"


@dataclass(slots=True)
class Client(ClientMixin):
    """The console, as the provider has it registered."""

    redirect: str

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return self.redirect

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.redirect

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return (method, endpoint) == ("client_secret_basic", "token")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass(slots=True)
class Code(AuthorizationCodeMixin):
    code: str
    redirect: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str

    def get_redirect_uri(self) -> str:
        return self.redirect

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> None: ...
    def get_acr(self) -> None: ...
    def get_amr(self) -> None: ...


@dataclass(slots=True)
class Token(TokenMixin):
    scope: str

    def get_scope(self) -> str:
        return self.scope

    def is_expired(self) -> bool:
        return False

    def is_revoked(self) -> bool:
        return False


@dataclass(slots=True)
class OpenIdProvider:
    """`claims` is who signs in next; `wrong` changes what an ID token says, for tests of distrust.

    `apart` are the claims told by the userinfo endpoint alone.
    """

    claims: dict[str, Any]
    url: str = ""
    apart: frozenset[str] = frozenset()
    wrong: dict[str, Any] = field(default_factory=dict[str, Any])
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    signs_with: RSAKey | None = None
    codes: dict[str, Code] = field(default_factory=dict[str, Code])
    tokens: dict[str, Token] = field(default_factory=dict[str, Token])


def application(provider: OpenIdProvider, redirect: str) -> Flask:
    app = Flask("provider")
    client = Client(redirect)
    server: Any = AuthorizationServer()

    def registered(_id: str) -> Client:
        return client

    def keep(token: dict[str, Any], _request: Any) -> None:
        provider.tokens[token["access_token"]] = Token(token["scope"])

    server.init_app(app, query_client=registered, save_token=keep)
    _grants(server, provider)
    _routes(app, server, provider)
    return app


def _grants(server: Any, provider: OpenIdProvider) -> None:
    class CodeGrant(AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic"]

        def save_authorization_code(self, code: str, request: Any) -> None:
            asked = request.payload.data
            provider.codes[code] = Code(
                code=code,
                redirect=request.payload.redirect_uri,
                scope=request.payload.scope,
                nonce=asked["nonce"],
                code_challenge=asked["code_challenge"],
                code_challenge_method=asked["code_challenge_method"],
            )

        def query_authorization_code(self, code: str, client: Client) -> Code | None:
            return provider.codes.get(code)

        def delete_authorization_code(self, authorization_code: Code) -> None:
            del provider.codes[authorization_code.code]

        def authenticate_user(self, authorization_code: Code) -> dict[str, Any]:
            return provider.claims

    class IdToken(OpenIDCode):
        def exists_nonce(self, nonce: str, request: Any) -> bool:
            return any(code.nonce == nonce for code in provider.codes.values())

        def resolve_client_private_key(self, client: Client) -> KeySet:
            return KeySet([provider.signs_with or provider.key])

        def get_client_claims(self, client: Client) -> dict[str, str]:
            return {"iss": provider.url}

        def generate_user_info(self, user: dict[str, Any], scope: str) -> dict[str, Any]:
            told = {name: each for name, each in user.items() if name not in provider.apart}
            return told | provider.wrong

    server.register_grant(CodeGrant, [IdToken(require_nonce=True), CodeChallenge(required=True)])


def _routes(app: Flask, server: Any, provider: OpenIdProvider) -> None:
    class Bearer(BearerTokenValidator):
        def authenticate_token(self, token_string: str) -> Token | None:
            return provider.tokens.get(token_string)

    protect: Any = ResourceProtector()
    protect.register_token_validator(Bearer())

    def metadata() -> dict[str, Any]:
        return {
            "issuer": provider.url,
            "authorization_endpoint": f"{provider.url}/authorize",
            "token_endpoint": f"{provider.url}/token",
            "jwks_uri": f"{provider.url}/keys",
            "userinfo_endpoint": f"{provider.url}/userinfo",
            "end_session_endpoint": f"{provider.url}/logout",
            "id_token_signing_alg_values_supported": [ALGORITHM, "HS256", "none"],
        }

    def keys() -> dict[str, Any]:
        return {"keys": [provider.key.as_dict(private=False), {"kty": "?", "use": "enc"}]}

    def authorize() -> Any:
        # Somebody is signed in at the provider, and agrees.
        grant = server.get_consent_grant(end_user=provider.claims)
        return server.create_authorization_response(grant_user=provider.claims, grant=grant)

    app.get("/.well-known/openid-configuration")(metadata)
    app.get("/keys")(keys)
    app.get("/authorize")(authorize)
    app.post("/token")(server.create_token_response)
    app.get("/userinfo")(protect("openid")(lambda: provider.claims))


@contextmanager
def openid_provider(redirect: str, claims: dict[str, Any]) -> Generator[OpenIdProvider]:
    """A provider that runs, on a port of its own."""
    provider = OpenIdProvider(claims)
    server = make_server("127.0.0.1", 0, application(provider, redirect), threaded=True)
    provider.url = f"http://127.0.0.1:{server.port}"
    serve: Callable[[], None] = server.serve_forever
    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield provider
    server.shutdown()
    thread.join()
    server.server_close()
