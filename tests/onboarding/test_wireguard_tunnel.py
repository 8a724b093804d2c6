"""The WireGuard adapter on real interfaces: a tunnel that carries bytes, until it is revoked.

Runs where `wg`, `wireguard-go` and `ip` are installed and network namespaces may be made.
"""

import asyncio
import os
import secrets
import shutil
import sys
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest

from libs.common.database import Pool
from libs.common.effects import Transient
from libs.common.sealing import Vault
from services.onboarding.access import Access
from services.onboarding.vpn.server import Interface
from services.onboarding.vpn.settings import VpnSettings
from services.onboarding.vpn.wireguard import WireGuard
from tests.onboarding.access_contract import ANA, NOOR, AccessAdapter, AccessContract
from tests.onboarding.conftest import MASTER_KEY
from tests.onboarding.test_wireguard import InTurns, ensure, revoke

WG, WIREGUARD_GO, IP = (shutil.which(name) for name in ("wg", "wireguard-go", "ip"))
MISSING = [
    word
    for there, word in (
        (WG, "the command wg"),
        (WIREGUARD_GO, "the command wireguard-go"),
        (IP, "the command ip"),
        (os.geteuid() == 0, "the right to make network namespaces"),
        (Path("/dev/net/tun").exists(), "/dev/net/tun"),
    )
    if not there
]
needs_wireguard = pytest.mark.skipif(bool(MISSING), reason=f"this needs {', '.join(MISSING)}")

QUIET = asyncio.subprocess.DEVNULL
LISTEN = """
import socket
listener = socket.create_server(("10.86.0.1", 8000))
while True:
    peer, _ = listener.accept()
    peer.sendall(b"welcome")
    peer.close()
"""
CALL = """
import socket
with socket.create_connection(("10.86.0.1", 8000), timeout=2) as server:
    assert server.recv(7) == b"welcome"
"""


async def run(*command: str, stdin: str = "") -> None:
    assert await ends(*command, stdin=stdin) == 0, " ".join(command)


async def ends(*command: str, stdin: str = "") -> int:
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE, stdout=QUIET, stderr=QUIET
    )
    await process.communicate(stdin.encode())
    assert process.returncode is not None
    return process.returncode


@asynccontextmanager
async def running(*command: str) -> AsyncGenerator[None]:
    process = await asyncio.create_subprocess_exec(*command, stdout=QUIET, stderr=QUIET)
    try:
        yield
    finally:
        process.terminate()
        await process.wait()


@dataclass(frozen=True, slots=True)
class Machine:
    """A network namespace with a WireGuard interface of the same name."""

    name: str

    def inside(self, *command: str) -> tuple[str, ...]:
        return ("ip", "netns", "exec", self.name, *command)

    async def answers(self) -> None:
        for _ in range(500):
            if await ends("wg", "show", self.name) == 0:
                return
            await asyncio.sleep(0.02)
        raise TimeoutError(self.name)

    async def has_address(self, address: str) -> None:
        await run(*self.inside("ip", "address", "flush", "dev", self.name))
        await run(*self.inside("ip", "address", "add", address, "dev", self.name))
        await run(*self.inside("ip", "link", "set", self.name, "up"))


@asynccontextmanager
async def machine(role: str) -> AsyncGenerator[Machine]:
    made = Machine(f"fh{role}{secrets.token_hex(3)}")
    await run("ip", "netns", "add", made.name)
    try:
        await run(*made.inside("ip", "link", "set", "lo", "up"))
        async with running(*made.inside("wireguard-go", "-f", made.name)):
            await made.answers()
            yield made
    finally:
        await run("ip", "netns", "delete", made.name)


async def connect_by_cable(server: Machine, client: Machine) -> None:
    ends_of_it = {server.name: "192.0.2.1/24", client.name: "192.0.2.2/24"}
    here, there = (f"c{name[2:]}" for name in ends_of_it)
    await run("ip", "link", "add", here, "type", "veth", "peer", "name", there)
    for end, (name, address) in zip((here, there), ends_of_it.items(), strict=True):
        await run("ip", "link", "set", end, "netns", name)
        await run("ip", "-n", name, "address", "add", address, "dev", end)
        await run("ip", "-n", name, "link", "set", end, "up")


