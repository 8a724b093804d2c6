"""The company's identity provider, for want of one: SCIM 2.0 with a bearer token.

`python -m farhand.embedded.scim_server PORT FOLDER TOKEN_FILE [HOST]` listens on loopback, unless
told otherwise: in a container, whose network decides who sees it.
"""

import hmac
import sys
from collections.abc import Generator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Final

import uvicorn
from scim2_models import ScimProvider, UnauthorizedException
from scim2_server.applications.asgi import ASGIApplication
from scim2_server.memory import AsyncInMemoryStorage
from scim2_server.requests import ScimRequest
from scim2_server.testserver.application import BEARER_TOKEN_SCHEME
from scim2_server.utils import load_default_provider

from farhand.embedded.kept_accounts import KeptAccounts

FILE: Final = "accounts.sqlite"
LOOPBACK: Final = "127.0.0.1"


class IdentityProvider(ASGIApplication):
    """Serves whoever has the token; only what the server can do is told to everybody."""

    def __init__(self, storage: KeptAccounts, provider: ScimProvider, token: str) -> None:
        super().__init__(AsyncInMemoryStorage(storage), provider)
        self._token = token.encode()

    def check_auth(self, request: ScimRequest) -> None:
        scheme, _, token = (request.header("Authorization") or "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(token.encode(), self._token):
            raise UnauthorizedException


@contextmanager
def application(folder: Path, token: str) -> Generator[IdentityProvider]:
    """The provider with what the folder keeps."""
    folder.mkdir(parents=True, exist_ok=True)
    provider = _provider()
    with closing(KeptAccounts(folder / FILE, provider)) as accounts:
        yield IdentityProvider(accounts, provider, token)


@cache
def _provider() -> ScimProvider:
    """What the server can do, with models made of its schemas, which takes a quarter second."""
    provider = load_default_provider()
    if provider.config is not None:
        schemes = provider.config.authentication_schemes or []
        provider.config.authentication_schemes = [*schemes, BEARER_TOKEN_SCHEME]
    return provider


def serve(port: int, folder: Path, token_file: Path, host: str = LOOPBACK) -> None:
    with application(folder, token_file.read_text().strip()) as app:
        uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    serve(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), *sys.argv[4:])
