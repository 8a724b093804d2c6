import asyncio
import hashlib
import re
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest

from farhand.embedded.jars import Jar, fetch, folder, locked
from farhand.errors import StackError

CONTENT = bytes(range(256)) * 400
JAR = Jar(
    part="kafka",
    group="org.example",
    artifact="a",
    version="1.0",
    classifier="",
    size=len(CONTENT),
    sha256=hashlib.sha256(CONTENT).hexdigest(),
)


class Repository:
    """Serves one content under every path, in pieces as asked, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.content = CONTENT
        self.breaks_after = len(CONTENT)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.asked.append(request)
        found = re.search(r"(?im)^range: bytes=(\d+)-", request)
        start = int(found[1]) if found else 0
        status = "206 Partial Content" if found else "200 OK"
        rest = self.content[start:]
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(rest)}\r\n\r\n".encode())
        writer.write(rest[: self.breaks_after])
        await writer.drain()
        writer.close()


@pytest.fixture
async def repository(monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Repository]:
    repository = Repository()
    server = await asyncio.start_server(repository.answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    monkeypatch.setenv("FARHAND_MAVEN", f"http://127.0.0.1:{port}/root")
    async with server:
        yield repository


def silent(_done: int, _total: int) -> None:
    pass


def test_the_lock_names_every_jar_once_with_its_hash() -> None:
    jars = locked()
    assert len({jar.file_name for jar in jars}) == len(jars)
    assert all(re.fullmatch("[0-9a-f]{64}", jar.sha256) and jar.size for jar in jars)
    assert {jar.part for jar in jars} == {"kafka", "zipkin"}


def test_coordinates_are_a_path_in_a_repository() -> None:
    [zipkin] = locked("zipkin")
    assert str(zipkin) == f"io.zipkin:zipkin-server:{zipkin.version}:slim"
    version = zipkin.version
    assert zipkin.path == f"io/zipkin/zipkin-server/{version}/zipkin-server-{version}-slim.jar"


async def test_what_was_fetched_is_not_asked_for_again(
    repository: Repository, tmp_path: Path
) -> None:
    seen: list[tuple[int, int]] = []
    await fetch([JAR], tmp_path, lambda done, total: seen.append((done, total)))
    await fetch([JAR], tmp_path, silent)
    assert (folder(tmp_path) / JAR.file_name).read_bytes() == CONTENT
    assert len(repository.asked) == 1
    assert repository.asked[0].startswith("GET /root/org/example/a/1.0/a-1.0.jar ")
    assert seen[-1] == (JAR.size, JAR.size)


async def test_a_broken_download_goes_on_where_it_stopped(
    repository: Repository, tmp_path: Path
) -> None:
    repository.breaks_after = 70_000
    await fetch([JAR], tmp_path, silent)
    assert "range: bytes=70000-" in repository.asked[1].lower()
    assert JAR.is_in(folder(tmp_path) / JAR.file_name)


async def test_a_changed_jar_is_never_put_in_place(repository: Repository, tmp_path: Path) -> None:
    repository.content = CONTENT[:-1] + b"!"
    with pytest.raises(StackError, match=r"org\.example:a:1\.0 .*SHA-256"):
        await fetch([JAR], tmp_path, silent)
    assert not list(folder(tmp_path).glob("*.jar*"))


async def test_a_jar_that_was_changed_in_the_cache_is_fetched_again(
    repository: Repository, tmp_path: Path
) -> None:
    await fetch([JAR], tmp_path, silent)
    cached = folder(tmp_path) / JAR.file_name
    cached.write_bytes(CONTENT[:-1] + b"!")
    await fetch([JAR], tmp_path, silent)
    assert cached.read_bytes() == CONTENT
    assert len(repository.asked) == 2


async def test_two_copies_share_one_download(repository: Repository, tmp_path: Path) -> None:
    jars = [JAR, replace(JAR, artifact="b")]
    await asyncio.gather(fetch(jars, tmp_path, silent), fetch(jars, tmp_path, silent))
    assert len(repository.asked) == 2


async def test_no_network_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("farhand.embedded.jars.ATTEMPTS", 1)
    monkeypatch.setenv("FARHAND_MAVEN", "http://127.0.0.1:9")
    with pytest.raises(StackError, match="could not be downloaded"):
        await fetch([JAR], tmp_path, silent)
