"""Folds forwards in time: train on the past, test on what follows."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import CannotEvaluate

__all__ = ["expanding_folds"]

FEWEST_IN_TRAINING = 2  # rows of a class, so that inner folds know it too
LATEST_START = 0.5  # share of the rows after which waiting for a class ends
FEWEST_FOLDS = 2

Pairs = list[tuple[NDArray[np.intp], NDArray[np.intp]]]


def _arrival(rank: NDArray[np.intp], codes: NDArray[np.intp], k: int) -> NDArray[np.float64]:
    """For each class, how many rows have passed when it has enough of its own."""
    arrival = np.full(k, np.inf)
    for code in range(k):
        own = np.sort(rank[codes == code])
        if own.size >= FEWEST_IN_TRAINING:
            arrival[code] = own[FEWEST_IN_TRAINING - 1] + 1
    return arrival


def expanding_folds(
    time: NDArray[Any], codes: NDArray[np.intp], groups: NDArray[Any] | None, folds: int
) -> tuple[Pairs, NDArray[np.bool_], list[str]]:
    """Make an expanding window: equal blocks of rows, each tested by what came before it.

    Rows of one time are never on both sides. The first test block begins when the past holds two rows
    of every class; a class that comes later than half of the rows is not waited for, and not tested.

    Parameters
    ----------
    time, codes : ndarray of shape (n,)
    groups : ndarray of shape (n,) or None
        Rows of a group that is tested leave the training part of that fold.
    folds : int

    Returns
    -------
    pairs : list of (train, test) positions, sorted
    tested : ndarray of bool, shape (k,)
    notes : list of str

    Raises
    ------
    CannotEvaluate
        Fewer than two folds can be made.
    """
    n, k = codes.size, int(codes.max()) + 1
    order = np.argsort(time, kind="stable")
    rank = np.empty(n, dtype=np.intp)
    rank[order] = np.arange(n)
    arrival = _arrival(rank, codes, k)
    tested = arrival <= n * LATEST_START
    if tested.sum() < 2:
        raise CannotEvaluate(
            "Splitting by time needs two classes with 2 rows each in the first half of the rows. "
            "Leave out the time, or collect more early rows."
        )
    start = max(n / (folds + 1), float(arrival[tested].max()))
    ordered = time[order]
    cuts = np.round(np.linspace(start, n, folds + 1)).astype(int)
    # A border moves forward to the next new time.
    cuts = np.unique([int(np.searchsorted(ordered, ordered[c - 1], side="right")) for c in cuts])
    pairs: Pairs = []
    notes: list[str] = []
    for begin, end in pairwise(cuts.tolist()):
        train = np.sort(order[:begin])
        test = np.sort(order[begin:end])
        test = test[tested[codes[test]]]
        if groups is not None and test.size:
            train = train[~np.isin(groups[train], np.unique(groups[test]))]
        known = np.bincount(codes[train], minlength=k)[tested]
        if test.size and (known >= FEWEST_IN_TRAINING).all():
            pairs.append((train, test))
    if len(pairs) < FEWEST_FOLDS:
        raise CannotEvaluate(
            f"Only {len(pairs)} of {folds} windows of time have a past that holds two rows of every class, "
            f"and {FEWEST_FOLDS} are needed. Use fewer folds, or leave out the groups or the time."
        )
    if len(pairs) < folds:
        notes.append(f"{len(pairs)} windows of time instead of {folds}: the others cannot be tested fairly.")
    return pairs, tested, notes
