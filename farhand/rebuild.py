"""`farhand rebuild`: a service's read model once more from its log, compared, and put in place."""

from typing import Final

from farhand.client import client
from farhand.errors import StackError
from farhand.services import SERVICES

PATIENCE_SECONDS: Final = 3600.0
"""How long a rebuild may take; a log of a million events takes minutes."""


def rebuild(service: str) -> None:
    """Make a service's read model anew beside the one in use, compare the two, and swap them.

    Parameters
    ----------
    service
        Which one, such as metrics.

    """
    names = [each.name for each in SERVICES]
    if service not in names:
        raise StackError(f"There is no service {service}; there are {', '.join(names)}.")
    with client(service, PATIENCE_SECONDS) as api:
        found = api.post("/rebuild", {}).json()
    if found["before"] == found["after"]:
        print(f"Rebuilt, and equal to what stood: {found['after']}.")
    else:
        print(f"Rebuilt: {found['corrected']} figures or rows were put right.")
        print(f"  before {found['before']}\n  after  {found['after']}")
