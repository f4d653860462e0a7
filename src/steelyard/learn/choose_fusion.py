"""Weights of views and a threshold, chosen on scores that no view was fitted on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steelyard.errors import BadOption, CannotEvaluate
from steelyard.kernels.batching import row_chunks
from steelyard.kernels.threshold_grid import (
    TIE,
    counts_on_grid,
    mcc_of_counts,
    middle_of_plateau,
    places_on_grid,
    simplex_grid,
)
from steelyard.metrics.confusion import confusion, mcc_of

__all__ = ["THRESHOLDS", "Fusion", "candidate_weights", "choose_fusion"]

Floats = NDArray[np.float64]

THRESHOLDS = np.arange(10, 91) / 100.0
STEP = 0.05
MOST_CANDIDATES = 200_000
BYTES = 8
TWO = 2


@dataclass(frozen=True, eq=False)
class Fusion:
    """What was chosen: ``weights`` (m,) of the views, ``threshold`` (None with more than two classes).

    ``value`` is the criterion on the scores it was chosen on, which is too good to be expected of new ones.
    """

    weights: Floats
    threshold: float | None
    value: float


def candidate_weights(n_views: int, step: float = STEP) -> Floats:
    """All weights in multiples of ``step`` that sum to one, shape (g, n_views).

    Raises
    ------
    BadOption
        A step that does not divide 1, or so many candidates that trying them would take for ever.
    """
    steps = round(1 / step)
    if not np.isclose(steps * step, 1.0):
        raise BadOption(f"Expected a step that divides 1, got {step!r}. Take 0.05 or 0.1.")
    number = 1.0
    for i in range(1, n_views):
        number *= (steps + i) / i
    if number > MOST_CANDIDATES:
        raise BadOption(
            f"Expected at most {MOST_CANDIDATES:,} combinations of weights, got {number:,.0f} for {n_views} "
            f"views in steps of {step}. Take a larger step, or weights='equal'."
        )
    return simplex_grid(n_views, steps)


def choose_fusion(
    scores: ArrayLike,
    codes: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    thresholds: ArrayLike = THRESHOLDS,
    costs: tuple[float, float] | None = None,
) -> Fusion:
    """Choose the weights of views and the threshold with the best Matthews correlation, or the least cost.

    Parameters
    ----------
    scores : array of shape (n, m) or (n, m, c)
        Out-of-fold probabilities by each of m views: of the second of two classes, or of each of c.
    codes : array of int, shape (n,)
        Class codes.
    weights : array of shape (g, m), optional
        Candidates; all multiples of 0.05 by default.
    thresholds : array of shape (t,)
        Candidates, sorted: from .10 to .90 by default. A row is called when its score is above.
    costs : (miss, false alarm), optional
        The least mean cost is looked for instead.

    Returns
    -------
    Fusion
        Of equally good weights those nearest to their mean, and the middle of the longest run of equally good
        thresholds. With more than two classes the largest fused probability decides.

    Raises
    ------
    CannotEvaluate
        Scores of one class only.

    Examples
    --------
    >>> good, noise = [0.1, 0.2, 0.7, 0.8], [0.9, 0.1, 0.2, 0.4]
    >>> choice = choose_fusion(np.column_stack([good, noise]), [0, 0, 1, 1])
    >>> choice.value, choice.weights.round(2).tolist()
    (1.0, [0.75, 0.25])
    """
    said, y = np.asarray(scores, dtype=np.float64), np.asarray(codes, dtype=np.intp)
    if np.unique(y).size < TWO:
        raise CannotEvaluate("Choosing weights and a threshold needs scored rows of two classes, got one.")
    tried = candidate_weights(said.shape[1]) if weights is None else np.asarray(weights, dtype=np.float64)
    if said.ndim > TWO and said.shape[2] > TWO:
        values = np.array([_argmax_mcc(np.tensordot(said, w, (1, 0)), y) for w in tried])
        best = _nearest_to_mean(tried, values)
        return Fusion(tried[best], None, float(values[best]))
    of_second = said if said.ndim == TWO else said[:, :, 1]
    cuts = np.asarray(thresholds, dtype=np.float64)
    curves = _curves(of_second, y == 1, tried, cuts, costs)
    best = _nearest_to_mean(tried, curves.max(axis=1))
    cut = middle_of_plateau(curves[best])
    value = float(curves[best, cut])
    return Fusion(tried[best], float(cuts[cut]), -value if costs else value)


def _argmax_mcc(fused: Floats, y: NDArray[np.intp]) -> float:
    return mcc_of(confusion(y, fused.argmax(axis=1), fused.shape[1]))


def _nearest_to_mean(tried: Floats, values: Floats) -> int:
    equals = np.flatnonzero(values >= values.max() - TIE)
    distance = np.square(tried[equals] - tried[equals].mean(axis=0)).sum(axis=1)
    return int(equals[np.argmin(distance)])


def _curves(
    scores: Floats,
    positive: NDArray[np.bool_],
    tried: Floats,
    cuts: Floats,
    costs: tuple[float, float] | None,
) -> Floats:
    """The criterion for each candidate at each threshold, shape (g, t); the greater the better."""
    n_positive = int(positive.sum())
    n_negative = positive.size - n_positive
    parts = []
    for chunk in row_chunks(tried.shape[0], bytes_per_row=3 * BYTES * positive.size):
        places = places_on_grid(tried[chunk] @ scores.T, cuts)
        hits, alarms = counts_on_grid(places, positive, cuts.size)
        if costs is None:
            parts.append(mcc_of_counts(hits, alarms, n_positive, n_negative))
        else:
            parts.append(-(costs[0] * (n_positive - hits) + costs[1] * alarms) / positive.size)
    return np.concatenate(parts)
