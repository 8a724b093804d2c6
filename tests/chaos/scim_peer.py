"""The identity provider of a run: SCIM 2.0 as far as Farhand asks, quick at any number of accounts.

`python -m tests.chaos.scim_peer PORT FOLDER TOKEN_FILE`. The one that `farhand up` starts copies a
whole group for each member that joins it: thousands would wait for that. A file, which
FARHAND_CHAOS_MOOD names, says how it answers; it remembers every account that it ever made.
"""

import asyncio
import hmac
import json
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs

import uvicorn

from tests.chaos.faults import Mood
from tests.chaos.scim_accounts import Accounts, Answer

MOOD_FILE: Final = "FARHAND_CHAOS_MOOD"
HANG_SECONDS: Final = 6.0
"""Longer than Farhand waits for an answer."""

BUSY: Final = 429
CONFIG: Final = "/v2/ServiceProviderConfig"
SUPPORTED: Final = {"supported": True}


def set_mood(file: Path, mood: Mood) -> None:
    """Have the provider that looks at a file answer otherwise from now on."""
    draft = file.with_suffix(".new")
    draft.write_text(mood)
    draft.replace(file)


@dataclass(slots=True)
class Peer:
    """An ASGI application that answers as its mood lets it."""

    accounts: Accounts
    mood_file: Path
    token: bytes
    hang_seconds: float = HANG_SECONDS

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if (body := await _body(receive)) is None:
            return
        match self._mood():
            case Mood.BROKEN:
                answer = Answer(500)
            case Mood.BUSY:
                answer = Answer(BUSY)
            case Mood.SILENT:
                await asyncio.sleep(self.hang_seconds)
                answer = Answer(503)
            case Mood.FORGETFUL:
                self._answer(scope, body)
                await asyncio.sleep(self.hang_seconds)
                answer = Answer(503)
            case Mood.WELL:
                answer = self._answer(scope, body)
        headers = [(b"content-type", b"application/scim+json")]
        if answer.status == BUSY:
            headers.append((b"retry-after", b"1"))
        start = {"type": "http.response.start", "status": answer.status, "headers": headers}
        await send(start)
        await send({"type": "http.response.body", "body": json.dumps(answer.body).encode()})

    def _mood(self) -> Mood:
        with suppress(OSError):
            return Mood(self.mood_file.read_text())
        return Mood.WELL

    def _answer(self, scope: Any, body: bytes) -> Answer:
        if scope["path"] == CONFIG:
            return Answer(200, dict.fromkeys(("filter", "patch", "etag"), SUPPORTED))
        headers = dict(scope["headers"])
        if not hmac.compare_digest(headers.get(b"authorization", b""), b"Bearer " + self.token):
            return Answer(401)
        asked = parse_qs(scope["query_string"].decode()).get("filter", [""])[0]
        path = scope["path"].removeprefix("/v2/")
        told: dict[str, Any] = json.loads(body or b"{}")
        version = headers.get(b"if-match", b"").decode()
        return self.accounts.answer(scope["method"], path, asked, told, version)


async def _body(receive: Any) -> bytes | None:
    """None where who asked did not wait."""
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


def serve(port: int, folder: Path, token_file: Path) -> None:
    """Until it is ended."""
    folder.mkdir(parents=True, exist_ok=True)
    token, mood_file = token_file.read_text().strip().encode(), Path(os.environ[MOOD_FILE])
    with Accounts.kept_in(folder) as accounts:
        uvicorn.run(
            Peer(accounts, mood_file, token),  # pyright: ignore[reportArgumentType]  # ASGI, without its types
            host="127.0.0.1",
            port=port,
            lifespan="off",
            log_level="warning",
            access_log=False,
        )


if __name__ == "__main__":
    serve(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
