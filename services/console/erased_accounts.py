"""The console's own accounts of persons who were erased: closed, and without their names."""

from collections.abc import Sequence

from libs.common.contracts.onboarding import PersonErased
from libs.common.database import Connection
from libs.common.message import Event
from libs.common.projection import Received, projection


@projection("erased_accounts", PersonErased)
async def forget_accounts(
    conn: Connection, batch: Sequence[Received[PersonErased]]
) -> Sequence[Event]:
    """Close every account about a hire of the batch and end its sessions; its id alone is left."""
    hires = [each.message.hire_id for each in batch]
    await conn.execute(
        """
        update session
           set ended_at = coalesce(ended_at, now()), browser = ''
         where account in (select id from account where hire_id = any ($1::uuid[]))
        """,
        hires,
    )
    await conn.execute(
        """
        update account
           set login = 'erased-' || id, name = 'Erased', closed_at = coalesce(closed_at, now()),
               subject = case when subject is not null then 'erased-' || id end
         where hire_id = any ($1::uuid[])
        """,
        hires,
    )
    return ()
