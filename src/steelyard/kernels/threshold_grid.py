"""Many candidate scores judged at many thresholds at once, and what to take among equals."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

__all__ = ["TIE", "counts_on_grid", "mcc_of_counts", "middle_of_plateau", "places_on_grid", "simplex_grid"]

Floats = NDArray[np.float64]

TIE = 1e-12


def places_on_grid(scores: Floats, thresholds: Floats) -> NDArray[np.intp]:
    """How many of the sorted thresholds lie below each score, in the shape of ``scores``.

    Examples
    --------
    >>> places_on_grid(np.array([0.2, 0.5]), np.array([0.1, 0.5]))
    array([1, 1])
    """
    return np.searchsorted(thresholds, scores, side="left")


def counts_on_grid(
    places: NDArray[np.intp], positive: NDArray[np.bool_], n_thresholds: int
) -> tuple[Floats, Floats]:
    """True and false positives of each candidate at each threshold.

    Parameters
    ----------
    places : ndarray of int, shape (s, n)
        From `places_on_grid`, one row a candidate.
    positive : ndarray of bool, shape (n,)
    n_thresholds : int

    Returns
    -------
    true_positives, false_positives : ndarray of shape (s, n_thresholds)
        A row counts as called when its score is above the threshold, not when it is equal to it.

    Examples
    --------
    >>> scores, thresholds = np.array([[0.2, 0.6, 0.8]]), np.array([0.1, 0.5, 0.8])
    >>> counts_on_grid(places_on_grid(scores, thresholds), np.array([False, True, True]), 3)
    (array([[2., 2., 0.]]), array([[1., 0., 0.]]))
    """
    called = []
    for wanted in (positive, ~positive):
        chosen = places[:, wanted]
        cells = chosen + (np.arange(places.shape[0]) * (n_thresholds + 1))[:, None]
        counts = np.bincount(cells.ravel(), minlength=places.shape[0] * (n_thresholds + 1))
        counts = counts.reshape(places.shape[0], n_thresholds + 1)[:, ::-1].cumsum(axis=1)[:, ::-1]
        called.append(counts[:, 1:].astype(np.float64))
    return called[0], called[1]


def mcc_of_counts(
    true_positives: Floats, false_positives: Floats, n_positive: int, n_negative: int
) -> Floats:
    """Matthews correlation from counts, 0 where all rows or none are called.

    Examples
    --------
    >>> mcc_of_counts(np.array([2.0, 0.0]), np.array([0.0, 0.0]), 2, 3)
    array([1., 0.])
    """
    called = true_positives + false_positives
    n = n_positive + n_negative
    covariance = true_positives * n - called * n_positive
    spread = called * (n - called) * float(n_positive) * float(n_negative)
    return np.asarray(
        np.divide(
            covariance, np.sqrt(spread), out=np.zeros_like(covariance, dtype=np.float64), where=spread > 0
        )
    )


def middle_of_plateau(values: Floats) -> int:
    """Place in the middle of the longest run of best values, the first of such runs.

    At the edge of a run of equals, one row more or less would change the value; in the middle none does.

    Examples
    --------
    >>> middle_of_plateau(np.array([0.1, 0.5, 0.5, 0.5, 0.2, 0.5]))
    2
    """
    best = values >= values.max() - TIE
    edges = np.flatnonzero(np.diff(np.concatenate([[False], best, [False]])))
    starts, ends = edges[::2], edges[1::2]
    longest = int(np.argmax(ends - starts))
    return int((starts[longest] + ends[longest] - 1) // 2)


def simplex_grid(n: int, steps: int) -> Floats:
    """All weights of ``n`` parts in multiples of ``1 / steps`` that sum to one.

    Parameters
    ----------
    n, steps : int

    Returns
    -------
    ndarray of shape (C(steps + n - 1, n - 1), n)
        In lexical order.

    Examples
    --------
    >>> simplex_grid(2, 2)
    array([[0. , 1. ],
           [0.5, 0.5],
           [1. , 0. ]])
    """
    return np.array(list(_splits(n, steps)), dtype=np.float64).reshape(-1, n) / steps


def _splits(n: int, total: int) -> Iterator[list[int]]:
    """All ways to write ``total`` as ``n`` whole numbers: bars between the units."""
    for bars in combinations(range(total + n - 1), n - 1):
        ends = [-1, *bars, total + n - 1]
        yield [ends[i + 1] - ends[i] - 1 for i in range(n)]
