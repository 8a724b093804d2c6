"""`python -m services.compliance` runs the service; here it is put together."""

import sys

from libs.common.run import run
from libs.common.service import Service
from services.compliance.api import router
from services.compliance.check import check_decider
from services.compliance.law import load_law
from services.compliance.marked_yaml import InvalidLaw


def service() -> Service:
    """Compliance under the law of its packs; raises InvalidLaw with file and line."""
    return Service(
        name="compliance",
        title="Farhand compliance",
        deciders=(check_decider(load_law()),),
        api=router,
    )


if __name__ == "__main__":
    try:
        made = service()
    except InvalidLaw as error:
        sys.exit(f"compliance cannot start: {error}")
    run(made)
