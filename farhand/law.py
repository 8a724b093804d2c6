"""`farhand law`: what legal is asked and says of the law, the packs, and what a change does."""

import sys
from datetime import date
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from cyclopts import App

from farhand.client import client

app = App(name="law", help="Read the law packs, answer for the law, and try a change of it.")


@app.command
def questions(*, all: bool = False, jurisdiction: str | None = None) -> None:  # noqa: A002  # a flag
    """List what legal is asked about the law, once for all hires that wait.

    Parameters
    ----------
    all
        Those that were answered too.
    jurisdiction
        Only those of one place, such as DE.

    """
    query = f"open_only={str(not all).lower()}"
    if jurisdiction:
        query += f"&jurisdiction={jurisdiction}"
    with client("compliance") as compliance:
        found: list[dict[str, Any]] = compliance.get(f"/law/questions?{query}").json()
    for each in found:
        print(f"{each['matter']}  {each['hires']} hires, starts up to {each['needed_on']}")
        print(f"  {each['ask']}")
        print(f"  {each['detail']}")
        if said := each["answer"]:
            print(f"  {said['by']}: {'yes' if said['holds'] else 'no'}, until {said['until']}")
    if not found:
        print("Nothing is asked about the law.")


@app.command
def answer(
    matter: str,
    holds: Literal["yes", "no"],
    *,
    by: str,
    until: date | None = None,
    evidence: str = "",
) -> None:
    """Say whether a fact of law holds; every hire that waits for it is decided anew.

    Parameters
    ----------
    matter
        As `farhand law questions` shows it.
    holds
        Whether the law is as the pack has it.
    by
        Who says so: an id within the company, never a name or an address.
    until
        The last day of starts that the answer speaks for; a year from now if left out.
    evidence
        What was looked at.

    """
    said: dict[str, object] = {"holds": holds == "yes", "by": by, "evidence": evidence}
    if until is not None:
        said["until"] = until.isoformat()
    with client("compliance") as compliance:
        told = compliance.post(f"/law/questions/{matter}/answer", said).json()
    print(f"Answered until {told['answer']['until']}, for {told['hires']} hires.")


@app.command
def packs() -> None:
    """List the law packs, each with how many of its facts are in doubt."""
    with client("compliance") as compliance:
        for each in compliance.get("/packs").json():
            doubts = f"{each['in_doubt']} of {each['facts']} facts in doubt"
            print(f"{each['code']:<6} {each['name']:<28} {doubts:<26} {each['version']}")


@app.command
def pack(code: str) -> None:
    """Print the law of one place for a lawyer.

    Parameters
    ----------
    code
        ISO 3166 code of the place, such as DE or US-CA.

    """
    with client("compliance") as compliance:
        print(compliance.get(f"/packs/{code}/text").text)


@app.command(name="what-if")
def what_if(file: Path) -> None:
    """Show which hires would newly fall short under a pack before it is published.

    The exit code is 1 where some would.

    Parameters
    ----------
    file
        The pack as it would be, named by its code: DE.yaml.

    """
    with client("compliance") as compliance:
        answered = compliance.checked(
            "POST", f"/packs/{file.stem}/what-if", content=file.read_bytes(),
            headers={"content-type": "application/yaml"},
        ).json()  # fmt: skip
    print(f"{answered['before']} to {answered['after']}: {answered['hires']} hires held against it")
    for hire in answered["affected"]:
        print(f"{hire['hire_id']}, starts {hire['starts_on']}: {hire['before']} to {hire['after']}")
        for found in hire["findings"]:
            print(f"  {found['rule']}: {found['before']} to {found['after']}. {found['says']}")
    if answered["affected"]:
        sys.exit(1)
    print("Nobody would newly fall short.")


@app.command
def waive(hire: UUID, rule: str, *, by: str, reason: str, until: date) -> None:
    """Let a hire go on in spite of a finding, as legal.

    Parameters
    ----------
    hire
        Its id.
    rule
        The rule of the finding, as `farhand explain` names it.
    by
        Who waives it: an id within the company, never a name or an address.
    reason
        Why, in a sentence.
    until
        The last day of the waiver.

    """
    waiver: dict[str, object] = {
        "role": "legal", "by": by, "reason": reason, "until": until.isoformat(),
    }  # fmt: skip
    with client("compliance") as compliance:
        path = f"/decisions/{hire}/findings/{rule}/waive"
        print(f"The decision is now: {compliance.post(path, waiver).json()['verdict']}.")
