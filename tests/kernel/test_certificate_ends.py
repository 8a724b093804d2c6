"""When the certificates of the parts end, as a service sees it by asking them."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from farhand.certificates import LEAF_DAYS, authority, certificate
from libs.common.certificate_ends import (
    SSL_REQUEST,
    UNREADABLE,
    Peer,
    end_of,
    end_of_authority,
    peers,
)
from libs.common.settings import Settings

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
ENDS = NOW + timedelta(days=LEAF_DAYS)

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture
def identity(tmp_path: Path) -> ssl.SSLContext:
    """What a part shows whose certificate was made at NOW, and whose authority nobody knows."""
    certificate(tmp_path, "kafka", authority(tmp_path, NOW), NOW)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "kafka.crt", tmp_path / "kafka.key")
    return context


@asynccontextmanager
async def listening(serve: Serve, context: ssl.SSLContext | None = None) -> AsyncGenerator[int]:
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def test_it_is_read_from_the_handshake(identity: ssl.SSLContext) -> None:
    async with listening(hang_up, identity) as port:
        assert await end_of(Peer("kafka", "127.0.0.1", port, None)) == ENDS


async def test_postgresql_is_asked_for_tls_first(identity: ssl.SSLContext) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readexactly(len(SSL_REQUEST)) == SSL_REQUEST
        writer.write(b"S")
        await writer.start_tls(identity)
        writer.close()

    async with listening(serve) as port:
        asked = Peer("postgres", "127.0.0.1", port, None, asks_first=True)
        assert await end_of(asked) == ENDS


@pytest.mark.parametrize("answer", [b"N", b""], ids=["no TLS", "hangs up"])
async def test_a_part_without_tls_has_no_end(answer: bytes) -> None:
    async def refuse(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        writer.close()

    async with listening(refuse) as port:
        with pytest.raises(UNREADABLE):
            await end_of(Peer("postgres", "127.0.0.1", port, None, asks_first=True))


def test_of_several_authorities_the_first_to_end_counts(tmp_path: Path) -> None:
    later, sooner = tmp_path / "later", tmp_path / "sooner"
    for folder, made in ((later, NOW), (sooner, NOW - timedelta(days=400))):
        folder.mkdir()
        authority(folder, made)
    both = tmp_path / "both.crt"
    both.write_text((later / "ca.crt").read_text() + (sooner / "ca.crt").read_text())

    assert end_of_authority(both) == end_of_authority(sooner / "ca.crt")


def settings(folder: Path, **given: str) -> Settings:
    plain = {"kafka": "kafka:9092", "postgres": "postgresql://a@b/c", "redis": "redis://redis"}
    return Settings(**{**plain, "keys": "k", "secrets": folder, **given})  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        pytest.param({}, [], id="nothing is spoken to by TLS"),
        pytest.param(
            {"kafka": "one:9094,two:9094", "kafka_protocol": "SASL_SSL"},
            [Peer("kafka", "one", 9094, None)],
            id="Kafka, by its first broker",
        ),
        pytest.param(
            {"postgres": "postgresql://a@db:5433/c?sslmode=verify-full&sslrootcert=/ca.crt"},
            [Peer("postgres", "db", 5433, "/ca.crt", asks_first=True)],
            id="PostgreSQL",
        ),
        pytest.param(
            {"redis": "rediss://cache/0?ssl_ca_certs=/ca.crt"},
            [Peer("redis", "cache", 6379, "/ca.crt")],
            id="Redis",
        ),
    ],
)
def test_who_is_asked_follows_from_the_settings(
    tmp_path: Path, given: dict[str, str], asked: list[Peer]
) -> None:
    assert list(peers(settings(tmp_path, **given))) == asked
