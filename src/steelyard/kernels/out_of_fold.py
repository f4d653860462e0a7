"""Probabilities for rows a model has not seen, from models fitted on the other rows.

A kernel may cross-fit the estimator it is handed: it clones it and never looks inside. Thresholds,
calibration, label noise and overlap all start from these probabilities.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold, TimeSeriesSplit

from steelyard.errors import CannotEvaluate
from steelyard.kernels.rng import RandomState, int_seed

__all__ = ["aligned_proba", "inner_splits", "out_of_fold_proba", "take_rows"]

Split = tuple[NDArray[np.intp], NDArray[np.intp]]

MIN_FOLDS = 2


def take_rows(values: Any, rows: NDArray[np.intp]) -> Any:
    """The rows of a frame (by position), an array, a sparse matrix or a list."""
    if hasattr(values, "iloc"):
        return values.iloc[rows]
    if isinstance(values, list):
        return [values[row] for row in rows]
    return values[rows]


def _check_classes(labels: NDArray[Any]) -> None:
    counts = np.unique(labels, return_counts=True)[1]
    if (counts >= MIN_FOLDS).sum() < MIN_FOLDS:
        raise CannotEvaluate(
            f"Out-of-fold scores need at least two classes with {MIN_FOLDS} rows each; "
            f"the classes have {sorted(counts.tolist())} rows. Collect more rows, or drop the rare classes."
        )


def _with_single_rows_in_training(splits: Iterable[Split], codes: NDArray[np.intp]) -> list[Split]:
    """A class of one row is never tested: without it in training no model knows the class."""
    single = np.bincount(codes)[codes] == 1
    kept = []
    for train, test in splits:
        alone = test[single[test]]
        kept.append((np.sort(np.concatenate([train, alone])), test[~single[test]]))
    return kept


def _quietly(splitter: Any, codes: NDArray[np.intp], groups: NDArray[np.intp] | None) -> list[Split]:
    """Split without scikit-learn's warning that a class has fewer rows than there are folds.

    Such a class is simply missing from some test parts, which is what is wanted here.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The least populated class", category=UserWarning)
        return list(splitter.split(np.zeros(codes.shape[0]), codes, groups))


def _expanding(time: NDArray[Any], codes: NDArray[np.intp], folds: int) -> list[Split]:
    """Train on the past, test on what follows; windows whose past knows one class only are left out."""
    order = np.argsort(time, kind="stable")
    windows = TimeSeriesSplit(n_splits=folds).split(order)
    splits = [(np.sort(order[train]), np.sort(order[test])) for train, test in windows]
    return [(train, test) for train, test in splits if np.unique(codes[train]).size >= MIN_FOLDS]


def inner_splits(
    y: NDArray[Any],
    n_splits: int = 3,
    *,
    groups: NDArray[Any] | None = None,
    time: NDArray[Any] | None = None,
    random_state: RandomState = 0,
) -> list[Split]:
    """Split training rows once more, as the outer split would.

    Stratified by class; whole groups when ``groups`` is given; an expanding window when ``time`` is,
    where the earliest rows are never tested.

    Parameters
    ----------
    y : ndarray of shape (n,)
    n_splits : int
        A class with fewer rows is missing from some test parts; a class of one row always stays in
        training (unless whole groups are moved).
    groups, time : ndarray of shape (n,), optional
    random_state : int, RandomState, Generator or None

    Returns
    -------
    list of (train, test) arrays of row positions

    Raises
    ------
    CannotEvaluate
        Fewer than two classes have two rows.

    Examples
    --------
    >>> splits = inner_splits(np.array([0, 0, 0, 1, 1, 1]), 3, random_state=0)
    >>> [test.size for _, test in splits]
    [2, 2, 2]
    """
    labels = np.asarray(y)
    _check_classes(labels)
    codes = np.unique(labels, return_inverse=True)[1]
    folds = max(MIN_FOLDS, min(n_splits, int(np.bincount(codes).max())))
    if time is not None:
        return _expanding(np.asarray(time), codes, folds)
    seed = int_seed(random_state, "inner splits")
    if groups is None:
        plain = StratifiedKFold(folds, shuffle=True, random_state=seed)
        return _with_single_rows_in_training(_quietly(plain, codes, None), codes)
    names, group_codes = np.unique(np.asarray(groups), return_inverse=True)
    if names.size < MIN_FOLDS:
        raise CannotEvaluate("Splitting by group needs at least 2 groups, got 1. Leave out groups.")
    whole = StratifiedGroupKFold(min(folds, int(names.size)), shuffle=True, random_state=seed)
    return _quietly(whole, codes, group_codes)


def aligned_proba(estimator: Any, X: Any, classes: NDArray[Any]) -> NDArray[np.float64]:
    """``predict_proba`` with one column for each of ``classes``; a class the model never saw gets 0."""
    proba = np.asarray(estimator.predict_proba(X), dtype=np.float64)
    seen = np.asarray(estimator.classes_)
    if seen.shape == classes.shape and bool(np.all(seen == classes)):
        return proba
    full = np.zeros((proba.shape[0], classes.shape[0]))
    full[:, np.searchsorted(classes, seen)] = proba
    return full


def _one_fold(
    estimator: Any, X: Any, y: NDArray[Any], split: Split, classes: NDArray[Any], fit_params: dict[str, Any]
) -> NDArray[np.float64]:
    train, test = split
    params = {name: None if value is None else take_rows(value, train) for name, value in fit_params.items()}
    fitted = clone(estimator).fit(take_rows(X, train), y[train], **params)
    return aligned_proba(fitted, take_rows(X, test), classes)


def out_of_fold_proba(
    estimator: Any,
    X: Any,
    y: NDArray[Any],
    splits: Sequence[Split],
    *,
    classes: NDArray[Any] | None = None,
    n_jobs: int | None = 1,
    fit_params: dict[str, Any] | None = None,
) -> NDArray[np.float64]:
    """Predict every tested row by a clone that was fitted without it.

    Parameters
    ----------
    estimator : classifier with ``predict_proba``
        Cloned for each split; never fitted itself.
    X : indexable of length n
    y : ndarray of shape (n,)
    splits : sequence of (train, test)
        From `inner_splits` or any splitter.
    classes : ndarray of shape (k,), optional
        Column order; the sorted labels of ``y`` by default.
    n_jobs : int
        Workers of joblib; the result does not depend on it.
    fit_params : dict of per-row arrays, optional
        Handed to ``fit`` after the training rows were taken from them.

    Returns
    -------
    ndarray of shape (n, k)
        Rows that are in no test part hold NaN; a row tested several times holds the mean.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> y = np.array([0, 0, 0, 0, 1, 1])
    >>> splits = inner_splits(y, 2, random_state=0)
    >>> out_of_fold_proba(DummyClassifier(), np.zeros((6, 1)), y, splits)[0].round(2)
    array([0.67, 0.33])
    """
    labels = np.asarray(y)
    order = np.unique(labels) if classes is None else np.asarray(classes)
    parts = Parallel(n_jobs=n_jobs)(
        delayed(_one_fold)(estimator, X, labels, split, order, fit_params or {}) for split in splits
    )
    total = np.zeros((labels.shape[0], order.shape[0]))
    times = np.zeros(labels.shape[0])
    for (_, test), proba in zip(splits, parts, strict=True):
        total[test] += proba
        times[test] += 1
    with np.errstate(invalid="ignore"):
        return np.where(times[:, None] > 0, total / times[:, None], np.nan)
