"""How the report calls each metric: as a heading, inside a sentence and over a narrow column."""

from __future__ import annotations

from dataclasses import dataclass

from steelyard.metrics import METRICS

__all__ = ["LEADING", "MetricWords", "in_order", "metric_words"]

SHORT = {
    "average_precision": "AP",
    "balanced_accuracy": "Bal. acc.",
    "brier": "Brier",
    "calibration_error": "Calib. err.",
    "expected_cost": "Cost",
    "mcc": "MCC",
    "precision_at_k": "Prec. at k",
}
LEADING = ("expected_cost", "average_precision", "roc_auc", "balanced_accuracy", "mcc", "brier")
"""Columns of the short table, after the metric that decides."""
LAST = "accuracy"


@dataclass(frozen=True)
class MetricWords:
    """A metric as a heading, inside a sentence, over a column, and in a line of explanation."""

    name: str
    title: str
    inline: str
    short: str
    higher: bool
    note: str


def metric_words(name: str) -> MetricWords:
    """Return what to call ``name``; a metric not in the catalogue is called by its name.

    >>> metric_words("mcc").title, metric_words("average_precision").inline, metric_words("my_gain").title
    ('Matthews correlation', 'average precision', 'My gain')
    """
    known = METRICS.get(name)
    inline = known.title if known else name.replace("_", " ").strip() or "score"
    title = inline[:1].upper() + inline[1:]
    higher = known.greater_is_better if known else True
    return MetricWords(name, title, inline, SHORT.get(name, title), higher, known.summary if known else "")


def in_order(names: set[str]) -> list[str]:
    """Return metric names as the catalogue lists them, unknown ones after them, accuracy last.

    >>> in_order({"accuracy", "mcc", "a_new_one"})
    ['mcc', 'a_new_one', 'accuracy']
    """
    listed = [name for name in METRICS if name in names and name != LAST]
    return listed + sorted(names - {*listed, LAST}) + [LAST] * (LAST in names)
