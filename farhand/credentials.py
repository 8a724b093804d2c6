"""Generated secrets: one file each, readable by their owner only."""

import base64
import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from farhand.services import HOOK_SOURCES

OWNER_ONLY: Final = 0o600
GENERATED: Final = (
    "api_token",
    "postgres_admin",
    "redis",
    "scim_token",
    "bamboohr_api_key",
    "console_password",
)
"""tokens and passwords of no particular form"""


class Credentials:
    """The folder of secrets. A secret is made once and stays until `farhand reset`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def generate(self, services: Iterable[str]) -> None:
        """Make what is missing; leave what is there."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        for name in GENERATED:
            self._keep(name, secrets.token_urlsafe(32))
        for service in services:
            self._keep(f"postgres_{service}", secrets.token_urlsafe(32))
            self._keep(f"kafka_{service}", secrets.token_urlsafe(32))
        self._keep("master_key", _base64(secrets.token_bytes(32)))
        for source in HOOK_SOURCES:
            self._keep(f"hook_{source}", hook_secret(source))

    def file(self, name: str) -> Path:
        return self.folder / name

    def read(self, name: str) -> str:
        return self.file(name).read_text().strip()

    def _keep(self, name: str, value: str) -> None:
        target = self.folder / name
        if target.exists() and target.stat().st_size:
            target.chmod(OWNER_ONLY)
            return
        self.replace(name, [value])

    def replace(self, name: str, lines: Iterable[str]) -> None:
        """Put another secret in the place of one, whole or not at all."""
        # written aside and renamed, so that a crash leaves no half-written secret
        draft = self.folder / f".{name}.new"
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "w") as f:
            f.writelines(f"{line}\n" for line in lines)
        draft.rename(self.folder / name)


def hook_secret(source: str) -> str:
    if source == "standard":  # the form that Standard Webhooks libraries expect
        return "whsec_" + _base64(secrets.token_bytes(24))
    return secrets.token_urlsafe(32)


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()
