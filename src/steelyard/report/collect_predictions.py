"""All parts of a report that need the predictions themselves: curves, counts, costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.records import Dataset, Scorecard
from steelyard.report import collect_decisions
from steelyard.report.collect_curves import calibration_curve, precision_recall_curve
from steelyard.report.collect_systems import ranked_names
from steelyard.report.held_out import HeldOut, held_out, top_systems
from steelyard.report.interest import cost_matrix, curve_class, labels_of, positive_of
from steelyard.report.write_numbers import figure

__all__ = ["from_predictions"]


def from_predictions(
    dataset: Dataset, card: Scorecard, metric: str, protocol: Mapping[str, Any]
) -> dict[str, Any]:
    """Return all parts that need the predictions themselves."""
    ranked = [name for name in ranked_names(card, metric) if name in card.predictions]
    if not ranked:
        return {}
    labels = labels_of(dataset, card, ranked[0])
    binary, positive = len(labels) == 2, positive_of(labels, dataset, protocol)
    fit = {
        name: made
        for name, made in card.predictions.items()
        if made.proba.ndim == 2 and made.proba.shape[1] == len(labels)
    }
    top = {name: held_out(made, dataset, labels) for name, made in top_systems(fit, ranked).items()}
    if not top:
        return {}
    chosen = card.chosen if card.chosen in fit else next(iter(top))
    held = held_out(fit[chosen], dataset, labels)
    cost = cost_matrix(protocol, len(labels))
    counts = {str(label): n for label, n in dataset.counts.items()}
    parts: dict[str, Any] = {
        "curves": {
            **_curves(top, labels, curve_class(labels, dataset, protocol), card),
            "rarest": str(dataset.rare_class),
        },
        "confusion": {
            **collect_decisions.confusion(held, labels, cost),
            "system": chosen,
            "positive": positive if binary else None,
        },
        "per_class": collect_decisions.per_class(held, labels, card.row(chosen), counts),
    }
    if binary:
        review = protocol.get("review")
        wanted = int(review) if isinstance(review, (int, float)) else None
        parts["review"] = collect_decisions.review_list(held, positive, wanted)
        parts["costs"] = collect_decisions.cost_curve(held, positive, _ratio(cost, positive))
    return parts


def _ratio(cost: NDArray[np.float64] | None, positive: int) -> float | None:
    """Return how many false alarms a miss costs."""
    if cost is None or cost[1 - positive, positive] <= 0:
        return None
    return float(cost[positive, 1 - positive] / cost[1 - positive, positive])


def _curves(top: Mapping[str, HeldOut], labels: list[str], positive: int, card: Scorecard) -> dict[str, Any]:
    """Return curves of the top systems for the class of interest."""
    return {
        "label": labels[positive],
        "binary": len(labels) == 2,
        "precision_recall": [
            line
            for name, held in top.items()
            if (line := precision_recall_curve(held, positive, name)) is not None
        ],
        "calibration": [
            {**line, "told": _calibration_in_words(card.row(name).calibration)}
            for name, held in top.items()
            if (line := calibration_curve(held, positive, name)) is not None
        ],
    }


def _calibration_in_words(calibration: Mapping[str, Any]) -> str:
    """Return how probabilities were calibrated and what that did, or nothing."""
    method = calibration.get("method")
    if not method or method == "none":
        return ""
    before, after = calibration.get("error_before"), calibration.get("error_after")
    if before is None or after is None:
        return f"Calibrated: {method}."
    return (
        f"Calibrated: {method}; calibration error {figure(before)} before and {figure(after)} after,"
        " on rows not used for it."
    )
