"""How much of a figure is the choice of settings on the very rows it is reported on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steelyard.errors import BadOption, CannotEvaluate
from steelyard.evaluate.bootstrap import LEVEL
from steelyard.kernels.rng import RandomState, child
from steelyard.kernels.threshold_grid import counts_on_grid, mcc_of_counts, places_on_grid

__all__ = ["TuningOptimism", "tuning_optimism"]

Floats = NDArray[np.float64]

THRESHOLDS = np.arange(10, 91) / 100.0
TWO = 2


@dataclass(frozen=True)
class TuningOptimism:
    """What choosing on test rows is worth.

    Attributes
    ----------
    whole : float
        The best of all settings on all rows: what is printed by whoever chooses on the test rows.
    setting, threshold : int, float
        Which one that was.
    chosen : float
        Mean of the best on one half of the rows.
    fresh : float
        Mean of those very settings on the other half.
    low, high : float
        Middle 95 % of the latter over the splits.
    settings : int
        Candidates times thresholds.
    n_splits : int
    """

    whole: float
    setting: int
    threshold: float
    chosen: float
    fresh: float
    low: float
    high: float
    settings: int
    n_splits: int

    @property
    def optimism(self) -> float:
        """What the choice adds on the rows it was made on."""
        return self.chosen - self.fresh


def tuning_optimism(
    scores: ArrayLike,
    y: ArrayLike,
    *,
    thresholds: ArrayLike = THRESHOLDS,
    n_splits: int = 300,
    groups: ArrayLike | None = None,
    random_state: RandomState = 0,
) -> TuningOptimism:
    """Choose the best setting on half of the rows and score it on the other half, many times.

    Parameters
    ----------
    scores : array of shape (n, s)
        Scores of the second class, one column a candidate: a model, a pair of models, a weight of theirs.
    y : array of shape (n,)
        Two labels.
    thresholds : array of shape (t,)
        Tried for each candidate; from .10 to .90 by default. A row is called when its score is above.
    n_splits : int, default=300
    groups : array of shape (n,), optional
        Kept whole by the splits.
    random_state : int, RandomState, Generator or None, default=0

    Returns
    -------
    TuningOptimism
        In Matthews correlation.

    Raises
    ------
    CannotEvaluate
        Not two labels, or too few rows of one of them to split.
    BadOption
        Shapes that do not fit.

    Notes
    -----
    Both halves have half as many rows as the test, so ``chosen`` is somewhat more optimistic than ``whole``,
    while ``fresh`` is an honest figure for choosing on half as many rows; of pure chance it is below 0, for
    what is in excess in one half is wanting in the other. Halves keep the classes in proportion, unless
    there are groups.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> told = tuning_optimism(rng.random((200, 50)), np.arange(200) % 2, n_splits=50)
    >>> told.chosen > 0.2, told.fresh < 0.05
    (True, True)
    """
    said, labels = np.asarray(scores, dtype=np.float64), np.asarray(y)
    cuts = np.sort(np.asarray(thresholds, dtype=np.float64))
    if said.ndim != TWO or said.shape[0] != labels.shape[0] or not said.shape[1]:
        raise BadOption(
            f"Expected one row of scores for each of {labels.shape[0]} labels, got shape {said.shape}. "
            "Give an array (rows, candidates)."
        )
    classes, codes = np.unique(labels, return_inverse=True)
    if classes.size != TWO or np.bincount(codes).min() < TWO:
        raise CannotEvaluate(
            f"Splitting into halves needs two classes of at least 2 rows, got {np.bincount(codes).tolist()} "
            "rows. Give more rows."
        )
    places, positive = places_on_grid(said.T, cuts), codes == 1
    whole = _curves(places, positive, cuts.size)
    best = int(whole.argmax())
    rng = child(random_state, "halves")
    pairs = []
    for _ in range(n_splits):
        inside = _half(codes, groups, rng)
        tuned = _curves(places[:, inside], positive[inside], cuts.size)
        place = int(tuned.argmax())
        other = _curves(places[[place // cuts.size]][:, ~inside], positive[~inside], cuts.size)
        pairs.append((tuned.flat[place], other[0, place % cuts.size]))
    chosen, fresh = np.array(pairs).T
    low, high = np.quantile(fresh, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return TuningOptimism(
        float(whole.flat[best]),
        best // cuts.size,
        float(cuts[best % cuts.size]),
        float(chosen.mean()),
        float(fresh.mean()),
        float(low),
        float(high),
        int(whole.size),
        n_splits,
    )


def _curves(places: NDArray[np.intp], positive: NDArray[np.bool_], n_thresholds: int) -> Floats:
    hits, alarms = counts_on_grid(places, positive, n_thresholds)
    n_positive = int(positive.sum())
    return mcc_of_counts(hits, alarms, n_positive, positive.size - n_positive)


def _half(codes: NDArray[np.intp], groups: Any, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Half of the rows of each class, or half of the groups."""
    inside = np.zeros(codes.size, dtype=np.bool_)
    if groups is not None:
        names, group = np.unique(np.asarray(groups), return_inverse=True)
        return np.isin(group, rng.permutation(names.size)[: names.size // 2])
    for code in (0, 1):
        rows = rng.permutation(np.flatnonzero(codes == code))
        inside[rows[: rows.size // 2]] = True
    return inside
