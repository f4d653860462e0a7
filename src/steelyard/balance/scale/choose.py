# ruff: noqa: D102  (Choice documents the method)
"""Which rows of a part go into the result, said so briefly that it can be sent to a worker."""
# ruff: noqa: D102  (Choice documents the method)

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from steelyard.balance.scale.survey import label_codes

__all__ = ["AllButSome", "ByOrdinal", "Choice", "split_ordinals"]


class Choice(Protocol):
    """Says which rows of a part are wanted."""

    def rows(self, table: pa.Table) -> NDArray[np.int64]:
        """Return their positions in the part, in order; a row may be wanted more than once."""


@dataclass(frozen=True, eq=False)
class AllButSome:
    """All rows but those at ``left_out``."""

    left_out: NDArray[np.int64]

    def rows(self, table: pa.Table) -> NDArray[np.int64]:
        return np.delete(np.arange(table.num_rows), self.left_out)


@dataclass(frozen=True, eq=False)
class ByOrdinal:
    """Rows by their place among those of their class in the part.

    ``ordinals`` maps a class code to places; None stands for all rows of the class, and a class that
    is not named has none.
    """

    target: str
    names: list[Any]
    ordinals: Mapping[int, NDArray[np.int64] | None]

    def rows(self, table: pa.Table) -> NDArray[np.int64]:
        codes = label_codes(table.column(self.target), self.names)
        chosen = [np.empty(0, dtype=np.int64)]
        for code, places in self.ordinals.items():
            own = np.flatnonzero(codes == code)
            chosen.append(own if places is None else own[places])
        return np.sort(np.concatenate(chosen))


def split_ordinals(ordinals: NDArray[np.int64], per_part: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Places among all rows of a class as places among those of each part.

    Parameters
    ----------
    ordinals : ndarray of int
        Sorted.
    per_part : ndarray of int, shape (parts,)
        Rows of the class in each part.

    Returns
    -------
    list of ndarray

    Examples
    --------
    >>> [part.tolist() for part in split_ordinals(np.array([0, 2, 2, 5]), np.array([2, 1, 4]))]
    [[0], [0, 0], [2]]
    """
    ends = np.cumsum(per_part)
    starts = ends - per_part
    cuts = np.searchsorted(ordinals, [0, *ends.tolist()])
    return [ordinals[low:high] - start for start, low, high in zip(starts, cuts[:-1], cuts[1:], strict=True)]
