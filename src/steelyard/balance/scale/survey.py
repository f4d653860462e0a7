"""The first pass over a data set: rows, classes, and how the values of each column lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from steelyard.balance.scale.parts import Parts
from steelyard.balance.tables.arrow_table import ArrowTable
from steelyard.balance.targets import Labels, read_labels
from steelyard.errors import BadTable, BadTarget

__all__ = ["Survey", "decoded", "label_codes", "survey"]


@dataclass(frozen=True, eq=False)
class Survey:
    """What one pass tells.

    ``labels`` holds the classes, not the rows' labels; ``rows`` (parts,) and ``per_class``
    (parts, classes) count rows.
    """

    labels: Labels
    rows: NDArray[np.int64]
    per_class: NDArray[np.int64]
    columns: Columns | None

    @property
    def starts(self) -> NDArray[np.int64]:
        """Number of the first row of each part."""
        return np.cumsum(self.rows) - self.rows

    @property
    def counts(self) -> NDArray[np.int64]:
        """Rows of each class."""
        return self.per_class.sum(axis=0)

    @property
    def named_counts(self) -> dict[Any, int]:
        """Rows of each class by its name."""
        return dict(zip(self.labels.names, self.counts.tolist(), strict=True))


@dataclass(frozen=True, eq=False)
class Columns:
    """How the values of the feature columns lie, over all parts.

    ``present`` (p,) counts the numbers that are there, ``mean`` and ``deviation`` (p,) are theirs;
    ``levels`` lists the values of each categorical column.
    """

    present: NDArray[np.int64]
    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]
    levels: list[pa.Array]


def decoded(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Cells as plain values where they are kept as a dictionary."""
    return cells.cast(cells.type.value_type) if pa.types.is_dictionary(cells.type) else cells


def label_codes(cells: pa.ChunkedArray, names: list[Any]) -> NDArray[np.int64]:
    """Class code of each row."""
    plain = decoded(cells)
    return pc.index_in(plain, value_set=pa.array(names, type=plain.type)).to_numpy().astype(np.int64)


def _labels_of(table: pa.Table, target: str) -> tuple[list[Any], list[int], int]:
    cells = decoded(table.column(target))
    counted = pc.value_counts(cells.drop_null())
    missing = cells.null_count + (
        pc.sum(pc.is_nan(cells)).as_py() or 0 if pa.types.is_floating(cells.type) else 0
    )
    return counted.field("values").to_pylist(), counted.field("counts").to_pylist(), int(missing)


def _columns_of(table: pa.Table, numeric: list[str], categorical: list[str]) -> dict[str, Any]:
    numbers = ArrowTable(table.select(numeric)).numbers(list(range(len(numeric)))).astype(np.float64)
    there = ~np.isnan(numbers)
    present = there.sum(axis=0)
    largest = np.where(there, np.abs(numbers), 0.0).max(axis=0, initial=0.0)
    scale = np.where(largest > 0, largest, 1.0)
    share = np.where(there, numbers, 0.0) / np.where(np.isinf(scale), 1.0, scale)
    with np.errstate(invalid="ignore"):  # infinity is refused once its column is known
        mean = share.sum(axis=0) / np.maximum(present, 1)
        squares = (np.where(there, share - mean, 0.0) ** 2).sum(axis=0)
    return {
        "present": present,
        "largest": largest,
        "mean": mean * scale,
        "spread": np.sqrt(squares / np.maximum(present, 1)) * scale,
        "levels": [pc.unique(decoded(table.column(name)).drop_null()) for name in categorical],
    }


def _survey_part(table: pa.Table, target: str, numeric: list[str], categorical: list[str]) -> dict[str, Any]:
    values, counts, missing = _labels_of(table, target)
    columns = _columns_of(table, numeric, categorical) if numeric or categorical else None
    return {
        "rows": table.num_rows,
        "values": values,
        "counts": counts,
        "missing": missing,
        "columns": columns,
    }


def survey(parts: Parts, target: str, sampler: str, features: tuple[list[str], list[str]] | None) -> Survey:
    """Count rows and classes and, where distances will be measured, look at the columns.

    Parameters
    ----------
    parts : Parts
    target : str
    sampler : str
        Who asks, for messages.
    features : (numeric names, categorical names), optional

    Returns
    -------
    Survey

    Raises
    ------
    BadTarget
        Labels are missing or are no classes.
    BadTable
        A column holds infinity.
    """
    numeric, categorical = features or ([], [])
    columns = [target, *numeric, *categorical]
    found = parts.in_order(_survey_part, "counting", target, numeric, categorical, columns=columns)
    missing = sum(one["missing"] for one in found)
    if missing:
        total = sum(one["rows"] for one in found)
        raise BadTarget(
            f"{sampler} needs a label for every row; {missing} of {total} are missing. Leave those rows out."
        )
    labels = read_labels(np.asarray(sorted({value for one in found for value in one["values"]})), sampler)
    place = {name: code for code, name in enumerate(labels.names)}
    per_class = np.zeros((len(found), len(place)), dtype=np.int64)
    for number, one in enumerate(found):
        per_class[number, [place[value] for value in one["values"]]] = one["counts"]
    looked_at = None if features is None else _merged([one["columns"] for one in found], numeric, sampler)
    return Survey(labels, np.array([one["rows"] for one in found]), per_class, looked_at)


def _merged(found: list[dict[str, Any]], numeric: list[str], sampler: str) -> Columns:
    """Means and deviations of the whole from those of the parts, in units of the largest value."""
    largest = np.max([one["largest"] for one in found], axis=0)
    if np.isinf(largest).any():
        raise BadTable(
            f"{sampler} measures distances, and column {numeric[int(np.isinf(largest).argmax())]!r} holds "
            "infinity. Replace it by a finite number, or by NaN, which counts as missing."
        )
    scale = np.where(largest > 0, largest, 1.0)
    present = np.sum([one["present"] for one in found], axis=0)
    mean = sum(one["present"] * (one["mean"] / scale) for one in found) / np.maximum(present, 1)
    squares = sum(
        one["present"] * ((one["spread"] / scale) ** 2 + (one["mean"] / scale - mean) ** 2) for one in found
    )
    levels = [
        pc.unique(pa.chunked_array([one["levels"][i] for one in found]))
        for i in range(len(found[0]["levels"]))
    ]
    return Columns(present, mean * scale, np.sqrt(squares / np.maximum(present, 1)) * scale, levels)
