"""Folds in which every label of a multi-label table has its share, the rarest label first."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.model_selection import BaseCrossValidator

from steelyard.balance.multilabel.indicators import read_indicators
from steelyard.errors import BadOption, CannotEvaluate
from steelyard.kernels.rng import child, root_seed

__all__ = ["IterativeStratification"]

LEAST_SPLITS = 2


class IterativeStratification(BaseCrossValidator):
    """Splits rows that carry several labels so that each fold gets its share of every label.

    Parameters
    ----------
    n_splits : int, default=5
    order : {1, 2}, default=1
        1 looks after labels, 2 after pairs of labels that occur together, and then after labels.
    random_state : int, RandomState, Generator or None, default=None
        Breaks ties.

    Notes
    -----
    While rows are left, the label that the fewest of them carry is taken, and each of its rows goes to
    the fold that lacks most of that label; among equal ones to the fold that lacks most rows; then by
    lot. Rows without a label go last, to the folds that lack most rows. Rows are visited in order.

    A label of fewer rows than there are folds is missing from some of them.

    References
    ----------
    Sechidis, Tsoumakas and Vlahavas, On the stratification of multi-label data, ECML PKDD 2011;
    Szymanski and Kajdanowicz, A network perspective on stratification of multi-label data, LIDTA 2017.

    Examples
    --------
    >>> Y = np.array([[1, 0]] * 6 + [[1, 1]] * 2 + [[0, 1]] * 2)
    >>> splitter = IterativeStratification(n_splits=2, random_state=0)
    >>> [Y[test].sum(axis=0).tolist() for _, test in splitter.split(np.zeros((10, 1)), Y)]
    [[4, 2], [4, 2]]
    """

    def __init__(self, n_splits: int = 5, *, order: int = 1, random_state: Any = None) -> None:
        self.n_splits = n_splits
        self.order = order
        self.random_state = random_state

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Number of folds.

        Parameters
        ----------
        X, y, groups : ignored

        Returns
        -------
        int
        """
        return self.n_splits

    def split(
        self, X: Any, y: Any, groups: Any = None
    ) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        """Yield the positions of the training and the test rows of each fold.

        Parameters
        ----------
        X : ignored
            Only here for the convention.
        y : array, sparse matrix, frame or list of shape (n, L)
            1 where a row carries a label, 0 elsewhere.
        groups : ignored

        Yields
        ------
        train, test : ndarray of int, in order

        Raises
        ------
        CannotEvaluate
            There are fewer rows than folds.
        BadTarget
            ``y`` is no indicator matrix.
        """
        fold = self._folds(y)
        for place in range(self.n_splits):
            yield np.flatnonzero(fold != place), np.flatnonzero(fold == place)

    def _folds(self, y: Any) -> NDArray[np.intp]:
        if (
            isinstance(self.n_splits, bool)
            or not isinstance(self.n_splits, int)
            or self.n_splits < LEAST_SPLITS
        ):
            raise BadOption(
                f"The 'n_splits' parameter of IterativeStratification must be an int in the range "
                f"[{LEAST_SPLITS}, inf). Got {self.n_splits!r} instead."
            )
        if self.order not in (1, 2):
            raise BadOption(
                f"The 'order' parameter of IterativeStratification must be 1 or 2. "
                f"Got {self.order!r} instead."
            )
        labels = read_indicators(y, type(self).__name__).matrix
        if labels.shape[0] < self.n_splits:
            raise CannotEvaluate(
                f"{self.n_splits} folds need at least as many rows, got {labels.shape[0]}. Use fewer folds."
            )
        evidence = labels if self.order == 1 else _with_pairs(labels)
        rng = child(root_seed(self.random_state), "iterative stratification")
        return _Desire(evidence, self.n_splits, rng).assign()


class _Desire:
    """What each fold still lacks, of rows and of each label."""

    def __init__(self, labels: Any, n_splits: int, rng: np.random.Generator) -> None:
        self.labels, self.by_label, self.rng = labels, labels.tocsc(), rng
        self.left = np.diff(self.by_label.indptr)
        self.rows = np.full(n_splits, labels.shape[0] / n_splits)
        self.lacks = np.tile(self.left / n_splits, (n_splits, 1))
        self.fold = np.full(labels.shape[0], -1, dtype=np.intp)

    def assign(self) -> NDArray[np.intp]:
        while True:
            label = self._rarest()
            if label is None:
                break
            start, stop = self.by_label.indptr[label : label + 2]
            for row in self.by_label.indices[start:stop].tolist():
                if self.fold[row] < 0:
                    self._give(row, self._neediest(self.lacks[:, label]))
        for row in np.flatnonzero(self.fold < 0).tolist():
            self._give(row, self._neediest(self.rows))
        return self.fold

    def _rarest(self) -> int | None:
        """The label that the fewest rows still carry, ties by lot."""
        open_labels = np.flatnonzero(self.left)
        if open_labels.size == 0:
            return None
        fewest = open_labels[self.left[open_labels] == self.left[open_labels].min()]
        return int(fewest[0]) if fewest.size == 1 else int(self.rng.choice(fewest))

    def _neediest(self, lacks: NDArray[np.float64]) -> int:
        folds = np.flatnonzero(lacks == lacks.max())
        if folds.size > 1:
            folds = folds[self.rows[folds] == self.rows[folds].max()]
        return int(folds[0]) if folds.size == 1 else int(self.rng.choice(folds))

    def _give(self, row: int, fold: int) -> None:
        start, stop = self.labels.indptr[row : row + 2]
        carried = self.labels.indices[start:stop]
        self.fold[row] = fold
        self.left[carried] -= 1
        self.lacks[fold, carried] -= 1
        self.rows[fold] -= 1


def _with_pairs(labels: Any) -> Any:
    """A column for every pair of labels that occurs, after those of the labels."""
    home: dict[tuple[int, int], int] = {}
    rows, columns = [], []
    for row in range(labels.shape[0]):
        carried = labels.indices[labels.indptr[row] : labels.indptr[row + 1]].tolist()
        for pair in combinations(carried, 2):
            rows.append(row)
            columns.append(home.setdefault(pair, len(home)))
    pairs = sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(labels.shape[0], len(home)))
    both = sparse.hstack([labels, pairs], format="csr")
    both.sort_indices()
    return both
