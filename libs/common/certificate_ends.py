"""When the certificates end that Kafka, PostgreSQL and Redis show to this service.

Whoever renews them does so elsewhere, and what does not renew is seen here first. An end is told
of a certificate that is no longer good as well: whether to trust it is not asked here, and nothing
but the handshake is sent.
"""

import asyncio
import logging
import ssl
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

from cryptography import x509

from libs.common import telemetry
from libs.common.settings import Settings

log = logging.getLogger(__name__)

EVERY_SECONDS: Final = 3600.0
HANDSHAKE_SECONDS: Final = 10.0
SSL_REQUEST: Final = bytes.fromhex("0000000804d2162f")
"""With this a client of PostgreSQL asks for TLS; `S` is a yes. Source: PostgreSQL's frontend and
backend protocol, SSLRequest."""
UNREADABLE: Final = (OSError, TimeoutError, ValueError, EOFError)


@dataclass(frozen=True, slots=True)
class Peer:
    """A part that is spoken to by TLS, and the file of the authority that it is held to."""

    name: str
    host: str
    port: int
    authority: str | None
    asks_first: bool = False


def peers(settings: Settings) -> Iterator[Peer]:
    """The parts that this service speaks TLS with, as its settings say."""
    if settings.kafka_protocol in ("SSL", "SASL_SSL"):
        broker = urlsplit("//" + settings.kafka.split(",")[0])
        ca = None if settings.kafka_ca is None else str(settings.kafka_ca)
        yield Peer("kafka", broker.hostname or "localhost", broker.port or 9092, ca)
    database, given = urlsplit(settings.postgres), _given(settings.postgres)
    if given.get("sslmode") in ("require", "verify-ca", "verify-full"):
        host, port = database.hostname or "localhost", database.port or 5432
        yield Peer("postgres", host, port, given.get("sslrootcert"), asks_first=True)
    cache = urlsplit(settings.redis)
    if cache.scheme == "rediss":
        host, port = cache.hostname or "localhost", cache.port or 6379
        yield Peer("redis", host, port, _given(settings.redis).get("ssl_ca_certs"))


def _given(address: str) -> Mapping[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


async def end_of(peer: Peer) -> datetime:
    """The last moment of the certificate that a part shows; raises one of UNREADABLE."""
    looking = ssl.create_default_context()
    looking.check_hostname = False
    looking.verify_mode = ssl.CERT_NONE  # what has ended is to be read as well
    async with asyncio.timeout(HANDSHAKE_SECONDS):
        reader, writer = await asyncio.open_connection(
            peer.host,
            peer.port,
            ssl=None if peer.asks_first else looking,
            server_hostname=None if peer.asks_first else peer.host,
        )
        try:
            if peer.asks_first:
                writer.write(SSL_REQUEST)
                if await reader.readexactly(1) != b"S":
                    raise ValueError("it speaks no TLS")
                await writer.start_tls(looking, server_hostname=peer.host)
            shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        finally:
            writer.close()
            with suppress(*UNREADABLE):
                await writer.wait_closed()
    return x509.load_der_x509_certificate(shown).not_valid_after_utc


def end_of_authority(file: Path) -> datetime:
    """The last moment of the first to end of the authorities in a file; raises UNREADABLE."""
    return min(
        each.not_valid_after_utc for each in x509.load_pem_x509_certificates(file.read_bytes())
    )


async def watch(service: str, settings: Settings) -> None:
    """Look at each every hour, until cancelled; what cannot be looked at keeps its last figure."""
    told = telemetry.CERTIFICATE_ENDS
    while True:
        for peer in peers(settings):
            try:
                told.labels(service, peer.name).set((await end_of(peer)).timestamp())
                if peer.authority is not None:
                    ends = end_of_authority(Path(peer.authority))
                    told.labels(service, f"authority of {peer.name}").set(ends.timestamp())
            except UNREADABLE as error:
                log.info("the certificate of %s is not seen: %s", peer.name, type(error).__name__)
        await asyncio.sleep(EVERY_SECONDS)
