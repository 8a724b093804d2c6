"""`python -m services.console` runs the service; here it is put together."""

from collections.abc import Sequence
from pathlib import Path

from libs.common.effects import Adapter, adapter
from libs.common.rebuilding import Comparison
from libs.common.run import run
from libs.common.service import Service, Tools
from services.console import accounts
from services.console.deeds import follow_deeds
from services.console.desk import FindTeam, desk
from services.console.erased_accounts import forget_accounts
from services.console.figures import follow_figures, follow_key_results
from services.console.law_desk import law_desk
from services.console.law_questions import follow_law
from services.console.projection import follow_hires
from services.console.rebuild import rebuild
from services.console.settings import ConsoleSettings
from services.console.teams import Teams, follow_teams
from services.console.web import openid_page
from services.console.web.pages import router


def adapters(tools: Tools) -> Sequence[Adapter]:
    """What opens a sealed contact to learn whose team a hire is in."""
    teams = Teams(tools.vault, tools.settings.secret("master_key"))
    return (adapter(FindTeam, teams.find),)


async def prepare(tools: Tools) -> None:
    """Make the first account, so that somebody can sign in, and look at how else people may."""
    openid_page.ready(tools.settings)
    if ConsoleSettings().local_accounts:
        password = tools.settings.secret("console_password")
        await accounts.ensure_first(tools.pool, password, tools.clock.now())


async def rebuild_hires(tools: Tools) -> Comparison:
    """Every hire once more from its story."""
    return await rebuild(tools.pool)


service = Service(
    name="console",
    title="Farhand console",
    deciders=(desk, law_desk),
    projections=(
        follow_hires,
        follow_teams,
        follow_figures,
        follow_key_results,
        follow_law,
        follow_deeds,
        forget_accounts,
    ),
    adapters=adapters,
    pages=router,
    prepare=prepare,
    rebuild=rebuild_hires,
    migrations=Path(__file__).parent / "migrations",
)

if __name__ == "__main__":
    run(service)
