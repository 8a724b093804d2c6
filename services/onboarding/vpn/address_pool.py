"""Addresses of the VPN: each is one row of `vpn_address`, so none can be given twice."""

from ipaddress import IPv4Address, IPv4Network
from typing import Final

from libs.common.contracts.values import HireId
from libs.common.database import Connection, Pool
from libs.common.effects import Transient
from services.onboarding.vpn.settings import SERVER_OFFSET

GROWTH: Final = 256
"""How many rows the table grows by when no free one is left."""


class NoFreeAddressError(Transient):
    """No known address of the pool is free now."""


async def take_address(conn: Connection, hire_id: HireId, pool: IPv4Network) -> IPv4Address:
    """The address of a hire, a free one of the pool if it has none, in the caller's transaction.

    Whatever processes ask at once, none waits for another and none gets the same. Addresses never
    used come first, then those released longest ago. Raises NoFreeAddressError.
    """
    address = await _held(conn, hire_id) or await _take_free(conn, hire_id, pool)
    if address is None:
        raise NoFreeAddressError(f"no address of {pool} is free; set a larger FARHAND_WG_POOL")
    return address


async def release_address(conn: Connection, hire_id: HireId) -> None:
    """Free the address of a hire, if it has one."""
    await conn.execute(
        "update vpn_address set hire_id = null, released_at = now() where hire_id = $1", hire_id
    )


async def grow_pool(conn: Pool, pool: IPv4Network) -> None:
    """Make the next addresses of the pool known; does nothing once all are.

    By itself, not in a transaction, so that nobody waits for it.
    """
    # The last address of a network is its broadcast address.
    await conn.execute(
        """
        with known as (
            select coalesce(max(address) - $1::inet, $3) as last
              from vpn_address
             where address << $2::cidr
        )
        insert into vpn_address (address)
        select set_masklen($1::inet + step, 32)
          from known, generate_series(known.last + 1, least(known.last + $4, $5)) as step
            on conflict (address) do nothing
        """,
        pool.network_address,
        pool,
        SERVER_OFFSET,
        GROWTH,
        pool.num_addresses - 2,
    )


async def _held(conn: Connection, hire_id: HireId) -> IPv4Address | None:
    return await conn.fetchval("select address from vpn_address where hire_id = $1", hire_id)


async def _take_free(conn: Connection, hire_id: HireId, pool: IPv4Network) -> IPv4Address | None:
    return await conn.fetchval(
        """
        update vpn_address
           set hire_id = $1, released_at = null
         where address = (select address
                            from vpn_address
                           where hire_id is null and address << $2::cidr
                           order by released_at nulls first, address
                           limit 1
                             for update skip locked)
        returning address
        """,
        hire_id,
        pool,
    )
