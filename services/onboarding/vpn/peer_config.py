"""WireGuard configurations as text: rendering for `wg` and `wg-quick`, and reading peers back.

Source of the format: wg(8), "CONFIGURATION FILE FORMAT", and wg-quick(8).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv4Network
from socket import inet_aton
from typing import Final, NamedTuple

HEADER: Final = "# Rendered from the table vpn_peer; what is changed here is overwritten."
KEEPALIVE_SECONDS: Final = 25
"""How often a client behind NAT speaks, so that the server can answer: what wg(8) recommends."""


SECTION: Final = re.compile(r"\[Peer\]\nPublicKey = (\S+)\nAllowedIPs = (\S+)\n")
NOWHERE: Final = "0.0.0.0"  # noqa: S104  # an address of nobody, not one to listen on


class Peer(NamedTuple):
    """A public key and the one address that may be used with it, an IPv4 address as text.

    As light as can be: with every change, all peers of a company are read, compared and written.
    """

    public_key: str
    address: str


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
    address: str
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
    """The peers of a rendered configuration; what is not rendered so shows as a peer of nobody."""
    found = SECTION.findall(text)
    strange = [Peer("", NOWHERE)] if text.count("[Peer]") != len(found) else []
    return frozenset([*strange, *(Peer(key, _only_address(allowed)) for key, allowed in found)])


def read_dump(text: str) -> frozenset[Peer]:
    """The peers in the output of `wg show INTERFACE dump`; the first line is the interface's own.

    A peer that holds no address, or several, shows with the address 0.0.0.0: none of ours does.
    """
    rows = (line.split("\t") for line in text.splitlines()[1:])
    return frozenset(Peer(row[0], _only_address(row[3])) for row in rows)


def _server(first: tuple[str, ...], server: ServerConfiguration) -> str:
    lines = ["[Interface]", *first, f"ListenPort = {server.listen_port}"]
    for peer in sorted(server.peers, key=lambda one: (inet_aton(one.address), one)):
        lines += ["", "[Peer]", f"PublicKey = {peer.public_key}"]
        lines += [f"AllowedIPs = {peer.address}/32"]
    return "\n".join(lines) + "\n"


def _only_address(allowed: str) -> str:
    address, _, prefix = allowed.partition("/")
    return address if prefix == "32" else NOWHERE
