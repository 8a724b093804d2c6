"""Makes the root of an image: Python, what it is linked to, and no more.

`python root.py ROOT`, run in an image that has Python, copies into ROOT what a service needs of
that image: no shell, no package manager, no pip, none of the standard library's tests and windows.
"""

import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path
from typing import Final

UNUSED: Final = (
    *("site-packages", "dist-packages", "test", "tests", "idlelib", "tkinter", "turtledemo"),
    *("ensurepip", "pydoc_data", "lib2to3", "config-*", "__pycache__", "turtle.py"),
    *("_tkinter*", "_test*", "_curses*", "_dbm*", "_gdbm*", "_pyrepl"),
)
"""What of the standard library stays behind."""

OF_SYSTEM: Final = (
    *("/etc/ssl/certs/ca-certificates.crt", "/etc/ld.so.cache", "/etc/nsswitch.conf"),
    *("/etc/passwd", "/etc/group", "/etc/services", "/etc/protocols"),
)
OF_PACKAGES: Final = (
    *("libstdc++.so.6", "libgcc_s.so.1", "libz.so.1"),
    *("librt.so.1", "libdl.so.2", "libpthread.so.0", "libutil.so.1", "libresolv.so.2", "libm.so.6"),
)
"""Libraries that compiled packages may be linked to."""

LINKED: Final = re.compile(r"(/\S+) \(0x")
"""A library in what ldd prints."""
CACHED: Final = re.compile(r"(\S+) \(.*?\) => (/\S+)")
"""A library and where it is, in what ldconfig prints."""


def main(root: Path) -> None:
    """Fill the root."""
    for link in map(Path, ("/bin", "/lib", "/lib64", "/sbin")):
        if link.is_symlink():
            (root / link.name).symlink_to(link.readlink())
            below(root, link.resolve()).mkdir(parents=True, exist_ok=True)
    library, python = Path(sysconfig.get_path("stdlib")), Path(sys.executable).resolve()
    shutil.copytree(library, below(root, library), ignore=shutil.ignore_patterns(*UNUSED))
    modules = below(root, library).rglob("*.so")
    for file in (python, *linked([python, *modules]), *of_packages(), *map(Path, OF_SYSTEM)):
        copy(root, file)
    command = root / "usr/local/bin/python"
    if command.resolve() != below(root, python):
        command.parent.mkdir(parents=True, exist_ok=True)
        command.symlink_to(python)
    (root / "tmp").mkdir()
    (root / "tmp").chmod(0o1777)


def linked(modules: Iterable[Path]) -> set[Path]:
    """The libraries of the system that these are linked to."""
    asked = subprocess.run(["ldd", *modules], capture_output=True, text=True, check=False)  # noqa: S603, S607
    return {Path(found) for found in LINKED.findall(asked.stdout)}


def of_packages() -> set[Path]:
    """The libraries for packages, where the loader finds them."""
    cache = subprocess.run(["ldconfig", "-p"], capture_output=True, text=True, check=True)  # noqa: S607
    return {Path(path) for name, path in CACHED.findall(cache.stdout) if name in OF_PACKAGES}


def below(root: Path, path: Path) -> Path:
    """The same path, below the root."""
    return root / path.relative_to("/")


def copy(root: Path, file: Path) -> None:
    """Copy a file, under the name by which it is asked for; what the system lacks is left out."""
    target = below(root, file.parent.resolve() / file.name)
    if file.exists() and not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file.resolve(), target)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
