"""Decisions of all folds put together, and metrics of them: for tables too small to score fold by fold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score

from steelyard.errors import BadOption
from steelyard.evaluate.leak_check import leak_check
from steelyard.kernels.out_of_fold import inner_splits, take_rows
from steelyard.kernels.rng import RandomState, int_seed
from steelyard.metrics import g_mean

__all__ = ["Pooled", "ResampledFirst", "macro_scores", "pooled_decisions", "resample_first"]

#: Takes training rows and labels, test rows and labels; returns the decided labels of each system.
Decide = Callable[[Any, NDArray[Any], Any, NDArray[Any]], Mapping[str, NDArray[Any]]]


@dataclass(frozen=True, eq=False)
class Pooled:
    """``rows`` (m,) that were tested, their ``true`` labels, and what each system ``decided``."""

    rows: NDArray[np.intp]
    true: NDArray[Any]
    decided: Mapping[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class ResampledFirst:
    """Decisions of a protocol that resamples before it splits.

    ``real`` (m,) tells which tested rows are rows of the table; ``across`` is the share of tested synthetic
    rows with a parent among the training rows, ``removed`` the share of the table's rows that were left out.
    """

    pooled: Pooled
    real: NDArray[np.bool_]
    across: float
    removed: float


def macro_scores(true: ArrayLike, decided: ArrayLike) -> dict[str, float]:
    """G-mean, macro F1, macro precision, macro recall and accuracy.

    Parameters
    ----------
    true, decided : array of shape (n,)

    Returns
    -------
    dict of str to float
        A class that is never found makes the G-mean 0.

    Examples
    --------
    >>> macro_scores(["a", "a", "b", "b"], ["a", "a", "b", "a"])["macro recall"]
    0.75
    """
    told: dict[str, Any] = {"average": "macro", "zero_division": 0}
    return {
        "G-mean": float(g_mean(true, decided)),
        "macro F1": float(f1_score(true, decided, **told)),
        "macro precision": float(precision_score(true, decided, **told)),
        "macro recall": float(recall_score(true, decided, **told)),
        "accuracy": float(accuracy_score(true, decided)),
    }


def pooled_decisions(
    decide: Decide, X: Any, y: ArrayLike, splits: Sequence[tuple[NDArray[np.intp], NDArray[np.intp]]]
) -> Pooled:
    """Let systems decide on the test part of every split, and put the decisions together.

    Parameters
    ----------
    decide : callable
        Fits all systems on the training part and returns their labels for the test part.
    X : table of n rows
    y : array of shape (n,)
    splits : sequence of (train, test)
        Test parts that do not overlap.

    Returns
    -------
    Pooled
        Of rows in the order of the table, without those that are in no test part.

    Raises
    ------
    BadOption
        A row is tested twice, or systems differ from fold to fold.

    Examples
    --------
    >>> y = np.array([0, 0, 0, 0, 1, 1])
    >>> splits = inner_splits(y, 2)
    >>> told = pooled_decisions(lambda X, y, X_test, y_test: {"copy": y_test}, np.zeros((6, 1)), y, splits)
    >>> told.decided["copy"].tolist()
    [0, 0, 0, 0, 1, 1]
    """
    labels = np.asarray(y)
    tested = np.concatenate([test for _, test in splits])
    order = np.argsort(tested)
    if np.unique(tested).size < tested.size:
        raise BadOption("Pooled decisions need every row in at most one test part; some row is in two.")
    parts = [
        dict(decide(take_rows(X, train), labels[train], take_rows(X, test), labels[test]))
        for train, test in splits
    ]
    if any(part.keys() != parts[0].keys() for part in parts):
        raise BadOption(f"Every fold must have the same systems. Got {[sorted(part) for part in parts]}.")
    decided = {name: np.concatenate([part[name] for part in parts])[order] for name in parts[0]}
    return Pooled(tested[order], labels[tested[order]], decided)


def resample_first(
    sampler: Any, decide: Decide, X: Any, y: ArrayLike, *, folds: int = 5, random_state: RandomState = 0
) -> ResampledFirst:
    """Resample a table and split it afterwards: a protocol that leaks, to measure what the leak is worth.

    Parents of tested rows are learned from, rows that cleaning found hard are never tested, and tested
    classes are as large as each other. Never report what comes out as the skill of a system.

    Parameters
    ----------
    sampler : sampler of steelyard
        Cloned.
    decide : callable
        As for `pooled_decisions`; gets resampled rows on both sides.
    X : table of n rows
    y : array of shape (n,)
    folds : int
    random_state : int, RandomState, Generator or None
        Of the folds, not of the sampler.

    Returns
    -------
    ResampledFirst

    Examples
    --------
    >>> from steelyard.balance import SMOTE
    >>> X, y = np.arange(40.0)[:, None], np.repeat([0, 1], [30, 10])
    >>> told = resample_first(SMOTE(random_state=0), lambda *fold: {"copy": fold[3]}, X, y)
    >>> told.across > 0.8, int(told.real.sum()), told.removed
    (True, 40, 0.0)
    """
    made = clone(sampler)
    labels = np.asarray(y)
    X_out, y_out = made.fit_resample(X, labels)
    splits = inner_splits(y_out, folds, random_state=int_seed(random_state, "resampled first"))
    pooled = pooled_decisions(decide, X_out, y_out, splits)
    across = float(np.mean([leak_check(made, train, test).share for train, test in splits]))
    kept = made.origin_[made.origin_ >= 0]
    return ResampledFirst(
        pooled, made.origin_[pooled.rows] >= 0, across, 1 - np.unique(kept).size / labels.size
    )
