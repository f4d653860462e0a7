"""What distances are measured on: the numbers without gaps, the categories as codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from steelyard.balance.tables.base import Table
from steelyard.errors import BadOption, BadTable
from steelyard.kernels.neighborhood import Neighborhood
from steelyard.kernels.neighbors import neighbors_of

__all__ = ["Space", "open_space"]

AUTO = "auto"


@dataclass(frozen=True, eq=False)
class Space:
    """The columns of a table sorted into numbers and categories.

    ``numbers`` (n, p) keeps its gaps and units; distances are measured on ``measured``, the same
    numbers divided by ``scale``.
    """

    numeric: list[int]
    categorical: list[int]
    numbers: Any
    codes: NDArray[np.int64] | None
    scale: NDArray[np.float64] | None

    def neighbors(self, rows: NDArray[np.intp], k: int, n_jobs: int | None = None) -> NDArray[np.intp]:
        """Return the k nearest of ``rows`` to each of them, as positions in ``rows``.

        A gap stands at the column's median over ``rows``. One differing category counts as the
        median, over the numeric columns, of their standard deviation in ``rows``.
        """
        measured = self._measured(rows, self._fill(rows))
        codes = None if self.codes is None else self.codes[rows]
        found, _ = neighbors_of(measured, k, codes=codes, mismatch=self._mismatch(measured), n_jobs=n_jobs)
        return found

    def neighborhood(
        self,
        within: NDArray[np.intp] | None = None,
        n_jobs: int | None = None,
        *,
        engine: Any = None,
        exact: bool = True,
        recall: float | None = None,
    ) -> Neighborhood:
        """Return all rows, ready to be searched; ``within`` settles what a gap or a category counts.

        A gap stands at the column's median over the rows ``within`` (all by default), and a category
        that differs counts as the median, over the numeric columns, of their standard deviation there.

        Parameters
        ----------
        within : ndarray of int, optional
        n_jobs : int, optional
        engine : object with ``fit`` and ``kneighbors``, optional
            Finds the neighbours instead of ours; for tables of numbers only.
        exact, recall
            See `Neighborhood`.

        Returns
        -------
        Neighborhood

        Raises
        ------
        BadOption
            An engine for a table that has categories, which it could not measure.
        """
        if engine is not None and self.codes is not None:
            raise BadOption(
                f"{type(engine).__name__} measures numbers only, and the table has {len(self.categorical)} "
                "categorical columns. Give the number of neighbours as an int, or turn the categories into "
                "numbers."
            )
        rows = slice(None) if within is None else within
        numbers = self._measured(slice(None), self._fill(rows))
        return Neighborhood(
            numbers,
            self.codes,
            self._mismatch(numbers[rows]),
            n_jobs,
            exact=exact,
            recall=recall,
            engine=engine,
        )

    def _fill(self, rows: NDArray[np.intp] | slice) -> NDArray[Any] | None:
        """What stands for a gap in each column; None for a table that has none."""
        return _medians(self.numbers[rows]) if _has_gaps(self.numbers) else None

    def _measured(self, rows: NDArray[np.intp] | slice, fill: NDArray[Any] | None) -> Any:
        numbers = self.numbers[rows]
        if sparse.issparse(numbers):
            return numbers if self.scale is None else (numbers @ sparse.diags_array(1 / self.scale)).tocsr()
        if fill is not None:
            numbers = np.where(np.isnan(numbers), fill, numbers)
        if self.scale is not None:
            numbers = numbers / self.scale.astype(numbers.dtype)
        return numbers

    def _mismatch(self, measured: Any) -> float:
        """Chawla's price of a differing category; 1 where the numbers give none."""
        if self.codes is None or measured.shape[1] == 0:
            return 1.0
        return float(np.median(_deviation(measured))) or 1.0


def open_space(
    table: Table, sampler: str, categorical_features: Any = AUTO, *, standardize: bool = False
) -> Space:
    """Sort a table's columns and read them.

    Parameters
    ----------
    table : Table
    sampler : str
        Who asks, for messages.
    categorical_features : "auto", list of positions, mask or list of names
        "auto" goes by type: categories, strings, booleans.
    standardize : bool
        Whether numeric columns are divided by their standard deviation before distances are measured.

    Returns
    -------
    Space

    Raises
    ------
    BadTable
        A column that is neither, or that holds infinity.
    BadOption
        ``categorical_features`` names what is not there.
    """
    categorical = _categorical(table, sampler, categorical_features)
    numeric = [column for column in range(table.n_columns) if column not in set(categorical)]
    _refuse_other_kinds(table, numeric, sampler)
    numbers = table.numbers(numeric)
    _refuse_infinity(table, numeric, numbers, sampler)
    codes = table.codes(categorical) if categorical else None
    return Space(numeric, categorical, numbers, codes, _spread(numbers) if standardize else None)


