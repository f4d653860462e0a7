"""Numbers and level codes to one dense matrix: imputed, scaled and one-hot."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["DenseMatrix"]

BYTES_PER_CELL = 8
BYTES_PER_MB = 2**20
BUDGET_MB = 1024
LEAST_HOT = 4  # the budget never cuts a column below this many levels


class DenseMatrix:
    """Fills, scales and spreads out columns for learners that know numbers only.

    A number that is missing becomes the median, and its column gets an indicator where something was
    missing at fit; numbers are centred and divided by their standard deviation. A level becomes a
    column of 0 and 1 when it has ``min_frequency`` rows and is among the ``max_hot`` most frequent of
    its column; all other and unseen levels share one, missing has its own. When the matrix would
    pass the memory budget, fewer levels get a column of their own.

    Parameters
    ----------
    min_frequency : int
        Rows.
    max_hot : int
        Levels a column.

    Attributes
    ----------
    fill, centre, scale : ndarray of shape (p,)
    gaps : ndarray of int
        Positions of the numeric columns with an indicator.
    hot : list of ndarray
        For each column of levels: output offset of code, -1 for missing (last) and unseen (last but one).
    widths : list of int
        Output columns of each column of levels.
    names : list of str
    sources : list of int
        For each output: the position of its input among ``numbers`` then ``levels``.

    Examples
    --------
    >>> import numpy as np
    >>> numbers, codes = np.array([[1.0], [3.0], [np.nan]]), np.array([[0], [1], [1]])
    >>> dense = DenseMatrix(min_frequency=1).fit(numbers, codes, ["x"], ["c"], [["a", "b"]])
    >>> dense.names, dense.transform(numbers, codes).round(1).tolist()
    (['x', 'x__missing', 'c__a', 'c__b'], [[-1.2, 0.0, 1.0, 0.0], [1.2, 0.0, 0.0, 1.0], [0.0, 1.0, 0.0, 1.0]])
    """

    def __init__(self, min_frequency: int = 5, max_hot: int = 50) -> None:
        self.min_frequency = min_frequency
        self.max_hot = max_hot

    def fit(
        self,
        numbers: NDArray[np.float64],
        codes: NDArray[np.intp],
        number_names: Sequence[str],
        level_names: Sequence[str],
        levels: Sequence[Sequence[str]],
    ) -> DenseMatrix:
        """Learn fills, scales and which levels get a column; ``numbers`` (n, p), ``codes`` (n, q)."""
        self._fit_numbers(numbers)
        counts = [np.bincount(codes[:, j] + 1, minlength=len(levels[j]) + 1) for j in range(len(levels))]
        cap = self._affordable(counts, numbers.shape[0], numbers.shape[1] + self.gaps.size)
        self.names = [*number_names, *(f"{number_names[i]}__missing" for i in self.gaps)]
        self.sources = [*range(numbers.shape[1]), *self.gaps.tolist()]
        self.hot: list[NDArray[np.intp]] = []
        self.widths: list[int] = []
        for j, column in enumerate(counts):
            table, own = self._fit_levels(column, cap, levels[j])
            self.hot.append(table)
            self.widths.append(len(own))
            self.names.extend(f"{level_names[j]}__{name}" for name in own)
            self.sources.extend([numbers.shape[1] + j] * len(own))
        return self

    def _fit_numbers(self, numbers: NDArray[np.float64]) -> None:
        missing = np.isnan(numbers)
        self.gaps = np.flatnonzero(missing.any(axis=0))
        p = numbers.shape[1]
        self.fill, self.centre, self.scale = np.empty(p), np.empty(p), np.empty(p)
        for i in range(p):  # one column at a time: no second copy of the table
            column = numbers[:, i]
            self.fill[i] = np.median(column[~missing[:, i]])
            column = np.where(missing[:, i], self.fill[i], column)
            size = np.abs(column).max() or 1.0  # squares of huge or tiny numbers must not overflow
            self.centre[i] = size * np.mean(column / size)
            self.scale[i] = size * np.std((column - self.centre[i]) / size) or 1.0

    def _affordable(self, counts: Sequence[NDArray[np.intp]], n_rows: int, n_numeric: int) -> int:
        """The largest cap on levels a column, halved until the matrix fits the budget."""
        cells = BUDGET_MB * BYTES_PER_MB / BYTES_PER_CELL
        cap = self.max_hot
        while cap > LEAST_HOT:
            width = n_numeric + sum(min(int((c[1:] >= self.min_frequency).sum()), cap) + 2 for c in counts)
            if width * n_rows <= cells:
                break
            cap = max(LEAST_HOT, cap // 2)
        return cap

    def _fit_levels(
        self, counts: NDArray[np.intp], cap: int, levels: Sequence[str]
    ) -> tuple[NDArray[np.intp], list[str]]:
        """Offset of each code (unseen and missing last), and the names of the columns."""
        rows = counts[1:]
        chosen = np.sort(np.argsort(-rows, kind="stable")[:cap])
        chosen = chosen[rows[chosen] >= self.min_frequency]
        names = [levels[code] for code in chosen]
        no_column = len(rows) + 2  # an offset that `transform` leaves out
        table = np.full(len(rows) + 2, no_column, dtype=np.intp)
        table[chosen] = np.arange(chosen.size)
        if chosen.size < rows.size:
            table[:-1][table[:-1] == no_column] = len(names)
            names.append("other")
        if counts[0]:
            table[-1] = len(names)
            names.append("missing")
        return table, names

    def transform(self, numbers: NDArray[np.float64], codes: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return the matrix, shape (n, len(names))."""
        n, p = numbers.shape
        out = np.zeros((n, len(self.names)))
        for i in range(p):
            column = numbers[:, i]
            missing = np.isnan(column)
            out[:, i] = (np.where(missing, self.fill[i], column) - self.centre[i]) / self.scale[i]
        out[:, p : p + self.gaps.size] = np.isnan(numbers[:, self.gaps])
        start = p + self.gaps.size
        rows = np.arange(n)
        for j, (table, width) in enumerate(zip(self.hot, self.widths, strict=True)):
            offset = table[codes[:, j]]
            has = offset < width
            out[rows[has], start + offset[has]] = 1.0
            start += width
        return out
