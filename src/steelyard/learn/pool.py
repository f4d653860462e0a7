"""A pool of members fitted on draws from the same resampled rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.base import clone

from steelyard.balance.fit_parts import resample_for_fit, seed_part
from steelyard.data.prepare_table import TablePreparer
from steelyard.kernels.out_of_fold import aligned_proba
from steelyard.kernels.rng import child, int_seed

__all__ = ["Member", "Pool", "fit_pool"]

LEAST_COLUMNS = 0.6  # share of the columns that a member sees, up to all


@dataclass(frozen=True, eq=False)
class Member:
    """One fitted learner, and the columns of the prepared table that it reads."""

    estimator: Any
    columns: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Pool:
    """Fitted members, what prepares a table for them, and the sampler that made their rows."""

    members: tuple[Member, ...]
    preparer: Any
    n_classes: int
    sampler: Any = None

    def only(self, places: NDArray[np.intp]) -> Pool:
        """Return a pool of these members alone."""
        return replace(self, members=tuple(self.members[place] for place in places))

    def each_proba(self, X: Any) -> Iterator[NDArray[np.float64]]:
        """What each member says of rows as they are: (m, K), columns by class code."""
        prepared = self.preparer.transform(X)
        codes = np.arange(self.n_classes)
        for member in self.members:
            with np.errstate(divide="ignore", invalid="ignore"):
                said = aligned_proba(member.estimator, prepared[:, member.columns], codes)
            # Naive Bayes on columns that did not vary among the rows drawn says nothing.
            yield np.where(np.isnan(said), 1 / self.n_classes, said)


def fit_pool(
    templates: Sequence[Any],
    sampler: Any,
    X: Any,
    codes: NDArray[np.intp],
    classes: NDArray[Any],
    *,
    weight: NDArray[np.float64] | None,
    groups: NDArray[Any] | None,
    seed: int,
    where: Any,
    chosen: NDArray[np.intp],
    max_samples: int | None,
    n_jobs: int | None = None,
) -> Pool:
    """Resample once, and fit the chosen members on draws of their own.

    Parameters
    ----------
    templates : list of classifiers
        One for each number that may be chosen.
    sampler : sampler or None
        Is fitted.
    X : table of n rows
    codes : ndarray of int, shape (n,)
    classes : ndarray of shape (K,)
        Labels that the codes stand for; the sampler sees labels, for its draws go by their names.
    weight, groups : ndarray of shape (n,), optional
    seed : int
    where : str or int
        Name of these rows, such as the number of a fold: draws of rows differ from one to the other, the
        columns of a member do not.
    chosen : ndarray of int
        Numbers of the members that are fitted.
    max_samples : int, optional
        Rows of a draw, at most.
    n_jobs : int, optional
        Threads.

    Returns
    -------
    Pool
    """
    preparer = TablePreparer(output="dense", random_state=int_seed(seed, "prepare"))
    if sampler is None:
        prepared, drawn_from, chance = preparer.fit_transform(X, codes, groups=groups), codes, weight
    else:
        seed_part(sampler, seed, f"sampler {where}")
        preparer.fit(X, codes, groups=groups)
        X_fit, y_fit, chance = resample_for_fit(sampler, X, classes[codes], groups, weight)
        prepared, drawn_from = preparer.transform(X_fit), np.searchsorted(classes, np.asarray(y_fit))
    sources = _sources(preparer)

    def fitted(number: int) -> Member:
        rng = child(seed, "member", number, "rows", where)
        rows = _drawn(drawn_from, chance, max_samples, rng)
        columns = _columns(sources, len(preparer.columns_), child(seed, "member", number, "columns"))
        learner = seed_part(clone(templates[number]), seed, f"member {number}")
        if learner.get_params().get("n_neighbors", 0) > rows.size:
            learner.set_params(n_neighbors=rows.size)
        with np.errstate(divide="ignore", invalid="ignore"):
            learner.fit(prepared[np.ix_(rows, columns)], drawn_from[rows])
        return Member(learner, columns)

    made = Parallel(n_jobs=n_jobs, prefer="threads")(delayed(fitted)(number) for number in chosen.tolist())
    return Pool(tuple(made), preparer, classes.shape[0], sampler)


def _sources(preparer: Any) -> NDArray[np.intp]:
    """Number of the input column that each prepared column was made from."""
    place = {name: number for number, name in enumerate(preparer.columns_)}
    return np.array([place[name] for name in preparer.source_of_.values()], dtype=np.intp)


def _columns(sources: NDArray[np.intp], n_columns: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Prepared columns of a share of the input columns, drawn by lot; all where none of those is left."""
    share = rng.uniform(LEAST_COLUMNS, 1.0)
    drawn = rng.permutation(n_columns)[: max(1, round(share * n_columns))]
    columns = np.flatnonzero(np.isin(sources, drawn))
    return columns if columns.size else np.arange(sources.size)


def _drawn(
    codes: NDArray[np.intp],
    chance: NDArray[np.float64] | None,
    most: int | None,
    rng: np.random.Generator,
) -> NDArray[np.intp]:
    """A bootstrap within each class, so that every class is there; classes keep their shares (of weight)."""
    total = codes.size if most is None else min(codes.size, most)
    weight = np.ones(codes.size) if chance is None else chance
    by_class = np.bincount(codes, weights=weight)
    drawn = []
    for code in np.flatnonzero(by_class > 0):
        rows = np.flatnonzero(codes == code)
        size = max(1, round(total * by_class[code] / by_class.sum()))
        p = None if chance is None else weight[rows] / by_class[code]
        drawn.append(rng.choice(rows, size=size, p=p))
    return np.concatenate(drawn)
