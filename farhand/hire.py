"""`farhand hire`: report a hire by hand, through the same signed front door as an HR system."""

import json
import secrets
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from rich.console import Console

from farhand.client import Client, client
from farhand.credentials import Credentials
from farhand.errors import StackError
from farhand.home import Home
from farhand.settings import Settings
from farhand.signing import standard
from libs.common.clock import wall
from services.onboarding.report import hire_id_of
from services.onboarding.sources.standard import StandardWebhooks


@dataclass(frozen=True, slots=True)
class Options:
    """A hire without a file: all of it but `ref` is needed."""

    name: str = ""
    email: str = ""
    jurisdiction: str = ""
    """whose law applies, such as PT or US-CA"""
    timezone: str = ""
    """where the person works, such as Europe/Lisbon"""
    role: str = ""
    starts_on: date | None = None
    engagement: str = "employee"
    """employee, eor or contractor"""
    ref: str = ""
    """your own id of the employment; the same one again changes that hire"""


def hire(
    file: Path | None = None,
    *,
    options: Annotated[Options, Parameter(name="*")] = Options(),
) -> None:
    """Report a hire, from a file in the canonical form or from options.

    Parameters
    ----------
    file
        A JSON body as `services/onboarding/sources/README.md` describes it.
    options
        Or all of it by options.

    """
    body = _from_options(options) if file is None else _from_file(file)
    with client("onboarding") as onboarding:
        report(onboarding, body)


def _from_file(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise StackError(f"{file} cannot be read: {error.strerror}.") from error


def _from_options(options: Options) -> bytes:
    person = {"name": options.name, "email": options.email}
    work = {
        "jurisdiction": options.jurisdiction,
        "timezone": options.timezone,
        "role": options.role,
        "engagement": options.engagement,
        "starts_on": options.starts_on and options.starts_on.isoformat(),
    }
    missing = [name for name, value in (person | work).items() if not value]
    if missing:
        named = ", ".join(f"--{name.replace('_', '-')}" for name in missing)
        raise StackError(f"Give a file, or also {named}.")
    ref = options.ref or f"cli-{secrets.token_hex(4)}"
    data: dict[str, Any] = {"employment_ref": ref, "person": person, **work}
    at = wall().isoformat()
    return json.dumps({"type": "hire.reported", "timestamp": at, "data": data}).encode()


def report(onboarding: Client, body: bytes) -> None:
    """Sign and deliver a body, and say what became of it."""
    secret = Credentials(Home(Settings.from_env().home).secrets).read("hook_standard")
    name = f"cli-{secrets.token_hex(8)}"
    headers = standard(secret, name, body)
    taken = onboarding.checked("POST", "/hooks/standard", content=body, headers=headers).json()
    console = Console(highlight=False, soft_wrap=True)
    if taken["status"] == "quarantined":
        console.print(f"Quarantined: {taken['reason']}", markup=False)
        return
    for reading in StandardWebhooks().read(body):
        hire_id = hire_id_of(StandardWebhooks().name, reading.employment_ref)
        console.print(f"{taken['status']}: hire {hire_id}", markup=False)
