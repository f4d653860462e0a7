"""What is found of frequent, middling and rare classes, for each system."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from steelyard.kernels.frequency_groups import GROUPS, frequency_groups
from steelyard.records import Dataset, Estimate, Scorecard

__all__ = ["FEWEST_CLASSES", "frequency"]

FEWEST_CLASSES = 4


def frequency(dataset: Dataset, card: Scorecard, shown: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Return the mean recall of head, medium and tail classes; None where there is nothing to tell apart.

    Parameters
    ----------
    dataset : Dataset
        Whose counts say which class is frequent.
    card : Scorecard
    shown : sequence of mapping
        Groups of rows as `systems` makes them; the order of systems is theirs.

    Returns
    -------
    dict or None
        ``groups``: name, classes and rows of each; ``rows``: system, whether it is chosen, and for each
        group mean, low and high. None with fewer than four classes, with classes that are all equally
        frequent, or without recalls.

    Notes
    -----
    Every class counts the same. The interval is made of those of the classes: on each side their distances
    from the mean are squared, added, and the root divided by the number of classes. That takes what is
    found of one class to be independent of what is found of another.

    References
    ----------
    Zou and Donner, Construction of confidence limits about effect measures: a general approach, Statistics
    in Medicine 27, 2008.
    """
    counts = {str(label): n for label, n in dataset.counts.items()}
    if len(counts) < FEWEST_CLASSES:
        return None
    places = dict(zip(counts, frequency_groups(list(counts.values())).tolist(), strict=True))
    members = {name: [label for label, place in places.items() if place == name] for name in GROUPS}
    members = {name: labels for name, labels in members.items() if labels}
    names = [row["system"] for group in shown if not group["why"] for row in group["rows"]]
    rows = []
    for name in names:
        recall = card.row(name).recall
        found = {
            group: _mean([recall[label] for label in labels if label in recall])
            for group, labels in members.items()
        }
        if any(found.values()):
            rows.append({"system": name, "chosen": name == card.chosen, "found": found})
    if len(members) == 1 or not rows:
        return None
    groups = [
        {"name": name, "classes": labels, "rows": sum(counts[label] for label in labels)}
        for name, labels in members.items()
    ]
    return {"groups": groups, "rows": rows}


def _mean(recalls: Sequence[Estimate]) -> dict[str, float] | None:
    """Mean and interval of recalls, those that could be measured."""
    told = np.array([[e.mean, e.low, e.high] for e in recalls if math.isfinite(e.mean)])
    if not told.size:
        return None
    mean = float(told[:, 0].mean())
    down, up = (float(np.sqrt(((told[:, 0] - told[:, i]) ** 2).sum())) / len(told) for i in (1, 2))
    return {"mean": mean, "low": max(0.0, mean - down), "high": min(1.0, mean + up), "classes": len(told)}
