"""Precision-recall and calibration curves with bands, reduced to a few points."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.evaluate.wilson import wilson
from steelyard.report.held_out import HeldOut, resampling_weights

__all__ = ["calibration_curve", "precision_recall_curve"]

LEVEL = 0.95
RECALLS = np.linspace(0.01, 1.0, 100)
BINS = 10
LEAST_EVENTS = 3.0
"""Positives that a point of the calibration curve rests on, at least, but for the lowest point."""
LOG_BELOW = 0.1
"""Below this share of the positive class probabilities are shown in powers of ten."""
LOWEST_PROBABILITY = 1e-5


def _precision_at(
    positive: NDArray[np.float64], weight: NDArray[np.float64], ends: NDArray[np.intp]
) -> NDArray[np.float64] | None:
    """Precision at the first threshold that reaches each recall, or None without positives."""
    caught = np.cumsum(weight * positive)[ends]
    flagged = np.cumsum(weight)[ends]
    if caught[-1] <= 0:
        return None
    first = np.searchsorted(caught / caught[-1], RECALLS - 1e-12)
    return caught[first] / np.maximum(flagged[first], 1e-12)


def precision_recall_curve(held: HeldOut, positive: int, name: str) -> dict[str, Any] | None:
    """Return precision at a hundred recalls with a bootstrap band; None where the class never occurs."""
    order = np.argsort(-held.proba[:, positive], kind="stable")
    score = held.proba[order, positive]
    truth = (held.truth[order] == positive).astype(np.float64)
    ends = np.flatnonzero(np.r_[score[1:] != score[:-1], True]) if len(score) else np.empty(0, np.intp)
    if not truth.any():
        return None
    middle = _precision_at(truth, np.ones_like(truth), ends)
    drawn = [
        line
        for weight in resampling_weights(held)
        if (line := _precision_at(truth, weight[order], ends)) is not None
    ]
    tail = (1.0 - LEVEL) / 2.0
    low, high = np.quantile(np.asarray(drawn), [tail, 1.0 - tail], axis=0)
    return {
        "system": name,
        "recall": RECALLS.round(4).tolist(),
        "precision": np.asarray(middle).round(5).tolist(),
        "low": low.round(5).tolist(),
        "high": high.round(5).tolist(),
        "chance": float(truth.mean()),
    }


def calibration_curve(held: HeldOut, positive: int, name: str) -> dict[str, Any] | None:
    """Return promised against seen shares in bins, with Wilson intervals and a histogram.

    With a rare class nearly all probabilities are small, so the bins are even in powers of ten.
    The intervals count each row once, however often it was predicted.
    """
    promised = held.proba[:, positive]
    seen = held.truth == positive
    if not seen.any():
        return None
    share = float(seen.mean())
    log = share < LOG_BELOW
    floor = max(LOWEST_PROBABILITY, 10.0 ** math.floor(math.log10(share) - 1.0)) if log else 0.0
    edges = np.geomspace(floor, 1.0, BINS + 1) if log else np.linspace(0.0, 1.0, BINS + 1)
    which = np.clip(np.searchsorted(edges, promised, side="right") - 1, 0, BINS - 1)
    points = []
    for first, last in _merged(which, promised, seen, held.passes):
        inside = (which >= first) & (which <= last)
        rows = float(inside.sum()) / held.passes
        observed = float(seen[inside].mean())
        band = wilson(observed * rows, rows)
        points.append(
            {
                "promised": float(promised[inside].mean()),
                "seen": observed,
                "low": band.low,
                "high": band.high,
                "rows": rows,
                "from": float(edges[first]),
                "to": float(edges[last + 1]),
            }
        )
    return {
        "system": name,
        "log": log,
        "floor": floor,
        "points": points,
        "promised": float(promised.mean()),
        "seen": share,
    }


def _merged(
    which: NDArray[np.intp], promised: NDArray[np.float64], seen: NDArray[np.bool_], passes: int
) -> list[tuple[int, int]]:
    """Return runs of bins, each with enough positives, promised or seen, to tell the two apart.

    A bin that promises half a row and sees none says nothing, but would draw the eye.
    """
    events = np.maximum(
        np.bincount(which, weights=promised, minlength=BINS), np.bincount(which, weights=seen, minlength=BINS)
    )
    filled = np.bincount(which, minlength=BINS) > 0
    runs: list[tuple[int, int]] = []
    last, gathered = BINS - 1, 0.0
    for number in range(BINS - 1, -1, -1):
        gathered += float(events[number]) / passes
        if gathered >= LEAST_EVENTS or (number == 0 and filled[: last + 1].any()):
            runs.append((number, last))
            last, gathered = number - 1, 0.0
    return [run for run in reversed(runs) if filled[run[0] : run[1] + 1].any()]
