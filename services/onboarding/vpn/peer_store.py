"""The tables `vpn_peer` and `vpn_server`: SQL in, values out."""

from dataclasses import dataclass, field
from enum import StrEnum

from libs.common.contracts.values import HireId, Sealed
from libs.common.database import Connection, Pool
from services.onboarding.vpn.peer_config import Peer


class PeerState(StrEnum):
    """What shall be, not what is: the server is told so, and read back."""

    GRANTED = "granted"
    REVOKING = "revoking"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class SealedKeyPair:
    """A key pair as it is stored."""

    public_key: str
    private_key: Sealed = field(repr=False)


@dataclass(frozen=True, slots=True)
class PeerRow:
    """What the tables say of one hire; a revoked one has neither keys nor an address."""

    period: int
    state: PeerState
    keys: SealedKeyPair | None
    address: str | None

    @property
    def peer(self) -> Peer | None:
        """The peer the server is to know, if any."""
        if self.keys is None or self.address is None:
            return None
        return Peer(self.keys.public_key, self.address)


async def peer_of(conn: Connection | Pool, hire_id: HireId) -> PeerRow | None:
    """What is stored of a hire; None if it never had to do with the VPN."""
    row = await conn.fetchrow(
        """
        select period, state, public_key, private_key, host(address) as address
          from vpn_peer left join vpn_address using (hire_id)
         where hire_id = $1
        """,
        hire_id,
    )
    if row is None:
        return None
    keys = row["public_key"] and SealedKeyPair(row["public_key"], row["private_key"])
    return PeerRow(row["period"], PeerState(row["state"]), keys, row["address"])


async def grant(conn: Connection, hire_id: HireId, period: int, keys: SealedKeyPair) -> bool:
    """Grant a period; False if this or a later one was granted or revoked before.

    A peer that is still granted from an earlier period keeps its keys.
    """
    status = await conn.execute(
        """
        insert into vpn_peer as known (hire_id, period, state, public_key, private_key)
        values ($1, $2, 'granted', $3, $4)
        on conflict (hire_id) do update
           set period      = excluded.period,
               state       = 'granted',
               public_key  = case known.state when 'granted' then known.public_key
                                              else excluded.public_key end,
               private_key = case known.state when 'granted' then known.private_key
                                              else excluded.private_key end
         where known.period < excluded.period
        """,
        hire_id,
        period,
        keys.public_key,
        keys.private_key,
    )
    return status == "INSERT 0 1"


async def begin_revocation(
    conn: Connection | Pool, hire_id: HireId, period: int
) -> PeerState | None:
    """End every period up to this one, also one never granted; None if a later one was granted."""
    state = await conn.fetchval(
        """
        insert into vpn_peer as known (hire_id, period, state)
        values ($1, $2, 'revoked')
        on conflict (hire_id) do update
           set period = excluded.period,
               state  = case known.state when 'revoked' then 'revoked' else 'revoking' end
         where known.period <= excluded.period
        returning state
        """,
        hire_id,
        period,
    )
    return None if state is None else PeerState(state)


async def end_revocation(conn: Connection, hire_id: HireId, period: int) -> bool:
    """Delete the keys of a peer that is off the server; False if it was granted anew meanwhile."""
    status = await conn.execute(
        """
        update vpn_peer
           set state = 'revoked', public_key = null, private_key = null
         where hire_id = $1 and period = $2 and state = 'revoking'
        """,
        hire_id,
        period,
    )
    return status == "UPDATE 1"


async def granted_peers(conn: Connection) -> frozenset[Peer]:
    """Every peer the server is to know."""
    rows = await conn.fetch(
        """
        select public_key, host(address) as address
          from vpn_peer join vpn_address using (hire_id)
         where state = 'granted'
        """
    )
    return frozenset(Peer(*row) for row in rows)


async def keep_server_keys(conn: Connection | Pool, keys: SealedKeyPair) -> None:
    """Give the server its keys, unless it has some."""
    await conn.execute(
        """
        insert into vpn_server (public_key, private_key)
        values ($1, $2)
        on conflict (only_row) do nothing
        """,
        keys.public_key,
        keys.private_key,
    )


async def server_keys(conn: Connection | Pool) -> SealedKeyPair | None:
    """The server's keys, once it has some."""
    row = await conn.fetchrow("select public_key, private_key from vpn_server")
    return None if row is None else SealedKeyPair(row["public_key"], row["private_key"])


async def lock_server(conn: Connection) -> None:
    """Be the only one in all processes who writes the configuration until the transaction ends."""
    await conn.execute("select from vpn_server for update")
