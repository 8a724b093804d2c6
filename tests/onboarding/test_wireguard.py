"""The WireGuard adapter on a real PostgreSQL."""

import asyncio
import stat
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from libs.common import ids
from libs.common.database import Pool
from libs.common.decider import Refused
from libs.common.effects import Call, Transient
from services.onboarding.access import Access
from services.onboarding.vpn import peer_store
from services.onboarding.vpn.keys import public_key_of
from services.onboarding.vpn.messages import EnsurePeer, PeerReady, RevokePeer
from services.onboarding.vpn.peer_config import Peer, ServerConfiguration, read_configuration
from services.onboarding.vpn.server import ConfigurationFile
from services.onboarding.vpn.wireguard import CONFIGURATION, WireGuard
from tests.onboarding.access_contract import NOOR, AccessAdapter, AccessContract

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def call(hire_id: UUID, attempt: int = 1) -> Call:
    return Call(idempotency_key=f"vpn/{hire_id}", attempt=attempt, key=str(hire_id), now=NOW)


async def ensure(wireguard: WireGuard, hire_id: UUID, period: int = 1) -> PeerReady:
    return await wireguard.ensure_peer(EnsurePeer(hire_id=hire_id, period=period), call(hire_id))


async def revoke(wireguard: WireGuard, hire_id: UUID, period: int = 1) -> None:
    await wireguard.revoke_peer(RevokePeer(hire_id=hire_id, period=period), call(hire_id))


def people(count: int) -> list[UUID]:
    return [ids.derived("test", "person", number) for number in range(count)]


def written(folder: Path) -> frozenset[Peer]:
    return read_configuration((folder / CONFIGURATION).read_text())


@dataclass(frozen=True, slots=True)
class InTurns:
    """The adapter as two processes answer for it, one call each in turn."""

    processes: tuple[WireGuard, WireGuard]
    asked: list[None]

    def _next(self) -> WireGuard:
        self.asked.append(None)
        return self.processes[len(self.asked) % 2]

    async def ensure(self, hire_id: UUID, period: int) -> str:
        return (await ensure(self._next(), hire_id, period)).public_key

    async def observe(self, hire_id: UUID) -> Access:
        return await self._next().observe(hire_id)

    async def revoke(self, hire_id: UUID, period: int) -> None:
        await revoke(self._next(), hire_id, period)

    async def ensure_half_way(self, hire_id: UUID, period: int) -> None:
        """In the tables, and not on the server."""
        await self.ensure(hire_id, period)
        peers = await self._next().publish()
        configuration = ServerConfiguration(51820, "gone", frozenset())
        assert any(peers)
        await self._next().servers[0].apply(configuration)

    async def revoke_half_way(self, hire_id: UUID, period: int) -> None:
        """Taken back in the tables, and still on the server."""
        await peer_store.begin_revocation(self._next().pool, hire_id, period)


class TestWireGuard(AccessContract):
    """WireGuard keeps the contract of access, whichever process answers."""

    @pytest.fixture
    def access(self, wireguards: tuple[WireGuard, WireGuard]) -> AccessAdapter:
        return InTurns(wireguards, [])


async def test_a_peer_is_in_the_file_that_people_see(wireguard: WireGuard, tmp_path: Path) -> None:
    ready = await ensure(wireguard, NOOR)
    assert {(one.public_key, str(one.address)) for one in written(tmp_path)} == {
        (ready.public_key, ready.address)
    }
    assert ready.address == "10.86.0.2", "the first address is the server's"


async def test_a_revoked_peer_is_in_neither_file_nor_tables(
    wireguard: WireGuard, pools: tuple[Pool, Pool], tmp_path: Path
) -> None:
    await ensure(wireguard, NOOR)
    await revoke(wireguard, NOOR)
    assert written(tmp_path) == frozenset()
    assert await pools[0].fetch("select from vpn_peer where public_key is not null") == []
    assert await pools[0].fetch("select from vpn_address where hire_id is not null") == []


async def test_private_keys_are_nowhere_in_the_clear(
    wireguard: WireGuard, pools: tuple[Pool, Pool], tmp_path: Path
) -> None:
    ready = await ensure(wireguard, NOOR)
    client = await wireguard.client_configuration(NOOR)
    (private_key,) = [
        line.removeprefix("PrivateKey = ")
        for line in client.splitlines()
        if line.startswith("PrivateKey")
    ]
    assert public_key_of(private_key) == ready.public_key
    stored = [
        *await pools[0].fetch("select * from vpn_peer"),
        *await pools[0].fetch("table vpn_server"),
    ]
    assert all(str(row["private_key"]).startswith("sealed.v1.") for row in stored)
    assert private_key not in (tmp_path / CONFIGURATION).read_text() + str(stored) + repr(ready)


async def test_only_its_owner_can_read_the_file(wireguard: WireGuard, tmp_path: Path) -> None:
    await ensure(wireguard, NOOR)
    assert stat.S_IMODE((tmp_path / CONFIGURATION).stat().st_mode) == stat.S_IRUSR | stat.S_IWUSR
    assert [one.name for one in (tmp_path / CONFIGURATION).parent.iterdir()] == ["wg0.conf"]


async def test_the_person_is_told_how_to_connect(wireguard: WireGuard) -> None:
    ready = await ensure(wireguard, NOOR)
    client = await wireguard.client_configuration(NOOR)
    assert f"Address = {ready.address}/32" in client
    assert "AllowedIPs = 10.86.0.0/16" in client


async def test_who_has_no_peer_is_told_nothing(wireguard: WireGuard) -> None:
    with pytest.raises(Refused, match="no VPN peer"):
        await wireguard.client_configuration(NOOR)


