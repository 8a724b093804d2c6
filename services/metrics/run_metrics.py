"""Names of run metrics: what authors and autologging call them, in the few words KPIs use."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

KNOWN: Final[Mapping[str, str]] = {
    "accuracy": "accuracy",
    "precision": "precision",
    "recall": "recall",
    "f1": "f1",
    "auc": "auc",
    "roc_auc": "auc",
    "r2": "r2",
    "rmse": "rmse",
    "root_mean_squared_error": "rmse",
}
"""Without what says on which data; names as scikit-learn and MLflow's autologging have them."""

HELD_OUT: Final = ("test_", "eval_", "val_", "validation_")
"""Measured on data that was held out, the best first; on training data nothing is believed."""


def named(metrics: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """The metrics that a KPI may be made of; of several of one name, the one on test data first."""
    found: dict[str, Decimal] = {}
    for prefix in ("", *HELD_OUT):
        for name in sorted(metrics):
            known = KNOWN.get(_bare(name, prefix))
            if known is not None:
                found.setdefault(known, metrics[name])
    return found


def _bare(name: str, prefix: str) -> str:
    if not name.startswith(prefix):
        return ""
    return name.lower().removeprefix(prefix).removesuffix("_score")
