"""Nearest rows over all parts: each part finds its own, and the nearest of all of them are kept.

The k nearest of a whole are among the k nearest of its parts, so nothing is lost; squared distances
are computed in difference form in every part, and ties go to the smaller row number, as in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from steelyard.balance.scale.measure import Measure
from steelyard.balance.scale.parts import Parts
from steelyard.balance.scale.survey import Survey, label_codes
from steelyard.kernels.batching import DEFAULT_MEMORY_MB
from steelyard.kernels.mixed_distance import Points, pair_squared
from steelyard.kernels.neighbors import neighbors_of

__all__ = ["Asked", "Everywhere", "Found", "nearest_among"]

BYTES_PER_MB = 2**20
DOUBLE_BYTES = 8
ANSWER_COPIES = 3  # row, squared distance and class of each neighbour


@dataclass(frozen=True, eq=False)
class Asked:
    """Rows asked about: their points, their numbers in the data set, and their classes."""

    points: Points
    rows: NDArray[np.int64]
    codes: NDArray[np.int64]

    def __len__(self) -> int:
        return int(self.rows.shape[0])

    def take(self, places: Any) -> Asked:
        """Return some of them."""
        return Asked(self.points.take(places), self.rows[places], self.codes[places])

    @classmethod
    def together(cls, lots: Iterable[Asked]) -> Asked:
        """Several lots, at least one, as one, in order."""
        known = list(lots)
        first = known[0].points
        numbers = np.concatenate([lot.points.numeric for lot in known])
        codes = None if first.codes is None else np.concatenate([lot.points.codes for lot in known])
        return cls(
            Points(numbers, codes, first.price),
            np.concatenate([lot.rows for lot in known]),
            np.concatenate([lot.codes for lot in known]),
        )


@dataclass(frozen=True, eq=False)
class Found:
    """Neighbours, nearest first: row numbers, squared distances and classes, each (m, k).

    A place without a neighbour has row -1 and is infinitely far.
    """

    rows: NDArray[np.int64]
    squared: NDArray[np.float64]
    codes: NDArray[np.int64]

    @classmethod
    def nothing(cls, asked: int, k: int) -> Found:
        """No neighbour yet."""
        shape = (asked, k)
        return cls(np.full(shape, -1), np.full(shape, np.inf), np.full(shape, -1))

    def merged(self, other: Found) -> Found:
        """Return the k nearest of both."""
        k = self.rows.shape[1]
        rows, squared, codes = (
            np.concatenate([getattr(self, name), getattr(other, name)], axis=1)
            for name in ("rows", "squared", "codes")
        )
        order = np.lexsort((rows, squared), axis=1)[:, :k]
        return Found(*(np.take_along_axis(values, order, axis=1) for values in (rows, squared, codes)))


def nearest_among(
    points: Points,
    codes: NDArray[np.int64],
    start: int,
    asked: Asked,
    k: int,
    memory_mb: float = DEFAULT_MEMORY_MB,
) -> Found:
    """Find the k nearest of one part's rows; no row is its own neighbour.

    Parameters
    ----------
    points : Points
        The rows of the part.
    codes : ndarray of int, shape (n,)
        Their classes.
    start : int
        Number of the part's first row.
    asked : Asked
    k : int
    memory_mb : float
        Scratch space.

    Returns
    -------
    Found
    """
    found = Found.nothing(len(asked), k)
    n = len(points)
    here = (asked.rows >= start) & (asked.rows < start + n)
    for itself in (False, True):
        places = np.flatnonzero(here == itself)
        wanted = min(k, n - itself)
        if places.size == 0 or wanted < 1:
            continue
        some = asked.take(places)
        indices, _ = neighbors_of(
            points.numeric,
            wanted,
            codes=points.codes,
            mismatch=float(np.sqrt(points.price)),
            queries=some.points.numeric,
            query_codes=some.points.codes,
            own=some.rows - start if itself else None,
            memory_mb=memory_mb,
        )
        pairs = np.repeat(np.arange(places.size), wanted)
        squared = pair_squared(some.points, pairs, points, indices.ravel(), memory_mb)
        found.rows[places, :wanted] = indices + start
        found.squared[places, :wanted] = squared.reshape(indices.shape)
        found.codes[places, :wanted] = codes[indices]
    return found


def _asked_in_part(
    table: pa.Table, measure: Measure, target: str, names: list[Any], wanted: NDArray[np.int64], start: int
) -> Asked:
    codes = label_codes(table.column(target), names)
    few = table.take(pa.array(wanted))
    return Asked(measure.points(few), wanted + start, codes[wanted])


def _of_classes_in_part(
    table: pa.Table, measure: Measure, target: str, names: list[Any], classes: list[int], start: int
) -> Asked:
    codes = label_codes(table.column(target), names)
    return _asked_in_part(table, measure, target, names, np.flatnonzero(np.isin(codes, classes)), start)


def _nearest_in_part(
    table: pa.Table,
    measure: Measure,
    target: str,
    names: list[Any],
    k: int,
    asked: Asked,
    start: int,
) -> Found:
    codes = label_codes(table.column(target), names)
    return nearest_among(measure.points(table), codes, start, asked, k)


@dataclass(frozen=True, eq=False)
class Everywhere:
    """All rows of a data set, ready to be searched.

    ``memory_mb`` bounds what is held here at a time: rows asked about, and their answers.
    """

    parts: Parts
    survey: Survey
    measure: Measure
    target: str
    memory_mb: float

    @property
    def columns(self) -> list[str]:
        """Columns that are read."""
        return [self.target, *self.measure.numeric, *self.measure.categorical]

    @property
    def shared(self) -> tuple[Any, ...]:
        """What all parts have to know."""
        return self.measure, self.target, self.survey.labels.names

    @property
    def row_bytes(self) -> int:
        """Bytes of one row as a point."""
        return DOUBLE_BYTES * (len(self.measure.numeric) + len(self.measure.categorical) + 2)

    @property
    def most_rows(self) -> int:
        """Rows that may be held at a time."""
        return max(1, int(self.memory_mb * BYTES_PER_MB) // self.row_bytes)

    def of_classes(self, classes: list[int]) -> Iterator[Asked]:
        """Give the rows of some classes, in lots of neighbouring parts that fit the memory."""
        yield from self._lots(
            _of_classes_in_part, self.survey.per_class[:, classes].sum(axis=1), [(classes,)] * len(self.parts)
        )

    def of_rows(self, rows: NDArray[np.int64]) -> Iterator[Asked]:
        """Give rows by their numbers, in order, in lots that fit the memory."""
        starts = self.survey.starts
        rows = np.sort(rows)
        cuts = np.searchsorted(rows, [*starts.tolist(), int(self.survey.rows.sum())])
        each = [
            (rows[low:high] - start,) for start, low, high in zip(starts, cuts[:-1], cuts[1:], strict=True)
        ]
        yield from self._lots(_asked_in_part, np.diff(cuts), each)

    def _lots(self, work: Any, sizes: NDArray[np.int64], each: list[tuple[Any, ...]]) -> Iterator[Asked]:
        """Let parts hand over rows, as many parts at a time as fit."""
        lot = (np.cumsum(sizes) - 1).clip(min=0) // self.most_rows
        starts = self.survey.starts.tolist()
        for one in np.unique(lot[sizes > 0]):
            wanted = [
                (*each[part], starts[part]) if lot[part] == one and sizes[part] else None
                for part in range(len(self.parts))
            ]
            found = self.parts.in_order(work, "reading rows", *self.shared, each=wanted, columns=self.columns)
            yield Asked.together(found)

    def nearest(self, k: int, asked: Asked) -> Found:
        """Find the k nearest rows of the whole data set, at most ``memory_mb`` of rows at a time."""
        per_row = self.row_bytes + k * DOUBLE_BYTES * ANSWER_COPIES * 2
        step = max(1, int(self.memory_mb * BYTES_PER_MB) // per_row)
        blocks = []
        for first in range(0, len(asked), step):
            some = asked.take(slice(first, first + step))
            found = Found.nothing(len(some), k)
            for _, more in self.parts.map(
                _nearest_in_part,
                "neighbours",
                *self.shared,
                k,
                some,
                each=[(int(start),) for start in self.survey.starts],
                columns=self.columns,
            ):
                found = found.merged(more)
            blocks.append(found)
        if not blocks:
            return Found.nothing(0, k)
        return Found(*(np.concatenate([getattr(b, n) for b in blocks]) for n in ("rows", "squared", "codes")))
