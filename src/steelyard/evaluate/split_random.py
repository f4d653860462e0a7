"""Folds at random: in proportion to the classes, and with whole groups where there are any."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from steelyard.errors import CannotEvaluate
from steelyard.kernels.rng import int_seed

__all__ = ["group_folds", "stratified_folds"]

ATTEMPTS = 20  # draws of whole groups until every fold tests every class
FEWEST_IN_TRAINING = 2

Pairs = list[tuple[NDArray[np.intp], NDArray[np.intp]]]


def stratified_folds(codes: NDArray[np.intp], tested: NDArray[np.bool_], folds: int, seed: int) -> Pairs:
    """Make folds with the classes in proportion; rows of classes not ``tested`` are always in training.

    Parameters
    ----------
    codes : ndarray of shape (n,)
        Class codes.
    tested : ndarray of bool, shape (k,)
        Classes with at least ``folds`` rows.
    folds, seed : int

    Returns
    -------
    list of (train, test) positions, sorted
    """
    inside = np.flatnonzero(tested[codes])
    always = np.flatnonzero(~tested[codes])
    splitter = StratifiedKFold(folds, shuffle=True, random_state=seed)
    pairs = splitter.split(np.zeros(inside.size), codes[inside])
    return [(np.sort(np.concatenate([inside[train], always])), inside[test]) for train, test in pairs]


def group_folds(
    codes: NDArray[np.intp],
    groups: NDArray[np.intp],
    tested: NDArray[np.bool_],
    folds: int,
    seed: tuple[Any, ...],
) -> Pairs:
    """Make folds of whole groups, as near to the class shares as the groups allow.

    Whole groups that hold a class not ``tested`` stay in training. Groups are drawn anew, up to 20
    times, until every fold tests every class; the best draw is kept.

    Parameters
    ----------
    codes, groups : ndarray of shape (n,)
    tested : ndarray of bool, shape (k,)
    folds : int
    seed : tuple
        A random state and names, for `int_seed`.

    Returns
    -------
    list of (train, test) positions, sorted

    Raises
    ------
    CannotEvaluate
        In no draw does every training part hold two rows of every class.
    """
    stays = np.isin(groups, np.unique(groups[~tested[codes]]))
    inside, always = np.flatnonzero(~stays), np.flatnonzero(stays)
    # A group may hold both a class that is never tested and one that is: count again what is left.
    n_groups = np.unique(groups[inside]).size
    k = int(tested.size)
    best: tuple[int, Pairs] | None = None
    for attempt in range(ATTEMPTS if n_groups >= folds else 0):
        splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=int_seed(*seed, attempt))
        pairs = [
            (np.sort(np.concatenate([inside[train], always])), inside[test])
            for train, test in splitter.split(np.zeros(inside.size), codes[inside], groups[inside])
        ]
        in_training = np.array([np.bincount(codes[train], minlength=k)[tested] for train, _ in pairs])
        if (in_training < FEWEST_IN_TRAINING).any():
            continue
        gaps = sum(int((np.bincount(codes[test], minlength=k)[tested] == 0).sum()) for _, test in pairs)
        if best is None or gaps < best[0]:
            best = gaps, pairs
        if gaps == 0:
            break
    if best is None:
        raise CannotEvaluate(
            f"{n_groups} groups cannot be split into {folds} folds so that every training part holds "
            f"{FEWEST_IN_TRAINING} rows of every class. Use fewer folds, or collect more groups."
        )
    return best[1]
