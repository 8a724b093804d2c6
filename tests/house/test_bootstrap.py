import asyncpg

from farhand.bootstrap import DATABASE, KEYS, at, bootstrap
from farhand.settings import Given, Settings
from farhand.stack import ROLES, running


async def test_an_administrator_who_is_no_superuser_is_enough(settings: Settings) -> None:
    """A managed PostgreSQL gives no more than roles and databases to make."""
    without_java = Given(kafka="127.0.0.1:1", zipkin="http://127.0.0.1:1")
    async with running(settings.evolve(given=without_java), services=()) as stack:
        superuser = await asyncpg.connect(stack.addresses.postgres)
        for thing in (f"database {DATABASE}", f"database {KEYS}", *(f"role {r}" for r in ROLES)):
            await superuser.execute(f"drop {thing}")
        await superuser.execute("create role lesser login createrole createdb password 'p'")
        await superuser.close()

        lesser = at(stack.addresses.postgres, "postgres", "lesser", "p")
        passwords = {role: stack.credentials.read(f"postgres_{role}") for role in ROLES}
        await bootstrap(lesser, passwords)
        await bootstrap(lesser, passwords)

        notify = await asyncpg.connect(at(lesser, DATABASE, "notify", passwords["notify"]))
        await notify.execute("create table notify.mine (a int)")
        await notify.close()
