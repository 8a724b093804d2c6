"""Which of the things that have changed somebody is told of: what they may see, and no more."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from libs.common.database import Pool
from services.console import board
from services.console.live import EVERYTHING
from services.console.policy import Action, may
from services.console.role import Account
from services.console.scope import scope_of

NEEDS: Final[Mapping[str, Action]] = {
    "hires": Action.SEE_HIRES,
    "figures": Action.SEE_FIGURES,
    "law": Action.ANSWER_LAW,
}
"""What it takes to be told that something of a kind has changed; every other topic is a hire."""


async def told_to(pool: Pool, account: Account, topics: set[str]) -> set[str]:
    """The topics that an account may know of; of a hire out of its scope, not even the id."""
    kinds = {topic for topic in topics & NEEDS.keys() if may(account, NEEDS[topic])}
    hires, scope = topics - NEEDS.keys() - {EVERYTHING}, scope_of(account)
    if scope.everything:
        kinds |= hires
    elif hires and may(account, Action.SEE_HIRES):
        seen = await board.seen(pool, scope, [UUID(topic) for topic in hires])
        kinds |= {str(hire_id) for hire_id in seen}
    return kinds | (topics & {EVERYTHING})
