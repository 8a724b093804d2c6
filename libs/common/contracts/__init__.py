"""Every event on the wire: one module for each service that emits, one class for each event.

A contract never changes its meaning. New fields are optional; for anything else add `….v2`
beside `….v1`, and emit both until the last consumer has moved.
`python -m libs.common.contracts` writes the JSON Schemas in `schemas/`; `--check` compares them,
and proves that each contract still reads what the checked-in one allowed.
"""

from libs.common.message import CATALOG

from . import compliance, console, metrics, notify, onboarding, operations

__all__ = ["CATALOG", "compliance", "console", "metrics", "notify", "onboarding", "operations"]
