"""Systems that know the secret of a front door, and what else they may send."""

import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any, Final

import httpx2

from farhand.demo import pipelines
from farhand.demo.person import Story
from farhand.demo.pipelines import CDEVENTS_TEAM
from farhand.signing import github, greenhouse
from libs.common.clock import wall
from tests.e2e.line import BEGINS, Line, first_delivery

DOORS: Final[Mapping[str, str]] = {
    "standard": "onboarding",
    "greenhouse": "onboarding",
    "github": "metrics",
    "cdevents": "metrics",
}
"""Each front door with the service that has it."""


def a_name() -> str:
    """A sender's id of a delivery."""
    return f"bad-{secrets.token_hex(6)}"


def signed(line: Line, source: str, name: str, body: bytes, *, late: int = 0) -> dict[str, str]:
    """The headers of a sender that knows the secret, and is `late` by so many seconds."""
    secret = line.doors.secrets[source]
    match source:
        case "github":
            return github(secret, name, body)
        case "greenhouse":
            return greenhouse(secret, name, body)
        case _:
            return _standard(secret, name, body, int(wall().timestamp()) - late)


def _standard(secret: str, name: str, body: bytes, at: int) -> dict[str, str]:
    # Not by the package that `farhand.signing` uses: it takes no body that is not UTF-8.
    encoded = secret.removeprefix("whsec_")
    key = b64decode(encoded) if encoded != secret else secret.encode()
    mac = hmac.digest(key, f"{name}.{at}.".encode() + body, "sha256")
    return {
        "webhook-id": name,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{b64encode(mac).decode()}",
    }


def good_body(line: Line, source: str) -> bytes:
    """A body that the door can read, about nothing that was told before."""
    match source:
        case "standard":
            return first_delivery(line.somebody("DE", later=20)).body
        case "greenhouse":
            return first_delivery(line.somebody("PT", later=20, story=Story.GREENHOUSE)).body
        case _:
            return _merged(CDEVENTS_TEAM if source == "cdevents" else "acme/bad-input", line)


def _merged(team: str, line: Line) -> bytes:
    change = pipelines.Shipped(
        team=team,
        number=1000 + next(line.numbers),
        opened_at=BEGINS,
        merged_at=BEGINS,
        deployed_at=BEGINS,
        succeeded=True,
    )
    return next(iter(pipelines.planned((change,), seed=1))).body


async def post(line: Line, source: str, body: bytes, headers: Mapping[str, Any]) -> httpx2.Response:
    url = f"{line.doors.addresses[DOORS.get(source, 'onboarding')]}/hooks/{source}"
    return await line.doors.http.post(url, content=body, headers=headers)


async def quarantined(line: Line, source: str) -> dict[str, str]:
    """The deliveries of a door that are in quarantine, each with its reason."""
    kept = await line.doors.get(DOORS[source], "/quarantine?limit=1000")
    return {each["id"]: each["reason"] for each in kept if each["source"] == source}
