"""What a sampler may ask of a table, whatever library made it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from steelyard.kernels.batching import row_chunks

__all__ = ["Children", "Table", "fitting", "rows_and_children"]

# Synthetic rows are made and written so many bytes at a time that they stay in a core's own cache.
CACHED_MB = 0.5
DOUBLE_BYTES = 8


class _Stacked:
    """Blocks of rows one below the other, read slice by slice and never joined."""

    def __init__(self, blocks: list[Any]) -> None:
        self.blocks = blocks
        self.starts = np.cumsum([0, *(block.shape[0] for block in blocks)])
        self.shape = (int(self.starts[-1]), blocks[0].shape[1])

    def __getitem__(self, part: slice) -> NDArray[Any]:
        pieces = [
            block[max(part.start - start, 0) : part.stop - start]
            for block, start in zip(self.blocks, self.starts[:-1], strict=True)
            if part.start < start + block.shape[0] and start < part.stop
        ]
        return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)


@dataclass(frozen=True, eq=False)
class Children:
    """Synthetic rows: where each starts from, and the cells in which it differs from that row.

    ``base`` (m,) is the row a child is a copy of, save for: ``numbers`` (m, p) in the columns
    ``numeric``, and in the columns ``categorical`` the cells of the rows ``cells_of`` (m, q).
    ``numbers`` may be anything whose slices are arrays, such as `Segments`, which are computed while
    the table is written. ``parents`` (m, r) lists all rows a child was made from, -1 filling short
    lists; ``steps`` (m,) says how far it lies from the first towards the second.
    """

    base: NDArray[np.integer[Any]]
    parents: NDArray[np.integer[Any]]
    numeric: list[int]
    numbers: Any
    categorical: list[int]
    cells_of: NDArray[np.integer[Any]]
    steps: NDArray[np.floating[Any]] | None = None

    @classmethod
    def together(cls, broods: list[Children]) -> Children:
        """Several lots of children of one table as one lot, in order."""
        if len(broods) == 1:
            return broods[0]
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
            numbers=sparse.vstack(numbers, format="csr") if is_sparse else _Stacked(numbers),
            categorical=broods[0].categorical,
            cells_of=np.concatenate([brood.cells_of for brood in broods]),
            steps=_steps_together(broods),
        )

    def in_parts(self) -> Iterator[tuple[slice, NDArray[Any]]]:
        """The numbers of some children at a time, and which children these are."""
        for part in row_chunks(self.base.shape[0], max(1, len(self.numeric)) * DOUBLE_BYTES, CACHED_MB):
            yield part, self.numbers[part]

    def fill(self, columns: list[NDArray[Any]]) -> None:
        """Write the numbers into one array of m cells per numeric column, fit for its type."""
        for part, numbers in self.in_parts():
            for place, column in enumerate(columns):
                column[part] = fitting(numbers[:, place], column.dtype)


def _steps_together(broods: list[Children]) -> NDArray[np.floating[Any]] | None:
    """Steps of all children, NaN for lots that have none; None where no lot has any."""
    if all(brood.steps is None for brood in broods):
        return None
    return np.concatenate(
        [np.full(brood.base.shape[0], np.nan) if brood.steps is None else brood.steps for brood in broods]
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

    def part(self, rows: NDArray[np.intp]) -> Table:
        """Return these rows as a table to be read, so that nothing else of it has to be."""
        return type(self)(self.take(rows))

    def numbers_in_place(self, columns: list[int]) -> NDArray[Any] | None:
        """Return what `numbers` would, if that takes no copy and a row lies in one piece, else None."""
        return None

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


def rows_and_children(n_rows: int, children: NDArray[np.integer[Any]]) -> NDArray[np.intp]:
    """All row numbers, followed by those that children copy their cells from."""
    return np.concatenate([np.arange(n_rows), children])


def fitting(numbers: NDArray[Any], dtype: Any) -> NDArray[Any]:
    """Numbers as an array of this type takes them: whole and within its range for integers."""
    dtype = np.dtype(dtype)
    if dtype.kind not in "iu":
        return numbers
    return np.clip(np.rint(numbers), *_whole_range(dtype)).astype(dtype)


@cache
def _whole_range(dtype: np.dtype[Any]) -> tuple[float, float]:
    """The smallest and largest doubles that an integer type can hold."""
    limits = np.iinfo(dtype)
    high = float(limits.max)
    return float(limits.min), high if int(high) <= limits.max else float(np.nextafter(high, 0))
