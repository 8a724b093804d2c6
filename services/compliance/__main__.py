"""`python -m services.compliance` runs the service; here it is put together."""

import sys
from pathlib import Path

from fastapi import APIRouter

from libs.common.marked_yaml import InvalidDocument as InvalidLaw
from libs.common.run import run
from libs.common.service import Service
from services.compliance.api import router
from services.compliance.check import check_decider
from services.compliance.history import keep_decisions
from services.compliance.law import Law, load_law
from services.compliance.law_api import law_router
from services.compliance.law_doubts import follow_doubts
from services.compliance.law_question import law_question
from services.compliance.roll_out import RollOut


def service(law: Law) -> Service:
    """Compliance under a law."""
    roll_out = RollOut(law)
    api = APIRouter()
    api.include_router(router)
    api.include_router(law_router(law))
    return Service(
        name="compliance",
        title="Farhand compliance",
        deciders=(check_decider(law), law_question),
        projections=(keep_decisions, follow_doubts),
        api=api,
        prepare=roll_out.begin,
        measure=roll_out.go_on,
        migrations=Path(__file__).parent / "migrations",
    )


if __name__ == "__main__":
    try:
        known = load_law()
    except InvalidLaw as error:
        sys.exit(f"compliance cannot start: {error}")
    run(service(known))
