"""`farhand hire`: report a hire by hand, through the same signed front door as an HR system."""

import json
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from rich.console import Console
from rich.progress import track

from farhand import hire_csv
from farhand.client import Client, client
from farhand.credentials import Credentials
from farhand.errors import StackError
from farhand.hire_csv import Row
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
    csv: Path | None = None,
    skip_invalid: Annotated[bool, Parameter(negative=())] = False,
    options: Annotated[Options, Parameter(name="*")] = Options(),
) -> None:
    """Report a hire, from a file in the canonical form or from options; or many, from a table.

    Parameters
    ----------
    file
        A JSON body as `services/onboarding/sources/README.md` describes it.
    csv
        Or a table of hires, a row each; the first line names the columns. Nothing is sent unless
        every row is a hire. Sent again, what has not changed changes nothing.
    skip_invalid
        Of a table, send the rows that are hires, and say which are not.
    options
        Or all of it by options.

    """
    if csv is not None:
        report_all(csv, skip_invalid=skip_invalid)
        return
    body = _from_options(options) if file is None else _from_file(file)
    with client("onboarding") as onboarding:
        report(onboarding, body)


def report_all(csv: Path, *, skip_invalid: bool) -> None:
    """Report every row of a table, unless one is no hire and none is to be skipped."""
    table = hire_csv.read(csv)
    told = "\n".join(f"  {each}" for each in table.wrong)
    if table.wrong and not skip_invalid:
        count = f"{len(table.wrong)} of {len(table.wrong) + len(table.rows)} rows"
        raise StackError(
            f"{count} of {csv} are no hires, so none was sent; correct them, or send the others "
            f"with --skip-invalid:\n{told}"
        )
    with client("onboarding") as onboarding:
        statuses = _send(onboarding, table.rows)
    console = Console(highlight=False, soft_wrap=True)
    for status, count in sorted(statuses.items()):
        console.print(f"{count} {status}", markup=False)
    if table.wrong:
        console.print(f"{len(table.wrong)} skipped:\n{told}", markup=False)


def _send(onboarding: Client, rows: Sequence[Row]) -> Counter[str]:
    """How many rows there are of each status; raises StackError, saying how far it came."""
    at, statuses = wall(), Counter[str]()
    shown = Console(stderr=True)
    for row in track(rows, "Reporting", console=shown, disable=not shown.is_terminal):
        try:
            statuses[deliver(onboarding, row.body(at))["status"]] += 1
        except StackError as error:
            raise StackError(
                f"{error}\n{statuses.total()} of {len(rows)} rows were sent. It is safe to send "
                "all of them again."
            ) from error
    return statuses


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
    taken = deliver(onboarding, body)
    console = Console(highlight=False, soft_wrap=True)
    if taken["status"] == "quarantined":
        console.print(f"Quarantined: {taken['reason']}", markup=False)
        return
    for reading in StandardWebhooks().read(body):
        hire_id = hire_id_of(StandardWebhooks().name, reading.employment_ref)
        console.print(f"{taken['status']}: hire {hire_id}", markup=False)


def deliver(onboarding: Client, body: bytes) -> dict[str, Any]:
    """Sign and deliver a body; returns what the front door answers."""
    secret = Credentials(Home(Settings.from_env().home).secrets).read("hook_standard")
    headers = standard(secret, f"cli-{secrets.token_hex(8)}", body)
    return onboarding.checked("POST", "/hooks/standard", content=body, headers=headers).json()
