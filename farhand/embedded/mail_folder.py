"""Accepted mails as files: one named after each Message-ID, so that a repeated send is one mail.

`accepted.log` beside them has a line for each acceptance: time, Message-ID, how often until now.
"""

import hashlib
import os
import re
from collections import Counter
from dataclasses import dataclass
from email import message_from_binary_file, message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Final

ACCEPTED: Final = "accepted.log"


@dataclass(frozen=True, slots=True)
class Acceptance:
    """One line of `accepted.log`."""

    at: str
    """UTC, by the machine's clock"""
    message_id: str
    count: int
    """how often this Message-ID has been accepted, this one included"""

    def __str__(self) -> str:
        return f"{self.at} {self.message_id} {self.count}"


class MailFolder:
    """Mails as files, one for each Message-ID."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def acceptances(self) -> list[Acceptance]:
        log = self.folder / ACCEPTED
        if not log.exists():
            return []
        fields = (line.split(" ") for line in log.read_text().splitlines())
        return [Acceptance(at, id_, int(count)) for at, id_, count in fields]

    def counts(self) -> Counter[str]:
        return Counter(acceptance.message_id for acceptance in self.acceptances())

    def mails(self) -> list[Path]:
        """Oldest first."""
        files = self.folder.glob("*.eml")
        return sorted(files, key=lambda file: (file.stat().st_mtime_ns, file.name))

    def keep(self, content: bytes, at: str, count: int, message_id: str) -> None:
        """On disk when this returns, so that what was accepted is not lost."""
        file = self.folder / file_name(message_id)
        if not file.exists():
            draft = file.with_suffix(".new")
            draft.write_bytes(content)
            draft.replace(file)
        with (self.folder / ACCEPTED).open("a") as log:
            log.write(f"{Acceptance(at, message_id, count)}\n")
            log.flush()
            os.fsync(log.fileno())


def read(file: Path) -> EmailMessage:
    with file.open("rb") as opened:
        return message_from_binary_file(opened, policy=policy.default)


def message_id(content: bytes) -> str:
    """Without spaces or brackets; for a mail that has none, one made of its content."""
    # the older policy, because the newer one fails on an id that is no id
    given = message_from_bytes(content, policy=policy.compat32).get("Message-ID")
    cleaned = re.sub(r"[\s<>]", "", str(given or ""))
    return cleaned or f"{hashlib.sha256(content).hexdigest()[:32]}@without.id"


def file_name(id_: str) -> str:
    """Readable, safe in every file system, and different for different ids."""
    readable = re.sub(r"[^A-Za-z0-9@.=_-]", "_", id_).lstrip(".")[:80]
    return f"{readable}-{hashlib.sha256(id_.encode()).hexdigest()[:12]}.eml"
