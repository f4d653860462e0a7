"""Which class a report is about, what its errors cost, and what guessing would score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.records import Dataset, Scorecard
from steelyard.report.write_numbers import quantity

__all__ = ["chance_of", "cost_matrix", "costs_in_words", "curve_class", "labels_of", "positive_of"]

ENOUGH_FOR_A_CURVE = 10


def labels_of(dataset: Dataset, card: Scorecard | None = None, system: str | None = None) -> list[str]:
    """Return the labels in the order of the probabilities.

    A model that is scored on new rows may know classes which those rows lack; its recalls name them.
    """
    own = [str(label) for label in dataset.classes]
    if card is None or system is None:
        return own
    known = list(card.row(system).recall)
    return known if set(own) < set(known) else own


def positive_of(labels: Sequence[str], dataset: Dataset, protocol: Mapping[str, Any]) -> int:
    """Return the code of the class of interest: in a binary task the one named, else the rare one."""
    wanted = str(protocol.get("positive"))
    return list(labels).index(wanted if len(labels) == 2 and wanted in labels else str(dataset.rare_class))


def curve_class(labels: Sequence[str], dataset: Dataset, protocol: Mapping[str, Any]) -> int:
    """Return the code of the class that curves are drawn for.

    With several classes it is the rarest one that has enough rows to draw a curve at all.
    """
    if len(labels) == 2:
        return positive_of(labels, dataset, protocol)
    left_out = {str(label) for label in protocol.get("not_evaluated") or ()}
    counts = {str(label): n for label, n in dataset.counts.items() if str(label) not in left_out}
    enough = [label for label, n in counts.items() if n >= ENOUGH_FOR_A_CURVE]
    return list(labels).index(enough[-1]) if enough else positive_of(labels, dataset, protocol)


def cost_matrix(protocol: Mapping[str, Any], k: int) -> NDArray[np.float64] | None:
    """Return the cost matrix of a protocol, if it has one of k classes."""
    try:
        matrix = np.asarray(protocol.get("cost"), dtype=np.float64)
    except (TypeError, ValueError):
        return None
    return matrix if matrix.shape == (k, k) else None


def costs_in_words(
    protocol: Mapping[str, Any], labels: Sequence[str], positive: int | None
) -> dict[str, Any]:
    """Return the protocol with its cost matrix put in words."""
    cost = cost_matrix(protocol, len(labels))
    if cost is None:
        return dict(protocol)
    words = f"a matrix of {len(labels)} by {len(labels)} classes"
    if len(labels) == 2 and positive is not None:
        miss, alarm = float(cost[positive, 1 - positive]), float(cost[1 - positive, positive])
        words = f"a miss of {labels[positive]} {quantity(miss)}, a false alarm {quantity(alarm)}"
    return {**protocol, "cost": words}


def chance_of(metric: str, dataset: Dataset, protocol: Mapping[str, Any]) -> float | None:
    """Return what guessing scores in ``metric``, where that is known."""
    told = protocol.get("chance")
    if isinstance(told, Mapping):
        level = told.get(metric)
        return float(level) if isinstance(level, (int, float)) else None
    if metric != "average_precision" or not len(dataset):
        return None
    labels = labels_of(dataset)
    if len(labels) == 2:
        return float(np.mean(dataset.y == dataset.classes[positive_of(labels, dataset, protocol)]))
    return 1.0 / len(labels)
