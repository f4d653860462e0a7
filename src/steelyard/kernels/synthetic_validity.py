"""Whether synthetic rows lie where real rows of their class lie, asked of rows nobody has seen.

Against the rows it was made from, a synthetic row between two of a class can hardly fail. So the
reference is held-out rows only, and everything is compared with what held-out rows of the class
show among the others: a class that overlaps its neighbours does so in both figures.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from steelyard.kernels.mixed_distance import Points, pair_squared
from steelyard.kernels.neighborhood import Neighborhood
from steelyard.kernels.rng import RandomState, child
from steelyard.records import SyntheticValidity

__all__ = ["synthetic_validity"]

Rows = NDArray[np.intp]
Values = NDArray[np.float64]

K = 5
MIN_HELD_OUT = 2  # one row has no other of its class to be compared with
MOST_ROWS = 500  # of one class, synthetic or held out, that are asked: a share is known to 2.2 % then
REPLICATES = 400
ENDS = (2.5, 97.5)


@dataclass(frozen=True, eq=False)
class _Side:
    """What rows of one class find among the held-out ones.

    ``share`` (m,) of their class among the k nearest; ``enemy`` (m,) whether the nearest is of another;
    ``distance`` (m,) to the nearest of the class.
    """

    share: Values
    enemy: NDArray[np.bool_]
    distance: Values


@dataclass(frozen=True, eq=False)
class _OfClass:
    """Both sides of one class, and what only synthetic rows have."""

    real: _Side
    made: _Side
    parent: Rows
    copies: NDArray[np.bool_]
    within: NDArray[np.bool_]
    covered: NDArray[np.bool_]


def synthetic_validity(
    around: Neighborhood,
    held_out: Rows,
    held_out_codes: Rows,
    made: Rows,
    made_codes: Rows,
    *,
    training: Rows | None = None,
    parents: Rows | None = None,
    k: int = K,
    random_state: RandomState = 0,
) -> SyntheticValidity:
    """Compare synthetic rows with held-out real rows of the same class.

    Parameters
    ----------
    around : Neighborhood
        All the rows below; what a gap or a unit counts should be settled on real ones.
    held_out, made : ndarray of int
        Row numbers of the held-out real rows, of all classes, and of the synthetic rows.
    held_out_codes, made_codes : ndarray of int
        Their class codes.
    training : ndarray of int, optional
        Rows the synthetic ones were made from; only looked at to find exact copies.
    parents : ndarray of int, shape (len(made),), optional
        One parent of each synthetic row, any number that tells families apart; synthetic rows of one
        parent are drawn together for the interval.
    k : int
        Neighbours asked.
    random_state : int, RandomState, Generator or None
        Chooses rows where there are more than 500 of a class, and draws for the interval.

    Returns
    -------
    SyntheticValidity
        Figures of all classes together, each class counted by its synthetic rows; NaN where no class
        has two held-out rows.

    Notes
    -----
    A held-out row is not its own neighbour, so it looks for its class among one row fewer than a
    synthetic row does. To be fair, each synthetic row is refused one held-out row of its class, drawn
    by lot.

    ``precision`` and ``coverage`` are about balls around the held-out rows of the class that reach to
    the k-th other of them: the share of synthetic rows inside one, and the share of balls that hold a
    synthetic row. ``distance`` is the median distance to the nearest held-out row of the class, of
    synthetic rows over real ones; much below 1 means rows that crowd around a few places, much above 1
    rows that lie apart. The interval is a bootstrap of families and of held-out rows; it does not
    contain the luck of which rows were held out, which several folds show.

    References
    ----------
    Kynkaanniemi, Karras, Laine, Lehtinen and Aila, Improved precision and recall metric for assessing
    generative models, NeurIPS 2019. Naeem, Oh, Uh, Choi and Yoo, Reliable fidelity and diversity metrics
    for generative models, ICML 2020 (coverage).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> real, good, bad = rng.normal(size=(200, 2)), rng.normal(size=(50, 2)), rng.normal(6, 1, (50, 2))
    >>> enemy = rng.normal(6, 1, (200, 2))
    >>> around = Neighborhood(np.concatenate([real, enemy, good, bad]))
    >>> held_out, codes = np.arange(400), np.repeat([1, 0], 200)
    >>> for first in (400, 450):
    ...     found = synthetic_validity(around, held_out, codes, first + np.arange(50), np.ones(50, int))
    ...     print(round(found.plausibility, 2), round(found.enemies, 2))
    1.0 0.0
    0.0 1.0
    """
    rng = child(random_state, "validity")
    family = np.arange(made.shape[0]) if parents is None else parents
    classes = []
    for code in np.unique(made_codes):
        real = _some(np.sort(held_out[held_out_codes == code]), rng)
        own = _some(np.flatnonzero(made_codes == code), rng)
        if real.shape[0] >= MIN_HELD_OUT:
            pool = _Pool(around, held_out, held_out_codes, int(code), real, k)
            classes.append(pool.compare(made[own], family[own], training, rng))
    return _together(classes, rng)


def _some(rows: Rows, rng: np.random.Generator) -> Rows:
    """All rows, or as many of them as are asked, in the order given."""
    if rows.shape[0] <= MOST_ROWS:
        return rows
    return np.asarray(np.sort(rng.choice(rows, MOST_ROWS, replace=False)))


@dataclass(frozen=True, eq=False)
class _Pool:
    """The held-out rows, seen from one class of them."""

    around: Neighborhood
    rows: Rows
    codes: Rows
    code: int
    real: Rows
    k: int

    def compare(self, made: Rows, parent: Rows, training: Rows | None, rng: np.random.Generator) -> _OfClass:
        copies = np.zeros(made.shape[0], dtype=bool)
        if training is not None and training.shape[0]:
            copies = _among(self.around, made, training)
        k = min(self.k, self.real.shape[0] - 1)
        among = self.around.nearest(k, asked=self.real, pool=self.real)[1]
        far = _distances(self.around, made, self.real)
        inside = far <= among[:, -1]
        refused = rng.integers(self.real.shape[0], size=made.shape[0])
        far[np.arange(made.shape[0]), refused] = np.inf
        return _OfClass(
            self._side(self.real, None, among[:, 0]),
            self._side(made, self.real[refused], far.min(axis=1)),
            parent,
            copies,
            np.asarray(inside.any(axis=1)),
            np.asarray(inside.any(axis=0)),
        )

    def _side(self, asked: Rows, refused: Rows | None, distance: Values) -> _Side:
        """What rows find among the held-out ones, each refused one of those."""
        k = min(self.k, self.rows.shape[0] - 1)
        extra = 0 if refused is None else 1
        found = self.around.nearest(k + extra, asked=asked, pool=self.rows)[0]
        if refused is not None:
            drop = found == refused[:, None]
            drop[~drop.any(axis=1), -1] = True
            found = found[~drop].reshape(-1, k)
        order = np.argsort(self.rows)
        codes = self.codes[order[np.searchsorted(self.rows, found, sorter=order)]]
        return _Side((codes == self.code).mean(axis=1), codes[:, 0] != self.code, distance)


def _distances(around: Neighborhood, asked: Rows, pool: Rows) -> Values:
    """All distances between two short lists of rows."""
    points = Points(around.numbers, around.codes, around.mismatch**2)
    pairs = np.repeat(asked, pool.shape[0]), np.tile(pool, asked.shape[0])
    return np.sqrt(pair_squared(points, pairs[0], points, pairs[1])).reshape(asked.shape[0], pool.shape[0])


def _among(around: Neighborhood, made: Rows, training: Rows) -> NDArray[np.bool_]:
    """Which rows equal one of the training rows."""
    if sparse.issparse(around.numbers):
        return np.asarray(around.nearest(1, asked=made, pool=training)[1][:, 0] == 0)
    both = np.concatenate([made, training])
    cells = [around.numbers[both] + 0.0]  # minus zero becomes zero, for bytes are compared
    if around.codes is not None:
        cells.append(around.codes[both])
    flat = np.hstack([np.ascontiguousarray(one).view(np.uint8).reshape(both.shape[0], -1) for one in cells])
    rows = flat.view(f"V{flat.shape[1]}").ravel()
    return np.isin(rows[: made.shape[0]], rows[made.shape[0] :])


def _ratio(one: float, other: float) -> float:
    return one / other if other > 0 else math.nan


def _together(classes: list[_OfClass], rng: np.random.Generator) -> SyntheticValidity:
    """One set of figures; what real rows show is weighted by the synthetic rows of their class."""
    sizes = np.array([one.made.share.shape[0] for one in classes], dtype=np.float64)
    if not sizes.sum():
        return SyntheticValidity()
    weight = sizes / sizes.sum()

    def mean(values: list[NDArray[np.generic]]) -> float:
        return float(weight @ [float(np.mean(value.astype(np.float64))) for value in values])

    drawn = _replicates(classes, weight, rng)
    # Draws in which no real row has a neighbour of its class lie at infinity, so no value is made up
    # between two.
    low, high = np.percentile(drawn, ENDS, method="inverted_cdf").tolist()
    made = mean([one.made.share for one in classes])
    real = mean([one.real.share for one in classes])
    return SyntheticValidity(
        plausibility=_ratio(made, real),
        low=low,
        high=high,
        share=made,
        share_real=real,
        enemies=mean([one.made.enemy for one in classes]),
        enemies_real=mean([one.real.enemy for one in classes]),
        copies=mean([one.copies for one in classes]),
        precision=mean([one.within for one in classes]),
        coverage=mean([one.covered for one in classes]),
        distance=_ratio(
            float(weight @ [float(np.median(one.made.distance)) for one in classes]),
            float(weight @ [float(np.median(one.real.distance)) for one in classes]),
        ),
        n_synthetic=int(sizes.sum()),
        n_held_out=sum(one.real.share.shape[0] for one in classes),
    )


def _replicates(classes: list[_OfClass], weight: Values, rng: np.random.Generator) -> Values:
    """Plausibility with families and held-out rows drawn anew."""
    tops, bottoms = np.zeros(REPLICATES), np.zeros(REPLICATES)
    for one, share in zip(classes, weight, strict=True):
        family = np.unique(one.parent, return_inverse=True)[1]
        tops += share * _drawn_means(one.made.share, family, rng)
        bottoms += share * _drawn_means(one.real.share, np.arange(one.real.share.shape[0]), rng)
    return np.asarray(np.divide(tops, bottoms, out=np.full(REPLICATES, np.inf), where=bottoms > 0))


def _drawn_means(values: Values, family: Rows, rng: np.random.Generator) -> Values:
    """Means of the values of families drawn with repetition, as many as there are."""
    sums, sizes = np.bincount(family, values), np.bincount(family)
    drawn = rng.integers(sums.shape[0], size=(REPLICATES, sums.shape[0]))
    means: Values = np.divide(sums[drawn].sum(axis=1), sizes[drawn].sum(axis=1))
    return means
