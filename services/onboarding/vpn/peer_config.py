"""WireGuard configurations as text: rendering for `wg` and `wg-quick`, and reading peers back.

Source of the format: wg(8), "CONFIGURATION FILE FORMAT", and wg-quick(8).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network
from typing import Final

HEADER: Final = "# Rendered from the table vpn_peer; what is changed here is overwritten."
KEEPALIVE_SECONDS: Final = 25
"""How often a client behind NAT speaks, so that the server can answer: what wg(8) recommends."""


@dataclass(frozen=True, slots=True, order=True)
class Peer:
    """A public key and the one address that may be used with it."""

    public_key: str
    address: IPv4Address


@dataclass(frozen=True, slots=True)
class ServerConfiguration:
    """All that the server is told; the private key does not show in a `repr`."""

    listen_port: int
    private_key: str = field(repr=False)
    peers: frozenset[Peer]


@dataclass(frozen=True, slots=True)
class ClientConfiguration:
    """All that a person's own device is told; the private key does not show in a `repr`."""

    private_key: str = field(repr=False)
    address: IPv4Address
    server_public_key: str
    endpoint: str
    routes: Sequence[IPv4Network]


def render_server(server: ServerConfiguration) -> str:
    """The configuration for `wg syncconf`, with the server's private key: never written to disk."""
    return _server((f"PrivateKey = {server.private_key}",), server)


def render_public(server: ServerConfiguration) -> str:
    """The same without any secret, for people to look at."""
    return _server((HEADER,), server)


def render_client(client: ClientConfiguration) -> str:
    """The configuration of a person's own device, for `wg-quick` and the WireGuard apps."""
    lines = (
        "[Interface]",
        f"PrivateKey = {client.private_key}",
        f"Address = {client.address}/32",
        "",
        "[Peer]",
        f"PublicKey = {client.server_public_key}",
        f"Endpoint = {client.endpoint}",
        f"AllowedIPs = {', '.join(map(str, client.routes))}",
        f"PersistentKeepalive = {KEEPALIVE_SECONDS}",
    )
    return "\n".join(lines) + "\n"


@lru_cache(maxsize=1)  # mostly read again as it was left
def read_configuration(text: str) -> frozenset[Peer]:
    """The peers of a rendered configuration."""
    sections = text.split("[Peer]\n")[1:]
    return frozenset(_peer(dict(_assignments(section))) for section in sections)


def read_dump(text: str) -> frozenset[Peer]:
    """The peers in the output of `wg show INTERFACE dump`; the first line is the interface's own.

    A peer that holds no address, or several, shows with the address 0.0.0.0: none of ours does.
    """
    rows = (line.split("\t") for line in text.splitlines()[1:])
    return frozenset(Peer(row[0], _only_address(row[3])) for row in rows)


def _server(first: tuple[str, ...], server: ServerConfiguration) -> str:
    lines = ["[Interface]", *first, f"ListenPort = {server.listen_port}"]
    for peer in sorted(server.peers, key=lambda one: one.address):
        lines += ["", "[Peer]", f"PublicKey = {peer.public_key}"]
        lines += [f"AllowedIPs = {peer.address}/32"]
    return "\n".join(lines) + "\n"


def _assignments(section: str) -> Iterable[tuple[str, str]]:
    for line in section.splitlines():
        name, separator, value = line.partition(" = ")
        if separator:
            yield name, value


def _peer(values: dict[str, str]) -> Peer:
    return Peer(values["PublicKey"], _only_address(values["AllowedIPs"]))


def _only_address(allowed: str) -> IPv4Address:
    address, _, prefix = allowed.partition("/")
    return IPv4Address(address) if prefix == "32" else IPv4Address(0)
