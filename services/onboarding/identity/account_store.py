"""The table `identity_account`: which period of whose access holds, whatever the provider shows."""

from libs.common.contracts.values import HireId
from libs.common.database import Connection, Pool


async def grant(conn: Connection, hire_id: HireId, period: int, groups: tuple[str, ...]) -> bool:
    """Grant a period and lock its row; False if it, or a later one, is over or granted already."""
    status = await conn.execute(
        """
        insert into identity_account as known (hire_id, period, state, groups)
        values ($1, $2, 'granted', $3)
        on conflict (hire_id) do update
           set period = excluded.period, state = 'granted', groups = excluded.groups
         where known.period < excluded.period
            or known.period = excluded.period and known.state = 'granted'
        """,
        hire_id,
        period,
        groups,
    )
    return status == "INSERT 0 1"


async def revoke(conn: Connection, hire_id: HireId, period: int) -> bool:
    """End every period up to this one and lock the row; False if a later one was granted."""
    status = await conn.execute(
        """
        insert into identity_account as known (hire_id, period, state)
        values ($1, $2, 'revoked')
        on conflict (hire_id) do update
           set period = excluded.period, state = 'revoked', groups = '{}'
         where known.period <= excluded.period
        """,
        hire_id,
        period,
    )
    return status == "INSERT 0 1"


async def granted_groups(conn: Connection | Pool, hire_id: HireId) -> frozenset[str] | None:
    """The groups a hire shall be in; None where it shall have no access."""
    groups = await conn.fetchval(
        "select groups from identity_account where hire_id = $1 and state = 'granted'", hire_id
    )
    return None if groups is None else frozenset(groups)


async def take_turn(conn: Connection) -> None:
    """Be the only one in all processes who makes groups until the transaction ends."""
    await conn.execute("select pg_advisory_xact_lock(hashtext('identity_group'))")
