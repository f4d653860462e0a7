"""Many labels a row, as they come in, as a matrix of 0 and 1, and as they go out again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from steelyard.balance.tables.base import Children, Table
from steelyard.balance.tables.items import Items
from steelyard.balance.tables.open_table import open_table
from steelyard.errors import BadTable, BadTarget
from steelyard.kernels.label_imbalance import label_counts

__all__ = ["Indicators", "read_indicators"]


@dataclass(frozen=True, eq=False)
class Indicators:
    """A table of labels, its columns' names, and the same as a CSR matrix of 0 and 1 (n, L)."""

    table: Table
    names: list[Any]
    matrix: Any

    @property
    def counts(self) -> NDArray[np.intp]:
        """Rows of each label."""
        return label_counts(self.matrix)

    def rows_of(self, label: int) -> NDArray[np.intp]:
        """Rows that carry a label, in order."""
        return np.flatnonzero(self.matrix[:, [label]].toarray().ravel())

    def labels_of(self, row: int) -> NDArray[np.intp]:
        """Labels that a row carries."""
        start, stop = self.matrix.indptr[row : row + 2]
        return self.matrix.indices[start:stop]

    def labelsets(self) -> list[NDArray[np.intp]]:
        """Rows of each set of labels that occurs, in the order of its first row."""
        home: dict[bytes, int] = {}
        keys = (self.labels_of(row).tobytes() for row in range(self.matrix.shape[0]))
        codes = np.fromiter((home.setdefault(key, len(home)) for key in keys), dtype=np.intp)
        order = np.argsort(codes, kind="stable")
        return np.split(order, np.cumsum(np.bincount(codes))[:-1])

    def take(self, rows: NDArray[np.intp]) -> Any:
        """Return the labels of these rows, as the same kind of thing that came in."""
        return self.table.take(rows)

    def grow(self, base: NDArray[np.intp], made: NDArray[np.float64]) -> Any:
        """Return all labels followed by those of new rows (m, L), as the same kind of thing."""
        columns = list(range(self.table.n_columns))
        numbers = sparse.csr_array(made) if sparse.issparse(self.table.values) else made
        nobody = np.empty((base.shape[0], 0), dtype=np.intp)
        return self.table.grow(Children(base, base[:, None], columns, numbers, [], nobody))


def read_indicators(Y: Any, sampler: str) -> Indicators:
    """Read an indicator matrix, or say why it is none.

    Parameters
    ----------
    Y : array, sparse matrix, pandas or polars frame, pyarrow table or list of shape (n, L)
    sampler : str
        Who asks, for the message.

    Raises
    ------
    BadTarget
        It is not one column a label holding 0 and 1, or no row carries a label.
    """
    wanted = f"{sampler} needs one column per label holding 0 and 1 (or false and true)"
    if Y is None:
        raise BadTarget(f"{sampler} requires y to be passed, but the target y is None. {wanted}.")
    try:
        table = open_table(Y)
    except BadTable as error:
        raise BadTarget(f"{wanted}. {error}") from error
    if isinstance(table, Items) or table.n_columns == 0:
        raise BadTarget(
            f"{wanted}, got a single column of labels. For one label per row use another sampler."
        )
    matrix = _matrix(table, wanted)
    if matrix.nnz == 0:
        raise BadTarget(f"{sampler} needs rows that carry a label; none of {table.n_rows} does.")
    names = list(range(table.n_columns)) if table.names is None else table.names
    return Indicators(table, names, matrix)


def _matrix(table: Table, wanted: str) -> Any:
    columns = list(range(table.n_columns))
    try:
        numbers = table.numbers(columns)
    except (TypeError, ValueError) as error:
        raise BadTarget(f"{wanted}. {error}") from error
    held = numbers.data if sparse.issparse(numbers) else numbers
    if np.isnan(held).any():
        raise BadTarget(f"{wanted}, and some are missing (NaN). Leave those rows out.")
    if not np.isin(held, (0, 1)).all():
        odd = held[~np.isin(held, (0, 1))].flat[0]
        raise BadTarget(f"{wanted}, got {odd:g}. Encode the labels with scikit-learn's MultiLabelBinarizer.")
    matrix = sparse.csr_array(numbers)
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    matrix.sort_indices()
    return matrix
