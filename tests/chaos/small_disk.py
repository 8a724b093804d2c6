"""A disk of its own for the state folder, which can be filled up without harm to anything else."""

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SIZE: Final = 16 * 1024**3
"""Bytes; the image behind it is sparse, and takes no more than what is written."""

NEEDED: Final = ("mkfs.ext4", "mount", "umount")
CHUNK: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Disk:
    """A file system that is small enough to be full."""

    folder: Path

    @property
    def _ballast(self) -> Path:
        return self.folder / "ballast"

    def fill(self) -> None:
        """Leave no byte; who writes meanwhile is told that there is no space."""
        free = shutil.disk_usage(self.folder).free
        with self._ballast.open("wb", buffering=0) as ballast:
            _take(ballast.fileno(), 0, max(free, 1))
            size = CHUNK
            while size:
                try:
                    os.posix_fallocate(ballast.fileno(), ballast.seek(0, os.SEEK_END), size)
                except OSError as error:
                    _expect_full(error)
                    size //= 2

    def clear(self) -> None:
        """Give it all back."""
        self._ballast.unlink(missing_ok=True)


def _take(file: int, offset: int, size: int) -> None:
    try:
        os.posix_fallocate(file, offset, size)
    except OSError as error:
        _expect_full(error)


def _expect_full(error: OSError) -> None:
    if error.errno != errno.ENOSPC:
        raise error


def why_not() -> str | None:
    """Why nobody here can mount a disk, if so."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "no disk is filled up: only root on Linux may mount one"
    missing = [each for each in NEEDED if shutil.which(each) is None]
    return f"no disk is filled up: {', '.join(missing)} is missing" if missing else None


@contextmanager
def small_disk(folder: Path, size: int = SIZE) -> Generator[Disk | None]:
    """A disk mounted at a folder; None where it cannot be had, and the folder is as it was."""
    if why_not() is not None:
        yield None
        return
    image = folder.with_name(f"{folder.name}.disk")
    with image.open("wb") as file:
        file.truncate(size)
    try:
        _run("mkfs.ext4", "-q", "-F", "-m", "0", str(image))
        if not _run("mount", "-o", "loop", str(image), str(folder)):
            yield None
            return
        try:
            folder.chmod(0o755)
            yield Disk(folder)
        finally:
            _run("umount", "--lazy", str(folder))
    finally:
        image.unlink(missing_ok=True)


def _run(*command: str) -> bool:
    """Whether it worked; a container may not mount, though it is root."""
    return subprocess.run(command, check=False, capture_output=True).returncode == 0  # noqa: S603  # ours