def _categorical(table: Table, sampler: str, wanted: Any) -> list[int]:
    """Positions of the categorical columns."""
    n_columns = table.n_columns
    if isinstance(wanted, str) and wanted == AUTO:
        return [column for column in range(n_columns) if table.kind_of(column) == "categorical"]
    chosen = np.asarray([] if wanted is None else wanted)
    if chosen.size == 0:
        return []
    if chosen.ndim == 1 and chosen.dtype.kind == "b" and chosen.shape[0] == n_columns:
        return np.flatnonzero(chosen).tolist()
    if (
        chosen.ndim == 1
        and chosen.dtype.kind in "iu"
        and (-n_columns <= chosen).all()
        and (chosen < n_columns).all()
    ):
        return sorted({int(column) % n_columns for column in chosen})
    names = table.names or []
    if chosen.ndim == 1 and chosen.dtype.kind in "OUT" and all(name in names for name in chosen):
        return sorted({names.index(name) for name in chosen})
    raise BadOption(
        f"The 'categorical_features' parameter of {sampler} must be 'auto', positions below {n_columns}, a "
        f"mask of {n_columns} booleans, or names of columns. Got {wanted!r} instead."
    )


def _refuse_other_kinds(table: Table, numeric: list[int], sampler: str) -> None:
    for column in numeric:
        kind = table.kind_of(column)
        if kind not in ("numeric", "categorical"):
            raise BadTable(
                f"{sampler} measures distances between numbers and categories, and column "
                f"{table.name_of(column)} holds {kind}. Turn it into numbers, or name it in "
                "categorical_features."
            )


def _refuse_infinity(table: Table, numeric: list[int], numbers: Any, sampler: str) -> None:
    if sparse.issparse(numbers):
        bad = np.zeros(numbers.shape[1], dtype=bool)
        bad[numbers.tocoo().col[~np.isfinite(numbers.data)]] = True
        if bad.any():
            raise BadTable(
                f"{sampler} cannot work on a sparse table that holds NaN or infinity. Fill the gaps."
            )
        return
    if (
        not numbers.size
        or np.isfinite([np.fmin.reduce(numbers, axis=None), np.fmax.reduce(numbers, axis=None)]).all()
    ):
        return
    bad = np.isinf(numbers).any(axis=0)
    if bad.any():
        column = numeric[int(np.argmax(bad))]
        raise BadTable(
            f"{sampler} measures distances, and column {table.name_of(column)} holds infinity. "
            "Replace it by a finite number, or by NaN, which counts as missing."
        )


def _has_gaps(numbers: Any) -> bool:
    """Whether a number is missing: the least is NaN then, and finding it takes no mask of all cells."""
    return not sparse.issparse(numbers) and numbers.size > 0 and bool(np.isnan(np.min(numbers)))


def _medians(numbers: NDArray[Any]) -> NDArray[Any]:
    """Median of each column over the values that are there; 0 where there is none."""
    empty = np.isnan(numbers).all(axis=0)
    return np.nanmedian(np.where(empty, 0, numbers), axis=0)


def _spread(numbers: Any) -> NDArray[np.float64]:
    """Standard deviation of each column, 1 where it has none."""
    if sparse.issparse(numbers):
        mean = np.asarray(numbers.mean(axis=0)).ravel()
        variance = np.asarray(numbers.power(2).mean(axis=0)).ravel() - mean**2
        spread = np.sqrt(np.maximum(variance, 0.0))
    else:
        spread = _deviation(numbers)
    return np.where(spread > 0, spread, 1.0)


def _deviation(numbers: NDArray[Any]) -> NDArray[np.float64]:
    """Standard deviation of each column over the values that are there; 0 where there is none."""
    present = np.where(np.isnan(numbers).all(axis=0), 0, numbers)
    # Relative to the largest value, for the square of a large one may not fit.
    largest = np.nanmax(np.abs(present), axis=0, initial=0).astype(np.float64)
    largest[largest == 0] = 1.0
    return np.nanstd(present / largest, axis=0) * largest
