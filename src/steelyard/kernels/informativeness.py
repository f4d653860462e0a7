"""How surely the other rows give a row its own class: conditional probabilities that leave the row out.

A row must not vouch for itself, so its probabilities come from its neighbours or from a model fitted
without it. Checks report what follows from them, cleaners and over-samplers act on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from sklearn.base import clone
from sklearn.naive_bayes import GaussianNB

from steelyard.errors import BadTable
from steelyard.kernels.neighborhood import Neighborhood
from steelyard.kernels.out_of_fold import aligned_proba, inner_splits, out_of_fold_proba
from steelyard.kernels.overflow import refuse_huge
from steelyard.kernels.rng import RandomState, int_seed

__all__ = [
    "NEIGHBORS_ASKED",
    "Informativeness",
    "gaussian_bayes",
    "informativeness",
    "left_out_proba",
    "numbers_and_levels",
    "rank_weighted_proba",
    "skill_over_prior",
]

Values = NDArray[np.float64]

NEIGHBORS_ASKED = 10
# What a class without a neighbour gets, as a share of one row among all.
FAINT = 1e-3
# A class may be narrow in one column by chance; its density is smoothed by a tenth of a deviation.
SMOOTHING = 1e-2
MOST_DENSE_CELLS = 5 * 10**7  # of a sparse table made dense, 400 MB


@dataclass(frozen=True, eq=False)
class Informativeness:
    """What is known of each row without looking at its own label.

    ``proba`` (n, K); ``own`` (n,) is the probability of the row's own class; ``margin`` (n,) that less the
    largest of another class; ``entropy`` (n,) from 0 for certainty to 1 for none. NaN for rows that no model
    could be asked about.
    """

    proba: Values
    own: Values
    margin: Values
    entropy: Values


def informativeness(proba: Values, codes: NDArray[np.integer[Any]]) -> Informativeness:
    """Read the probability of the own class, its margin and the entropy off conditional probabilities.

    Parameters
    ----------
    proba : ndarray of shape (n, K)
    codes : ndarray of int, shape (n,)
        Class of each row.

    Returns
    -------
    Informativeness

    Examples
    --------
    >>> known = informativeness(np.array([[0.9, 0.1], [0.5, 0.5]]), np.array([0, 0]))
    >>> known.own.tolist(), known.margin.round(2).tolist(), known.entropy.round(2).tolist()
    ([0.9, 0.5], [0.8, 0.0], [0.47, 1.0])
    """
    rows = np.arange(codes.shape[0])
    own = proba[rows, codes]
    others = proba.copy()
    others[rows, codes] = -np.inf
    logs = np.log(proba, out=np.zeros_like(proba), where=proba > 0)
    # One class alone leaves no doubt.
    entropy = -(proba * logs).sum(axis=1) / max(np.log(proba.shape[1]), np.finfo(np.float64).tiny)
    return Informativeness(proba, own, own - others.max(axis=1), entropy)


def rank_weighted_proba(neighbor_codes: ArrayLike, counts: ArrayLike) -> Values:
    """Probability of each class, given the classes of a row's neighbours.

    Parameters
    ----------
    neighbor_codes : array of int, shape (n, k)
        Classes of the neighbours of each row, nearest first, the row itself not among them.
    counts : array of int, shape (K,)
        Rows of each class.

    Returns
    -------
    ndarray of shape (n, K)

    Notes
    -----
    The j-th neighbour weighs 1/j, and what a class collects is divided by its number of rows: the
    probabilities are those of a world in which all classes are equally frequent, so a row is not doubted
    merely because its class is rare.

    Examples
    --------
    >>> rank_weighted_proba([[0, 1], [1, 1]], [90, 10]).round(2).tolist()
    [[0.18, 0.82], [0.0, 1.0]]
    """
    around, sizes = np.asarray(neighbor_codes), np.asarray(counts, dtype=np.float64)
    said = np.full((around.shape[0], sizes.shape[0]), FAINT / max(sizes.sum(), 1.0))
    share = np.divide(1.0, sizes, out=np.zeros_like(sizes), where=sizes > 0)
    rows = np.arange(around.shape[0])
    for place in range(around.shape[1]):
        said[rows, around[:, place]] += share[around[:, place]] / (place + 1)
    return np.asarray(said / said.sum(axis=1, keepdims=True))


def gaussian_bayes() -> GaussianNB:
    """Gaussian naive Bayes as it is used here.

    Examples
    --------
    >>> gaussian_bayes()
    GaussianNB(var_smoothing=0.01)
    """
    return GaussianNB(var_smoothing=SMOOTHING)


def numbers_and_levels(around: Neighborhood) -> Values:
    """Standardised numbers, and a column of 0 and 1 for each level of each category.

    Parameters
    ----------
    around : Neighborhood

    Returns
    -------
    ndarray of shape (n, p + levels)

    Raises
    ------
    BadTable
        A sparse table too large to be made dense.

    Examples
    --------
    >>> around = Neighborhood(np.array([[1.0], [3.0]]), np.array([[7], [9]]))
    >>> numbers_and_levels(around).tolist()
    [[-1.0, 1.0, 0.0], [1.0, 0.0, 1.0]]
    """
    numbers = around.numbers
    if sparse.issparse(numbers):
        if numbers.shape[0] * numbers.shape[1] > MOST_DENSE_CELLS:
            raise BadTable(
                "Gaussian naive Bayes reads dense tables, and this sparse one has "
                f"{numbers.shape[0]:,} x {numbers.shape[1]:,} cells. Use estimator='knn'."
            )
        numbers = numbers.toarray()
    refuse_huge(numbers)
    dense = np.asarray(numbers, dtype=np.float64)
    deviation = dense.std(axis=0)
    blocks = [(dense - dense.mean(axis=0)) / np.where(deviation > 0, deviation, 1.0)]
    if around.codes is not None:
        for column in around.codes.T:
            levels, level = np.unique(column, return_inverse=True)
            blocks.append(np.eye(levels.shape[0])[level])
    return np.hstack(blocks)


def left_out_proba(
    estimator: Any,
    X: Any,
    codes: NDArray[np.integer[Any]],
    n_classes: int,
    *,
    folds: int | None = 5,
    groups: NDArray[Any] | None = None,
    random_state: RandomState = 0,
) -> Values:
    """Probabilities from a model fitted without the row, or, with ``folds=None``, with it.

    Parameters
    ----------
    estimator : classifier with ``predict_proba``
        Cloned.
    X : indexable of length n
    codes : ndarray of int, shape (n,)
    n_classes : int
    folds : int or None
        None asks a model about the rows it was fitted on, which flatters them.
    groups : ndarray of shape (n,), optional
        Kept whole.
    random_state : int, RandomState, Generator or None

    Returns
    -------
    ndarray of shape (n, K)
        NaN for a row that is in no fold: the only one of its class.

    Examples
    --------
    >>> X, codes = np.array([[0.0], [0.1], [0.2], [5.0], [5.1], [5.2]]), np.array([0, 0, 0, 1, 1, 1])
    >>> left_out_proba(gaussian_bayes(), X, codes, 2, folds=3).argmax(axis=1).tolist()
    [0, 0, 0, 1, 1, 1]
    """
    classes = np.arange(n_classes)
    with np.errstate(divide="ignore", invalid="ignore"):  # columns that do not vary say nothing: NaN
        if folds is None:
            return aligned_proba(clone(estimator).fit(X, codes), X, classes)
        splits = inner_splits(codes, folds, groups=groups, random_state=int_seed(random_state, "left out"))
        several = [(train, test) for train, test in splits if np.unique(codes[train]).size > 1]
        return out_of_fold_proba(estimator, X, codes, several, classes=classes)


def skill_over_prior(proba: Values, codes: NDArray[np.integer[Any]], prior: Values) -> float:
    """How much better than the classes' shares alone the probabilities tell the classes.

    Parameters
    ----------
    proba : ndarray of shape (n, K)
        Rows of NaN are left out.
    codes : ndarray of int, shape (n,)
    prior : ndarray of shape (K,)
        The shares that the probabilities were made for: those of the table, or equal ones, and then
        every class counts the same here too.

    Returns
    -------
    float
        Brier skill score, one minus the ratio of the two mean squared errors: 1 for certainty, 0 for no more
        than the shares, below 0 for worse. NaN where no row of a second class was asked about.

    References
    ----------
    Brier, Verification of forecasts expressed in terms of probability, Monthly Weather Review 78, 1950.

    Examples
    --------
    >>> proba, codes = np.array([[0.9, 0.1], [0.2, 0.8]]), np.array([0, 1])
    >>> round(skill_over_prior(proba, codes, np.array([0.5, 0.5])), 2)
    0.9
    """
    asked = np.flatnonzero(~np.isnan(proba).any(axis=1))
    own = codes[asked]
    if np.unique(own).size < 2:
        return float("nan")
    counts = np.bincount(own, minlength=prior.shape[0])
    weight = prior[own] / counts[own]
    truth = np.eye(prior.shape[0])[own]
    lost = ((proba[asked] - truth) ** 2).sum(axis=1)
    known = ((prior - truth) ** 2).sum(axis=1)
    return float(1 - (weight @ lost) / (weight @ known))