async def test_a_person_who_was_erased_is_told_nothing(wireguard: WireGuard) -> None:
    await ensure(wireguard, NOOR)
    await wireguard.vault.erase(str(NOOR))
    with pytest.raises(Refused, match="erased"):
        await wireguard.client_configuration(NOOR)


async def test_access_of_an_erased_person_can_still_be_revoked(
    wireguard: WireGuard, tmp_path: Path
) -> None:
    await ensure(wireguard, NOOR)
    await wireguard.vault.erase(str(NOOR))
    await revoke(wireguard, NOOR)
    assert written(tmp_path) == frozenset()


# A crash between two steps.


async def test_a_grant_that_never_reached_the_server_is_mended_by_the_next_call(
    wireguard: WireGuard, pools: tuple[Pool, Pool], tmp_path: Path
) -> None:
    ready = await ensure(wireguard, NOOR)
    (tmp_path / CONFIGURATION).unlink()
    assert await wireguard.observe(NOOR) is Access.BETWEEN
    assert await ensure(wireguard, NOOR) == ready
    assert len(written(tmp_path)) == 1
    assert (
        await pools[0].fetchval("select count(*) from vpn_address where hire_id is not null") == 1
    )


async def test_a_revocation_that_never_reached_the_server_is_ended_by_the_next_call(
    wireguard: WireGuard, pools: tuple[Pool, Pool], tmp_path: Path
) -> None:
    await ensure(wireguard, NOOR)
    await peer_store.begin_revocation(pools[0], NOOR, 1)
    assert await wireguard.observe(NOOR) is Access.BETWEEN
    assert len(written(tmp_path)) == 1, "the server was not told before the crash"
    await revoke(wireguard, NOOR)
    assert await wireguard.observe(NOOR) is Access.CLOSED
    assert written(tmp_path) == frozenset()


async def test_a_revocation_that_was_not_recorded_is_ended_by_the_next_call(
    wireguard: WireGuard, pools: tuple[Pool, Pool]
) -> None:
    await ensure(wireguard, NOOR)
    await peer_store.begin_revocation(pools[0], NOOR, 1)
    await wireguard.publish()
    held = "select count(*) from vpn_address where hire_id is not null"
    assert await pools[0].fetchval(held) == 1, "an address is freed only once it is off the server"
    await revoke(wireguard, NOOR)
    assert await pools[0].fetchval(held) == 0


async def test_publishing_at_start_brings_a_lost_configuration_back(
    wireguard: WireGuard, tmp_path: Path
) -> None:
    for hire_id in people(3):
        await ensure(wireguard, hire_id)
    before = written(tmp_path)
    (tmp_path / CONFIGURATION).write_text("[Interface]\n# somebody was here\n")
    await wireguard.publish()
    assert written(tmp_path) == before


async def test_who_comes_back_before_the_revocation_ended_gets_new_keys_and_the_old_address(
    wireguard: WireGuard, pools: tuple[Pool, Pool], tmp_path: Path
) -> None:
    first = await ensure(wireguard, NOOR)
    await peer_store.begin_revocation(pools[0], NOOR, 1)
    again = await ensure(wireguard, NOOR, period=2)
    assert again.public_key != first.public_key
    assert again.address == first.address
    assert len(written(tmp_path)) == 1


async def test_whoever_is_granted_on_keeps_keys_and_address(wireguard: WireGuard) -> None:
    first = await ensure(wireguard, NOOR)
    on = await ensure(wireguard, NOOR, period=2)
    assert (on.public_key, on.address) == (first.public_key, first.address)


@dataclass(slots=True)
class Counting:
    """A place that counts how often it is looked at."""

    file: ConfigurationFile
    looks: int = 0

    async def apply(self, configuration: ServerConfiguration) -> None:
        await self.file.apply(configuration)

    async def peers(self) -> frozenset[Peer]:
        self.looks += 1
        return await self.file.peers()


async def test_calls_that_wait_together_are_applied_together(
    wireguard: WireGuard, tmp_path: Path
) -> None:
    counting = Counting(ConfigurationFile(tmp_path / "counted.conf"))
    counted = replace(wireguard, servers=(counting,))
    ready = await asyncio.gather(*(ensure(counted, hire_id) for hire_id in people(40)))
    assert counting.looks < 40, "all the peers are not read for each of them"
    assert {one.public_key for one in ready} == {one.public_key for one in await counting.peers()}


# A server that does not do as it is told.


@dataclass(frozen=True, slots=True)
class Deaf:
    """A place that takes configurations and shows others: what was there stays there."""

    file: ConfigurationFile

    async def apply(self, configuration: ServerConfiguration) -> None:
        pass

    async def peers(self) -> frozenset[Peer]:
        return await self.file.peers()


async def test_a_peer_the_server_does_not_show_is_not_ready(
    wireguard: WireGuard, tmp_path: Path
) -> None:
    deaf = replace(wireguard, servers=(*wireguard.servers, Deaf(ConfigurationFile(tmp_path / "x"))))
    with pytest.raises(Transient, match="does not show the peer"):
        await ensure(deaf, NOOR)
    assert await deaf.observe(NOOR) is Access.BETWEEN


async def test_a_peer_the_server_still_shows_is_not_gone(
    wireguard: WireGuard, pools: tuple[Pool, Pool], tmp_path: Path
) -> None:
    await ensure(wireguard, NOOR)
    still = tmp_path / "still.conf"
    still.write_text((tmp_path / CONFIGURATION).read_text())
    deaf = replace(wireguard, servers=(*wireguard.servers, Deaf(ConfigurationFile(still))))
    with pytest.raises(Transient, match="still shows"):
        await revoke(deaf, NOOR)
    assert (
        await pools[0].fetchval("select count(*) from vpn_address where hire_id is not null") == 1
    )
