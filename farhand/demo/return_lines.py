"""What finance and the teams enter into the ledger of remote work: three lines count.

A guess claims the rent that finance has measured, and one line cannot be attributed.
"""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from farhand.demo.deliveries import Planned

SOURCE: Final = "/acme/ledger"
QUARTER: Final = {"begins": "2026-01-01", "ends": "2026-03-31"}

LINES: Final[tuple[dict[str, Any], ...]] = (
    {
        "line": "rent-berlin",
        "amount": "rent-berlin-2026-1",
        "title": "Two of three floors in Berlin given back",
        "category": "real_estate",
        "owner": "finance",
        "method": "measured",
        "compared": {"who": "Berlin", "baseline": "126000", "actual": "42000"},
        "estimate": {"low": "84000", "mid": "84000", "high": "84000"},
    },
    {
        "line": "rent-guess",
        "amount": "rent-berlin-2026-1",
        "title": "Every remote hire saves a desk",
        "category": "real_estate",
        "owner": "hr",
        "method": "assumed",
        "estimate": {"low": "60000", "mid": "110000", "high": "150000"},
        "assumptions": ["A desk costs 900 EUR a month"],
    },
    {
        "line": "home-offices",
        "amount": "home-offices-2026-1",
        "title": "Desks and connections at home",
        "category": "overhead",
        "owner": "finance",
        "method": "measured",
        "compared": {"who": "all who work remotely", "baseline": "0", "actual": "31250.40"},
        "estimate": {"low": "-33000", "mid": "-31250.40", "high": "-30000"},
    },
    {
        "line": "hiring-cost",
        "amount": "hiring-cost-2026-1",
        "title": "Agencies and relocation of remote hires, compared with local ones",
        "category": "hiring",
        "owner": "hr",
        "method": "difference_in_differences",
        "compared": {"who": "remote roles", "baseline": "210000", "actual": "148000"},
        "comparison": {"who": "local roles", "baseline": "90000", "actual": "81500"},
        "estimate": {"low": "31000", "mid": "53500", "high": "70000"},
        "figure": "time-to-ready",
    },
    {
        "line": "ranking-revenue",
        "amount": "ranking-revenue-2026-1",
        "title": "Revenue of the models of ranking",
        "category": "models",
        "owner": "manager",
        "method": "assumed",
        "earned": True,
        "attributable": False,
        "estimate": {"low": "0", "mid": "240000", "high": "500000"},
        "assumptions": ["No team that is not remote to compare with"],
    },
)


def planned(begins: datetime) -> Iterator[Planned]:
    """A line a day, from the third day on."""
    for number, line in enumerate(LINES):
        at = begins + timedelta(days=2 + number)
        data = {"at": at.isoformat(), **QUARTER, **line}
        kind = "return.line.v1"
        said = {"specversion": "1.0", "id": line["line"], "source": SOURCE, "type": kind}
        yield Planned(at, "mlops", line["line"], json.dumps({**said, "data": data}).encode())
