"""`python -m libs.common.contracts [--check]`: write the schema of every event, or prove them.

Neither lets a contract through that would no longer read what was once published.
"""

import sys

from libs.common.contracts import CATALOG
from libs.common.contracts.compatibility import breaks, stale, write


def main() -> int:
    """Write or check; the exit code is 1 where something is wrong."""
    found = list(breaks(CATALOG))
    if not found and "--check" not in sys.argv[1:]:
        write(CATALOG)
    found += stale(CATALOG)
    print(*found or [f"{len(CATALOG)} contracts hold"], sep="\n")  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
