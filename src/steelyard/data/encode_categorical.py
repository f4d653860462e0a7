"""Levels to codes, and levels to cross-fitted class rates where there are too many of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.multiclass import type_of_target

from steelyard.data.column_values import MISSING
from steelyard.errors import BadTarget
from steelyard.kernels.rng import RandomState, child

__all__ = ["UNSEEN", "LevelColumn", "RateColumn", "rate_targets"]

UNSEEN = -2  # the code of a level that was not there at fit

Levels = tuple[NDArray[np.intp], list[str]]


class LevelColumn:
    """Remembers the levels of one column, and gives each row the code of its level.

    Attributes
    ----------
    levels : list of str
        Levels that occurred at fit, sorted.

    Examples
    --------
    >>> import numpy as np
    >>> column = LevelColumn().fit((np.array([0, 1, 0]), ["b", "a"]))
    >>> column.levels, column.transform((np.array([0, -1, 1]), ["a", "c"]))
    (['a', 'b'], array([ 0, -1, -2]))
    """

    suffixes = ("",)
    sentence = ""

    def fit(self, value: Levels) -> LevelColumn:
        """Keep the levels that occur; ``value`` is a pair (codes, levels) as from `to_levels`."""
        codes, levels = value
        occurs = np.bincount(codes[codes >= 0], minlength=len(levels)) > 0
        self.levels = sorted(level for level, there in zip(levels, occurs, strict=True) if there)
        return self

    def transform(self, value: Levels) -> NDArray[np.intp]:
        """Position of each row's level in ``levels``, MISSING (-1) or UNSEEN (-2); shape (n,)."""
        codes, levels = value
        position = {level: i for i, level in enumerate(self.levels)}
        table = [position.get(level, UNSEEN) for level in levels]
        return np.array([*table, MISSING], dtype=np.intp)[codes]

    measure = transform


def rate_targets(y: Any, column: str, n_rows: int) -> tuple[NDArray[np.float64], list[str]]:
    """Turn labels into the 0/1 columns whose means are class rates.

    Parameters
    ----------
    y : array of shape (n,) or None
    column : str
        Who needs them, for the message.
    n_rows : int

    Returns
    -------
    targets : ndarray of shape (n, k)
        One column per class; only the rarer one of two classes; a continuous target as it is.
    names : list of str

    Raises
    ------
    BadTarget
        No labels, or too few.
    """
    if y is None:
        raise BadTarget(
            f"Column {column!r} has too many levels to keep and needs labels to be encoded, got y=None. "
            "Pass y, raise max_levels, or drop the column."
        )
    labels = np.asarray(y).ravel()
    if labels.shape[0] != n_rows:
        raise BadTarget(f"Expected one label a row, got {labels.shape[0]} labels for {n_rows} rows.")
    if labels.dtype.kind == "f" and type_of_target(labels) == "continuous":
        return labels.astype(np.float64)[:, None], ["mean"]
    classes, codes = np.unique(labels, return_inverse=True)
    targets = np.eye(classes.size)[codes]
    kept = [int(targets.sum(axis=0).argmin())] if classes.size == 2 else list(range(classes.size))
    return targets[:, kept], [f"rate_{classes[k]}" for k in kept]


