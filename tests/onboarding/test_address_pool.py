"""Addresses of the VPN on a real PostgreSQL: no two hires ever get the same."""

import asyncio
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from libs.common.database import Pool
from libs.common.effects import Transient
from services.onboarding.vpn import peer_store
from services.onboarding.vpn.address_pool import grow_pool, take_address
from services.onboarding.vpn.settings import VpnSettings
from services.onboarding.vpn.wireguard import WireGuard
from tests.onboarding.access_contract import ANA, NOOR
from tests.onboarding.test_wireguard import ensure, people, revoke, written

SMALL = IPv4Network("10.86.0.0/29")  # 6 usable addresses, of which the server has one


async def test_fifty_hires_through_two_processes_get_fifty_addresses(
    wireguards: tuple[WireGuard, WireGuard], tmp_path: Path
) -> None:
    asked = [(wireguards[number % 2], hire_id) for number, hire_id in enumerate(people(50) * 2)]
    ready = await asyncio.gather(*(ensure(process, hire_id) for process, hire_id in asked))
    assert len({one.address for one in ready}) == 50
    assert len({one.public_key for one in ready}) == 50
    assert {str(one.address) for one in written(tmp_path)} == {one.address for one in ready}


async def test_fifty_hires_on_two_connections_take_fifty_addresses(
    pools: tuple[Pool, Pool],
) -> None:
    hires = people(50)
    for hire_id in hires:
        await peer_store.begin_revocation(pools[0], hire_id, 1)  # the rows that addresses refer to
    await grow_pool(pools[0], IPv4Network("10.86.0.0/26"))

    async def take(pool: Pool, some: list[UUID]) -> list[object]:
        async with pool.acquire() as conn:
            return [
                await take_address(conn, hire_id, IPv4Network("10.86.0.0/26")) for hire_id in some
            ]

    halves = await asyncio.gather(take(pools[0], hires[::2]), take(pools[1], hires[1::2]))
    assert len({address for half in halves for address in half}) == 50


async def test_an_address_two_transactions_look_for_goes_to_one_of_them(
    pools: tuple[Pool, Pool],
) -> None:
    for hire_id in (NOOR, ANA):
        await peer_store.begin_revocation(pools[0], hire_id, 1)
    await grow_pool(pools[0], SMALL)
    async with (
        pools[0].acquire() as first,
        pools[1].acquire() as second,
        first.transaction(),
        second.transaction(),
    ):
        noor = await take_address(first, NOOR, SMALL)
        ana = await asyncio.wait_for(take_address(second, ANA, SMALL), 5)
    assert noor != ana


async def test_a_second_holder_of_an_address_is_impossible(pools: tuple[Pool, Pool]) -> None:
    await peer_store.begin_revocation(pools[0], NOOR, 1)
    await pools[0].execute(
        "insert into vpn_address (address, hire_id) values ('10.86.0.2', $1)", NOOR
    )
    with pytest.raises(asyncpg.UniqueViolationError):
        await pools[0].execute("insert into vpn_address (address) values ('10.86.0.2')")
    with pytest.raises(asyncpg.UniqueViolationError):
        await pools[0].execute(
            "insert into vpn_address (address, hire_id) values ('10.86.0.3', $1)", NOOR
        )


class TestSmallPool:
    """A pool of five addresses."""

    @pytest.fixture
    def vpn_settings(self) -> VpnSettings:
        return VpnSettings(pool=SMALL)

    async def test_a_pool_that_is_used_up_says_so_and_leaves_nothing_behind(
        self, wireguard: WireGuard, pools: tuple[Pool, Pool]
    ) -> None:
        *lucky, late = people(6)
        addresses = {(await ensure(wireguard, hire_id)).address for hire_id in lucky}
        assert addresses == {f"10.86.0.{last}" for last in range(2, 7)}
        with pytest.raises(Transient, match="larger FARHAND_WG_POOL"):
            await ensure(wireguard, late)
        assert await peer_store.peer_of(pools[0], late) is None

    async def test_a_freed_address_can_be_given_again(self, wireguard: WireGuard) -> None:
        *lucky, late = people(6)
        ready = {hire_id: await ensure(wireguard, hire_id) for hire_id in lucky}
        await revoke(wireguard, lucky[2])
        assert (await ensure(wireguard, late)).address == ready[lucky[2]].address

    async def test_an_address_rests_as_long_as_others_are_free(self, wireguard: WireGuard) -> None:
        first = await ensure(wireguard, NOOR)
        await revoke(wireguard, NOOR)
        assert (await ensure(wireguard, ANA)).address != first.address


async def test_a_larger_pool_goes_on_where_the_smaller_one_ended(pools: tuple[Pool, Pool]) -> None:
    large = IPv4Network("10.86.0.0/16")
    for hire_id in people(300):
        await peer_store.begin_revocation(pools[0], hire_id, 1)
    await grow_pool(pools[0], SMALL)
    async with pools[0].acquire() as conn:
        before = [await take_address(conn, hire_id, SMALL) for hire_id in people(5)]
        for _ in range(2):
            await grow_pool(pools[0], large)
        after = [await take_address(conn, hire_id, large) for hire_id in people(300)]
    assert after[:5] == before, "who has an address keeps it"
    assert len(set(after)) == 300
    assert after[-1] == IPv4Address("10.86.1.45")


async def test_growing_at_once_makes_each_address_once(pools: tuple[Pool, Pool]) -> None:
    await asyncio.gather(*(grow_pool(pool, IPv4Network("10.86.0.0/22")) for pool in pools * 3))
    rows = await pools[0].fetch("select address from vpn_address order by address")
    known = [row["address"] for row in rows]
    assert known == [IPv4Address("10.86.0.2") + step for step in range(len(known))]
