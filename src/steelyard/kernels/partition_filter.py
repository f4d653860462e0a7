"""Rows that models of disjoint parts of a table agree are labelled wrongly."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from steelyard.kernels.rng import child, int_seed

__all__ = ["iterative_partition_filter", "vote_against"]


def vote_against(
    estimator: Any,
    X: Any,
    y: NDArray[np.intp],
    parts: NDArray[np.intp],
    seed: int,
    *,
    on_the_rest: bool = False,
) -> NDArray[np.intp]:
    """Count the models that give each row another label; one is fitted on each part, or on its rest.

    Parameters
    ----------
    estimator : classifier
        Cloned for each part.
    X : array or CSR matrix of shape (n, p)
    y : ndarray of int, shape (n,)
    parts : ndarray of int, shape (n,)
        Part of each row, from 0.
    seed : int
    on_the_rest : bool
        Whether a part's model is fitted on the rows of all other parts.

    Returns
    -------
    ndarray of int, shape (n,)

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> y = np.array([0, 0, 1, 0])
    >>> vote_against(DummyClassifier(), np.zeros((4, 1)), y, np.array([0, 1, 0, 1]), 0).tolist()
    [0, 0, 2, 0]
    """
    against = np.zeros(y.shape[0], dtype=np.intp)
    for part in range(int(parts.max()) + 1):
        model = clone(estimator)
        if "random_state" in model.get_params():
            model.set_params(random_state=int_seed(seed, "part", part))
        train = (parts == part) != on_the_rest
        against += model.fit(X[train], y[train]).predict(X) != y
    return against


def iterative_partition_filter(
    estimator: Any,
    X: Any,
    y: NDArray[np.intp],
    *,
    n_parts: int,
    consensus: bool,
    patience: int,
    share: float,
    seed: int,
    on_the_rest: bool = False,
) -> tuple[NDArray[np.bool_], int]:
    """Leave out noisy rows again and again, until few are found several times in a row.

    Each round splits the rows that are left into parts of equal size with equal shares of each class,
    fits one model on each part, and leaves out the rows that most models (or all) label otherwise. A
    class never loses its last row.

    Parameters
    ----------
    estimator : classifier
    X : array or CSR matrix of shape (n, p)
    y : ndarray of int, shape (n,)
    n_parts : int
    consensus : bool
        Whether all models must disagree, rather than more than half.
    patience : int
        Rounds in a row that must find few.
    share : float
        Few is less than this share of the n rows.
    seed : int
    on_the_rest : bool
        Whether a part's model is fitted on the rows of all other parts.

    Returns
    -------
    stays : ndarray of bool, shape (n,)
    n_rounds : int

    References
    ----------
    Khoshgoftaar and Rebours, Improving software quality prediction by noise filtering techniques,
    Journal of Computer Science and Technology 22, 2007.

    Examples
    --------
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> X = np.r_[0:20, 80:100].reshape(-1, 1).astype(float)
    >>> y = (X[:, 0] > 50).astype(int)
    >>> y[5] = 1
    >>> stays, n_rounds = iterative_partition_filter(
    ...     DecisionTreeClassifier(), X, y, n_parts=5, consensus=False, patience=3, share=0.05, seed=0)
    >>> np.flatnonzero(~stays).tolist(), n_rounds
    ([5], 3)
    """
    stays = np.ones(y.shape[0], dtype=np.bool_)
    calm = n_rounds = 0
    while calm < patience:
        rows = np.flatnonzero(stays)
        used = min(n_parts, rows.shape[0])
        parts = _even_parts(y[rows], used, child(seed, "round", n_rounds))
        against = vote_against(
            estimator, X[rows], y[rows], parts, int_seed(seed, "round", n_rounds), on_the_rest=on_the_rest
        )
        noisy = against == used if consensus else 2 * against > used
        noisy &= ~_last_of_class(y[rows], noisy)
        stays[rows[noisy]] = False
        few = not noisy.any() or noisy.sum() < share * y.shape[0]
        calm = calm + 1 if few else 0
        n_rounds += 1
    return stays, n_rounds


def _even_parts(y: NDArray[np.intp], n_parts: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Deal the rows of each class in turn, shuffled, to the parts."""
    parts = np.empty(y.shape[0], dtype=np.intp)
    shuffled = rng.permutation(y.shape[0])
    dealt = shuffled[np.argsort(y[shuffled], kind="stable")]
    parts[dealt] = np.arange(y.shape[0]) % n_parts
    return parts


def _last_of_class(y: NDArray[np.intp], noisy: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Rows of classes of which every row is noisy."""
    kept = np.bincount(y[~noisy], minlength=int(y.max()) + 1)
    return np.asarray(kept[y] == 0)
