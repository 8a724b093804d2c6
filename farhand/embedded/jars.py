"""The jars of Kafka and Zipkin: fetched once, in parallel, and checked against `jars.lock`."""

import asyncio
import fcntl
import hashlib
import os
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final, Self

import httpx2

from farhand.errors import StackError, told

LOCK: Final = Path(__file__).with_name("jars.lock")
AT_ONCE: Final = 6
ATTEMPTS: Final = 4

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Jar:
    part: str
    group: str
    artifact: str
    version: str
    classifier: str
    size: int
    sha256: str

    @classmethod
    def parse(cls, line: str) -> Self:
        part, coordinates, size, sha256 = line.split()
        group, artifact, version, *classifier = coordinates.split(":")
        return cls(
            part=part,
            group=group,
            artifact=artifact,
            version=version,
            classifier="".join(classifier),
            size=int(size),
            sha256=sha256,
        )

    def __str__(self) -> str:
        return ":".join(filter(None, (self.group, self.artifact, self.version, self.classifier)))

    @property
    def file_name(self) -> str:
        return "-".join(filter(None, (self.artifact, self.version, self.classifier))) + ".jar"

    @property
    def path(self) -> str:
        """Its place in any Maven repository."""
        folder = self.group.replace(".", "/")
        return f"{folder}/{self.artifact}/{self.version}/{self.file_name}"

    def is_in(self, file: Path) -> bool:
        """The file holds this jar, byte for byte."""
        if not file.exists() or file.stat().st_size != self.size:
            return False
        with file.open("rb") as f:
            return hashlib.file_digest(f, "sha256").hexdigest() == self.sha256


def locked(part: str | None = None, lock: Path = LOCK) -> list[Jar]:
    """The jars of one part, or of all."""
    lines = (line.strip() for line in lock.read_text().splitlines())
    jars = [Jar.parse(line) for line in lines if line and not line.startswith("#")]
    return [jar for jar in jars if part in (None, jar.part)]


def classpath(part: str, cache: Path) -> str:
    return os.pathsep.join(str(folder(cache) / jar.file_name) for jar in locked(part))


def folder(cache: Path) -> Path:
    return cache / "jars"


async def fetch(jars: Iterable[Jar], cache: Path, progress: Progress) -> None:
    """Bring every jar into the cache, verified; what is there already is verified again.

    An interrupted download goes on where it stopped. Raises StackError.
    """
    place = folder(cache)
    try:
        place.mkdir(parents=True, exist_ok=True)
        async with alone(place):
            await fetch_missing(list(jars), place, progress)
    except OSError as error:
        raise told(error, place, "FARHAND_CACHE") from error


async def fetch_missing(jars: list[Jar], place: Path, progress: Progress) -> None:
    held = await asyncio.gather(
        *(asyncio.to_thread(jar.is_in, place / jar.file_name) for jar in jars)
    )
    missing = [jar for jar, here in zip(jars, held, strict=True) if not here]
    if missing:
        await _Download(place, missing, progress).run()


@asynccontextmanager
async def alone(place: Path) -> AsyncGenerator[None]:
    """Two copies of Farhand share the cache; one fetches, the other waits and finds it there."""
    with (place / ".lock").open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                await asyncio.sleep(0.2)
            else:
                break
        yield


class _Download:
    def __init__(self, place: Path, jars: list[Jar], progress: Progress) -> None:
        self.place = place
        self.jars = jars
        self.progress = progress
        self.total = sum(jar.size for jar in jars)
        self.done: dict[Jar, int] = {}

    async def run(self) -> None:
        turns = asyncio.Semaphore(AT_ONCE)
        # imported late: it takes half a second, and a second start has nothing to fetch
        base = await asyncio.to_thread(_repository)
        async with httpx2.AsyncClient(base_url=base, timeout=30, follow_redirects=True) as http:
            try:
                async with asyncio.TaskGroup() as group:
                    for jar in self.jars:
                        group.create_task(self._one(jar, http, turns))
            except BaseExceptionGroup as several:
                raise several.exceptions[0] from None

    async def _one(self, jar: Jar, http: httpx2.AsyncClient, turns: asyncio.Semaphore) -> None:
        part = self.place / f"{jar.file_name}.part"
        async with turns:
            for attempt in range(1, ATTEMPTS + 1):
                try:
                    await self._continue(jar, part, http)
                    break
                except httpx2.HTTPError as error:
                    if attempt == ATTEMPTS or _is_final(error):
                        raise unreachable(jar, error) from error
                    await asyncio.sleep(2**attempt / 4)
        if not await asyncio.to_thread(jar.is_in, part):
            part.unlink()
            raise StackError(
                f"{jar} was downloaded, but its SHA-256 is not the one in {LOCK.name}: it is not "
                "used. Try again; if it stays so, something between here and the repository "
                "changes the file."
            )
        part.replace(self.place / jar.file_name)

    async def _continue(self, jar: Jar, part: Path, http: httpx2.AsyncClient) -> None:
        have = self.done[jar] = size_of(part)
        if have >= jar.size:
            return
        headers = {"Range": f"bytes={have}-"} if have else {}
        async with http.stream("GET", jar.path, headers=headers) as answer:
            answer.raise_for_status()
            resumed = answer.status_code == HTTPStatus.PARTIAL_CONTENT
            self.done[jar] = have if resumed else 0
            with part.open("ab" if resumed else "wb") as file:
                async for piece in answer.aiter_raw():
                    file.write(piece)
                    self.done[jar] += len(piece)
                    self.progress(sum(self.done.values()), self.total)


def _repository() -> str:
    """The address of Maven Central, which jgo knows; a mirror can stand in for it."""
    if mirror := os.environ.get("FARHAND_MAVEN"):
        return mirror.rstrip("/") + "/"
    from jgo.constants import MAVEN_CENTRAL_URL  # noqa: PLC0415  see run()

    return MAVEN_CENTRAL_URL.rstrip("/") + "/"


def size_of(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _is_final(error: httpx2.HTTPError) -> bool:
    return isinstance(error, httpx2.HTTPStatusError) and error.response.is_client_error


def unreachable(jar: Jar, error: httpx2.HTTPError) -> StackError:
    return StackError(
        f"{jar} could not be downloaded ({error or type(error).__name__}). What has arrived is "
        "kept: run the same command again when the network is back, or set FARHAND_MAVEN to a "
        "mirror of Maven Central."
    )