@dataclass(frozen=True, slots=True)
class Office:
    """A server, and a person's own device somewhere else."""

    wireguard: WireGuard
    server: Machine
    client: Machine

    async def connect(self, hire_id: UUID) -> None:
        """Put the configuration of a person on the device."""
        told = (await self.wireguard.client_configuration(hire_id)).splitlines()
        address = next(line for line in told if line.startswith("Address = "))
        told.remove(address)  # for wg-quick; wg itself does not know it
        await run("wg", "setconf", self.client.name, "/dev/stdin", stdin="\n".join(told) + "\n")
        await self.client.has_address(address.removeprefix("Address = "))
        route = ("ip", "route", "replace", "10.86.0.0/16", "dev", self.client.name)
        await run(*self.client.inside(*route))

    async def is_reached(self) -> bool:
        return await ends(*self.client.inside(sys.executable, "-c", CALL)) == 0


@pytest.fixture
async def office(pools: tuple[Pool, Pool], tmp_path: Path) -> AsyncGenerator[Office]:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(machine("s"))
        client = await stack.enter_async_context(machine("c"))
        await connect_by_cable(server, client)
        await server.has_address("10.86.0.1/16")
        listen = server.inside(sys.executable, "-c", LISTEN)
        await stack.enter_async_context(running(*listen))
        settings = VpnSettings(interface=server.name, endpoint="192.0.2.1:51820")
        vault = Vault(pools[0], MASTER_KEY)
        wireguard = WireGuard.in_folder(pools[0], vault, settings, tmp_path)
        yield Office(wireguard, server, client)


@needs_wireguard
async def test_who_is_granted_reaches_the_office_until_it_is_revoked(office: Office) -> None:
    await ensure(office.wireguard, NOOR)
    await office.connect(NOOR)
    assert await office.is_reached()

    await ensure(office.wireguard, ANA)
    assert await office.is_reached(), "another peer does not disturb the session"

    await revoke(office.wireguard, NOOR)
    assert not await office.is_reached()

    await ensure(office.wireguard, NOOR, period=2)
    assert not await office.is_reached(), "the old key stays worthless"
    await office.connect(NOOR)
    assert await office.is_reached()


@needs_wireguard
async def test_a_peer_somebody_added_by_hand_is_gone_with_the_next_change(office: Office) -> None:
    await ensure(office.wireguard, NOOR)
    stranger = (
        "peer",
        "c3RyYW5nZXJzdHJhbmdlcnN0cmFuZ2Vyc3RyYW5nZXI=",
        "allowed-ips",
        "10.86.0.2/32",
    )
    await run("wg", "set", office.server.name, *stranger)
    assert await office.wireguard.observe(NOOR) is Access.BETWEEN, "it stole the address"
    await ensure(office.wireguard, NOOR)
    assert await office.wireguard.observe(NOOR) is Access.OPEN


@needs_wireguard
class TestWireGuardInterface(AccessContract):
    """A real interface keeps the contract of access."""

    @pytest.fixture
    async def access(
        self, pools: tuple[Pool, Pool], tmp_path: Path
    ) -> AsyncGenerator[AccessAdapter]:
        async with machine("s") as server:
            settings = VpnSettings(interface=server.name)
            first, second = (
                WireGuard.in_folder(pool, Vault(pool, MASTER_KEY), settings, tmp_path)
                for pool in pools
            )
            yield InTurns((first, second), [])


@pytest.mark.parametrize(
    ("interface", "says"),
    [
        pytest.param(Interface("fh-none", "no-such-wg"), "cannot be run", id="no wg"),
        pytest.param(Interface("fh-none", "false"), "ended with 1", id="no interface"),
    ],
)
async def test_an_interface_that_cannot_be_read_is_tried_again(
    interface: Interface, says: str
) -> None:
    with pytest.raises(Transient, match=says):
        await interface.peers()
