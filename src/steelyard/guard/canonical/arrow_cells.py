"""Cells of a column that Arrow holds, its type at hand."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import types

from steelyard.errors import BadTable
from steelyard.guard.canonical import cells
from steelyard.guard.canonical.cells import Cells

__all__ = ["arrow_cells", "refused"]


def refused(name: str, kind: str) -> BadTable:
    """Return the error for a column of a type that has no form in bytes here."""
    return BadTable(
        f"Column {name!r} holds {kind}, which has no one form in bytes. Expected truth values, whole "
        "numbers, floats, text, bytes, times, dates, durations or categories of these. "
        "Turn it into text first."
    )


def _numbers(array: pa.Array) -> NDArray[Any]:
    """Values as NumPy has them, a zero where there is none."""
    full = pc.fill_null(array, pa.scalar(0, array.type)) if array.null_count else array
    return full.to_numpy(zero_copy_only=False)


def _counts(array: pa.Array) -> NDArray[np.int64]:
    return _numbers(array.view(pa.int64()))


def _pieces(array: pa.Array, text: bool) -> Cells:
    """Cut the one buffer that holds all values at the offsets of the rows."""
    array = array.cast(pa.large_string() if text else pa.large_binary())
    if array.null_count:
        array = pc.fill_null(array, "" if text else b"")
    _, offsets, buffer = array.buffers()
    if buffer is None:
        return cells.pieces([b""] * len(array), text=text)
    bounds = np.frombuffer(offsets, np.int64)[array.offset : array.offset + len(array) + 1].tolist()
    data = buffer[bounds[0] : bounds[-1]].to_pybytes()
    first = bounds[0]
    cut = [data[a - first : b - first] for a, b in pairwise(bounds)]
    return cells.pieces(cut, text=text)


def _present(array: pa.Array, name: str) -> Cells:
    """Cells as if no value were missing."""
    kind = array.type
    if types.is_boolean(kind):
        return cells.truths(_numbers(array.cast(pa.uint8())).astype(bool))
    if types.is_integer(kind):
        return cells.integers(_numbers(array))
    if types.is_floating(kind):
        return cells.floats(_numbers(array))
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind):
        return _pieces(array, text=True)
    if (
        types.is_binary(kind)
        or types.is_large_binary(kind)
        or types.is_binary_view(kind)
        or types.is_fixed_size_binary(kind)
    ) and not types.is_decimal(kind):
        return _pieces(array, text=False)
    if types.is_timestamp(kind):
        return cells.timestamps(_counts(array), kind.unit, kind.tz)
    if types.is_date(kind):
        return cells.dates(_numbers(array.cast(pa.date32()).view(pa.int32())))
    if types.is_duration(kind):
        return cells.durations(_counts(array), kind.unit)
    raise refused(name, f"values of type {kind}")


def arrow_cells(array: Any, name: str) -> Cells:
    """Return the cells of an Arrow array.

    Parameters
    ----------
    array : pyarrow.Array or pyarrow.ChunkedArray
    name : str
        Of the column, for messages.

    Raises
    ------
    BadTable
        A type that is not taken: decimals, times of day, lists, structures.
    """
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if isinstance(array, pa.ChunkedArray):  # what is too long for one array stays in several
        array = pa.concat_arrays(array.chunks)
    if types.is_null(array.type):
        return cells.nothing(len(array))
    if types.is_dictionary(array.type):
        codes = pc.fill_null(array.indices.cast(pa.int64()), -1).to_numpy(zero_copy_only=False)
        return arrow_cells(array.dictionary, name).as_categories(codes)
    present = _present(array, name)
    if not array.null_count:
        return present
    return present.without(array.is_null().to_numpy(zero_copy_only=False))
