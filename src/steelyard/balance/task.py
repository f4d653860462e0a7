"""One call of a sampler, read and checked: rows, labels, groups, weights, rows wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.space import Space
from steelyard.balance.tables.base import Table
from steelyard.balance.targets import Labels
from steelyard.errors import BadTable
from steelyard.kernels.rng import child

__all__ = ["Task", "check_shape", "read_per_row", "read_weights", "refuse_no_rows"]


@dataclass(frozen=True, eq=False)
class Task:
    """One call of ``fit_resample``: rows, labels, rows wanted per class code, and a seed.

    ``space`` is what distances are measured on, for samplers that measure any.
    """

    table: Table
    labels: Labels
    wanted: NDArray[np.intp]
    seed: int
    groups: NDArray[Any] | None = None
    weight: NDArray[np.float64] | None = None
    space: Space | None = None

    @property
    def codes(self) -> NDArray[np.intp]:
        """Class code of each row."""
        return self.labels.codes

    @property
    def counts(self) -> NDArray[np.intp]:
        """Rows of each class."""
        return np.bincount(self.codes, minlength=self.labels.classes.shape[0])

    def rows_of(self, code: int) -> NDArray[np.intp]:
        """Positions of one class."""
        return np.flatnonzero(self.codes == code)

    def stream(self, code: int) -> np.random.Generator:
        """Return the stream of draws that belongs to one class alone."""
        return child(self.seed, "class", self.labels.names[code])


def refuse_no_rows(table: Table, name: str, least: int = 1) -> None:
    """Refuse a table without rows."""
    if table.n_rows == 0:
        raise BadTable(f"Found array with 0 sample(s) while a minimum of {least} is required by {name}.")


def check_shape(table: Table, labels: Labels, name: str) -> None:
    """Refuse a table without rows or columns, or with more or fewer rows than labels."""
    refuse_no_rows(table, name, least=2)
    if table.n_columns == 0 and getattr(table.values, "ndim", 1) != 1:
        raise BadTable(
            f"Found array with 0 feature(s) (shape={tuple(table.values.shape)}) while a minimum of 1 is "
            f"required by {name}."
        )
    if labels.codes.shape[0] != table.n_rows:
        raise BadTable(
            f"{name} needs one label per row, got {table.n_rows} rows and {labels.codes.shape[0]} labels."
        )


def read_per_row(values: Any, n_rows: int, name: str) -> NDArray[Any] | None:
    """Read one value per row, or None."""
    if values is None:
        return None
    array = np.asarray(values)
    if array.shape != (n_rows,):
        raise BadTable(f"{name} must have shape ({n_rows},), one value per row. Got {array.shape} instead.")
    return array


def read_weights(values: Any, n_rows: int) -> NDArray[np.float64] | None:
    """Read the weights of the rows, or None."""
    weight = read_per_row(values, n_rows, "sample_weight")
    if weight is None:
        return None
    weight = weight.astype(np.float64)
    if not (np.isfinite(weight).all() and (weight >= 0).all() and weight.sum() > 0):
        raise BadTable("sample_weight must hold finite numbers of at least 0, not all zero.")
    return weight
