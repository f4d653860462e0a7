"""What a sampler may ask of a table, whatever library made it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

__all__ = ["Children", "Table", "rounded", "rows_and_children"]


@dataclass(frozen=True, eq=False)
class Children:
    """Synthetic rows: where each starts from, and the cells in which it differs from that row.

    ``base`` (m,) is the row a child is a copy of, save for: ``numbers`` (m, p) in the columns
    ``numeric``, and in the columns ``categorical`` the cells of the rows ``cells_of`` (m, q).
    ``parents`` (m, r) lists all rows a child was made from, -1 filling short lists.
    """

    base: NDArray[np.intp]
    parents: NDArray[np.intp]
    numeric: list[int]
    numbers: Any
    categorical: list[int]
    cells_of: NDArray[np.intp]

    @classmethod
    def together(cls, broods: list[Children]) -> Children:
        """Several lots of children of one table as one lot, in order."""
        numbers = [brood.numbers for brood in broods]
        width = max(brood.parents.shape[1] for brood in broods)
        parents = [
            np.pad(brood.parents, ((0, 0), (0, width - brood.parents.shape[1])), constant_values=-1)
            for brood in broods
        ]
        is_sparse = sparse.issparse(numbers[0])
        return cls(
            base=np.concatenate([brood.base for brood in broods]),
            parents=np.concatenate(parents),
            numeric=broods[0].numeric,
            numbers=sparse.vstack(numbers, format="csr") if is_sparse else np.concatenate(numbers),
            categorical=broods[0].categorical,
            cells_of=np.concatenate([brood.cells_of for brood in broods]),
        )


class Table(ABC):
    """A table of n rows that keeps its own kind: types, categories, column order.

    Attributes
    ----------
    values : the table as it came
    n_rows : int
    """

    def __init__(self, values: Any) -> None:
        self.values = values

    @property
    @abstractmethod
    def n_rows(self) -> int:
        """Number of rows."""

    @property
    @abstractmethod
    def n_columns(self) -> int:
        """Number of columns."""

    @property
    def names(self) -> list[Any] | None:
        """Names of the columns, None where the kind of table has none."""
        return None

    def name_of(self, column: int) -> str:
        """Return the column's name for a message: quoted, or its number."""
        return str(column) if self.names is None else repr(self.names[column])

    @abstractmethod
    def take(self, rows: NDArray[np.intp]) -> Any:
        """Return these rows as a table of the same kind; a row may be asked for twice."""

    @abstractmethod
    def kind_of(self, column: int) -> str:
        """Return ``numeric``, ``categorical``, or the name of a type that is neither."""

    @abstractmethod
    def numbers(self, columns: list[int]) -> Any:
        """Return these columns as floats, NaN where a value is missing; CSR for a sparse table."""

    @abstractmethod
    def codes(self, columns: list[int]) -> NDArray[np.int64]:
        """Return these columns as whole numbers, equal where the cells are; missing is a level too."""

    @abstractmethod
    def grow(self, children: Children) -> Any:
        """Return all rows followed by the children, as a table of the same kind."""


def rows_and_children(n_rows: int, children: NDArray[np.intp]) -> NDArray[np.intp]:
    """All row numbers, followed by those that children copy their cells from."""
    return np.concatenate([np.arange(n_rows), children])


def rounded(numbers: NDArray[Any], integer: bool) -> NDArray[Any]:
    """Numbers fit for their column: whole ones for a column of integers."""
    return np.rint(numbers) if integer else numbers
