"""The columns that matter most, and the reasons for a few rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from steelyard.records import Dataset
from steelyard.report.interest import labels_of, positive_of

__all__ = ["drivers"]

DRIVERS_SHOWN = 12
REASONS_SHOWN = 6
REASONS_PER_ROW = 5


def drivers(
    explanations: Mapping[str, Any], dataset: Dataset, protocol: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Return the columns that matter most and the reasons for a few rows."""
    importance = sorted(
        (dict(line) for line in explanations.get("importance") or ()),
        key=lambda line: -float(line.get("mean") or 0.0),
    )
    reasons = []
    for line in list(explanations.get("reasons") or ())[:REASONS_SHOWN]:
        own = sorted(line.get("reasons") or (), key=lambda r: -abs(float(r.get("effect") or 0.0)))
        reasons.append({**line, "reasons": [dict(r) for r in own[:REASONS_PER_ROW]]})
    if not importance and not reasons:
        return None
    labels = labels_of(dataset)
    return {
        "label": labels[positive_of(labels, dataset, protocol)] if labels else "",
        "importance": importance[:DRIVERS_SHOWN],
        "n_columns": len(importance),
        "reasons": reasons,
    }