class RateColumn:
    """Replaces a level by the share of each class among its rows, drawn towards the overall share.

    The rate of class c in level v is ``(n_vc + smooth * p_c) / (n_v + smooth)``. Missing is a level
    of its own; an unseen level gets the overall share. For training rows `fit_transform` takes the
    counts from the other folds, so that no row sees its own label; `transform` uses all rows.

    Parameters
    ----------
    smooth : float
        Rows' worth of overall share that every level is mixed with.
    n_folds : int
    random_state : int, RandomState, Generator or None

    Attributes
    ----------
    coder : LevelColumn
    rates : ndarray of shape (n_levels + 2, k)
        The last two rows are for unseen and missing.

    References
    ----------
    Micci-Barreca, A preprocessing scheme for high-cardinality categorical attributes, SIGKDD
    Explorations 3(1), 2001. Cross-fitted as in scikit-learn's ``TargetEncoder``; the folds here can
    keep groups whole, and no class needs as many rows as there are folds.

    Examples
    --------
    >>> import numpy as np
    >>> value, y = (np.array([0, 0, 1, 1]), ["a", "b"]), np.array([[1.0], [1.0], [0.0], [0.0]])
    >>> column = RateColumn(smooth=2, random_state=0)
    >>> _ = column.fit_transform(value, y, ["rate_yes"])
    >>> column.transform((np.array([0, 1, -1, 2]), ["a", "b", "c"])).ravel()
    array([0.75, 0.25, 0.5 , 0.5 ])
    """

    def __init__(self, smooth: float = 20.0, n_folds: int = 5, random_state: RandomState = None) -> None:
        self.smooth = smooth
        self.n_folds = n_folds
        self.random_state = random_state

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Endings of the output columns' names."""
        return tuple(f"__{name}" for name in self.names)

    @property
    def sentence(self) -> str:
        """What the user is told."""
        return (
            f"has {len(self.coder.levels):,} levels: each is replaced by the share of each class among "
            "its rows (cross-fitted)"
        )

    def _rates(self, rows: NDArray[np.intp], y: NDArray[np.float64], prior: NDArray[np.float64]) -> Any:
        size = len(self.coder.levels) + 2
        counts = np.bincount(rows, minlength=size)[:, None]
        sums = np.column_stack([np.bincount(rows, weights=column, minlength=size) for column in y.T])
        return (sums + self.smooth * prior) / (counts + self.smooth)

    def fit_transform(
        self,
        value: Levels,
        y: NDArray[np.float64],
        names: Sequence[str],
        groups: NDArray[Any] | None = None,
    ) -> NDArray[np.float64]:
        """Count over all rows; return each row's rates as the other folds have them.

        Parameters
        ----------
        value : (codes, levels)
        y : ndarray of shape (n, k)
        names : list of str
            Of the k columns.
        groups : ndarray of shape (n,), optional
            Kept whole by the folds.

        Returns
        -------
        ndarray of shape (n, k)
        """
        self.names = list(names)
        self.coder = LevelColumn().fit(value)
        # Codes -1 and -2 count as the last two rows, where indexing from the end finds them again.
        rows = self.coder.transform(value) % (len(self.coder.levels) + 2)
        prior = y.mean(axis=0)
        self.rates = self._rates(rows, y, prior)
        # The overall share is one for all folds: a share per fold would tell a row's fold apart, and
        # with it something of the labels that fold holds.
        fold = self._folds(y, groups)
        encoded = np.empty(y.shape)
        for k in range(self.n_folds):
            inside = fold == k
            encoded[inside] = self._rates(rows[~inside], y[~inside], prior)[rows[inside]]
        return encoded

    def _folds(self, y: NDArray[np.float64], groups: NDArray[Any] | None) -> NDArray[np.intp]:
        """Fold of each row: whole groups, or each class spread evenly."""
        rng = child(self.random_state, "class rates", "folds")
        if groups is not None:
            names, group = np.unique(np.asarray(groups), return_inverse=True)
            return rng.permutation(names.size)[group] % self.n_folds
        shuffled = rng.permutation(y.shape[0])
        by_label = shuffled[np.lexsort(y[shuffled].T)]
        fold = np.empty(y.shape[0], dtype=np.intp)
        fold[by_label] = np.arange(y.shape[0]) % self.n_folds
        return fold

    def measure(self, value: Levels) -> NDArray[np.intp]:
        """Codes, for shift."""
        return self.coder.transform(value)

    def transform(self, value: Levels) -> NDArray[np.float64]:
        """Rates of each row's level, from all training rows; shape (n, k)."""
        return self.rates[self.coder.transform(value)]
