"""What a person is told when something cannot run: what, where, and how to mend it."""

import errno
from pathlib import Path


class StackError(Exception):
    """A sentence for the person at the terminal; never shown with a traceback."""


def failed(what: str, place: Path, said: str) -> StackError:
    """The sentence for a program that could not do its work in `place`, from what it said."""
    if "No space left on device" in said:
        return told(OSError(errno.ENOSPC, ""), place)
    words = "\n".join(f"  {line[:300]}" for line in said.strip().splitlines()[-4:])
    return StackError(f"{what} in {place} failed:\n{words}")


def told(error: OSError, place: Path, setting: str = "FARHAND_HOME") -> StackError:
    """The sentence for an error of the operating system met while working in `place`."""
    where = error.filename or place
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return StackError(
                f"The disk that holds {where} is full. "
                f"Free some space, or set {setting} to a folder on another disk."
            )
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return StackError(
                f"{where} cannot be written ({error.strerror}). "
                f"Mend its permissions, or set {setting} to a folder of your own."
            )
        case errno.ENOTDIR | errno.EEXIST:
            return StackError(
                f"{where} is a file where a folder is needed. "
                f"Move it away, or set {setting} to another folder."
            )
        case _:
            return StackError(f"{where}: {error.strerror or error}.")
