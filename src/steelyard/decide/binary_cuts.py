"""Every way to cut a score in two, counted by one sort and one running sum."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Cuts", "all_cuts", "redrawn_thresholds"]

MOST_CELLS = 512  # candidate cuts, by rank and again by hits, among which redrawn rows choose
INTERVAL = (2.5, 97.5)


@dataclass(frozen=True, eq=False)
class Cuts:
    """Candidate thresholds, highest first, with what each flags.

    ``hits`` and ``alarms`` (m,) are the weights of positive and other rows at or above each
    threshold; ``positives`` and ``negatives`` the totals.
    """

    thresholds: NDArray[np.float64]
    hits: NDArray[np.float64]
    alarms: NDArray[np.float64]
    positives: float
    negatives: float


def _between(upper: NDArray[np.float64], lower: NDArray[np.float64]) -> NDArray[np.float64]:
    """Midway, but never so low that rounding would let the lower score pass."""
    middle = (upper + lower) / 2
    return np.where(middle > lower, middle, upper)


def all_cuts(
    score: NDArray[np.float64], truth: NDArray[np.float64], weight: NDArray[np.float64] | None = None
) -> Cuts:
    """Count hits and false alarms for every distinct cut.

    Parameters
    ----------
    score : ndarray of shape (m,)
    truth : ndarray of shape (m,)
        1 for positive rows and 0 for others, or the probability that a row is positive.
    weight : ndarray of shape (m,), optional

    Returns
    -------
    Cuts
        A threshold lies midway between two neighbouring scores; the last one is 0 and flags all.

    Examples
    --------
    >>> cuts = all_cuts(np.array([0.1, 0.4, 0.8]), np.array([0.0, 1.0, 1.0]))
    >>> cuts.thresholds, cuts.hits, cuts.alarms
    (array([0.6 , 0.25, 0.  ]), array([1., 2., 2.]), array([0., 0., 1.]))
    """
    order = np.argsort(-score, kind="stable")
    w = np.ones(score.size) if weight is None else weight[order]
    ranked, positive = score[order], truth[order]
    last = np.flatnonzero(np.diff(ranked, append=-np.inf))  # last row of each distinct score
    hits, alarms = np.cumsum(w * positive)[last], np.cumsum(w * (1 - positive))[last]
    upper = ranked[last]
    thresholds = np.append(_between(upper[:-1], upper[1:]), min(0.0, float(upper[-1])))
    return Cuts(thresholds, hits, alarms, float(hits[-1]), float(alarms[-1]))


def _cells(cuts: Cuts) -> NDArray[np.intp]:
    """Positions of a few hundred cuts: evenly by rank, and evenly by hits."""
    m = cuts.thresholds.size
    if m <= MOST_CELLS:
        return np.arange(m)
    by_rank = np.linspace(0, m - 1, MOST_CELLS).astype(np.intp)
    marks = np.linspace(0, cuts.positives, MOST_CELLS)
    by_hits = np.minimum(np.searchsorted(cuts.hits, marks), m - 1)
    return np.unique(np.concatenate([by_rank, by_hits, [m - 1]]))


def redrawn_thresholds(
    score: NDArray[np.float64],
    truth: NDArray[np.float64],
    weight: NDArray[np.float64],
    groups: NDArray[np.intp] | None,
    choose: Callable[[Cuts], int],
    rng: np.random.Generator,
    n_draws: int,
) -> list[float]:
    """Interval of the threshold that would have been chosen on other rows of the same kind.

    A Poisson bootstrap: each row (or whole group) counts a random number of times with mean one.

    Parameters
    ----------
    score, truth, weight : ndarrays of shape (m,)
    groups : ndarray of shape (m,) or None
    choose : function of Cuts to a position
    rng : numpy.random.Generator
    n_draws : int

    Returns
    -------
    list of two floats
        2.5th and 97.5th percentile.

    References
    ----------
    Chamandy, Muralidharan, Najmi and Naidu, Estimating uncertainty for massive data streams, 2012.
    """
    cuts = all_cuts(score, truth, weight)
    places = _cells(cuts)
    thresholds = cuts.thresholds[places]
    cell = np.minimum(np.searchsorted(-thresholds, -score), thresholds.size - 1)
    side = 2 * cell + (truth > 0.5)
    n_sides = 2 * thresholds.size
    rows = np.bincount(side, minlength=n_sides)
    mean_weight = np.bincount(side, weights=weight, minlength=n_sides) / np.maximum(rows, 1)
    chosen = np.empty(n_draws)
    for draw in range(n_draws):
        if groups is None:
            drawn = rng.poisson(rows) * mean_weight
        else:
            times = rng.poisson(1.0, int(groups.max()) + 1)[groups]
            drawn = np.bincount(side, weights=weight * times, minlength=n_sides)
        alarms, hits = np.cumsum(drawn.reshape(-1, 2), axis=0).T
        again = Cuts(thresholds, hits, alarms, float(hits[-1]), float(alarms[-1]))
        chosen[draw] = thresholds[choose(again)]
    low, high = np.percentile(chosen, INTERVAL).tolist()
    return [low, high]
