"""The points of a data set in parts, the same as those of the whole table in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from steelyard.balance.condense.encode_space import (
    Units,
    clipped_ends,
    quantile_step,
    ranks_by_count,
    write_indicators,
)
from steelyard.balance.scale.measure import scale_for
from steelyard.balance.scale.median import exact_medians
from steelyard.balance.scale.parts import Parts
from steelyard.balance.scale.survey import Survey, decoded
from steelyard.balance.tables.arrow_table import ArrowTable

__all__ = ["PartEncoding", "encoding_for"]


@dataclass(frozen=True, eq=False)
class PartEncoding:
    """Turns a part into points, as `encode_space` does with a table in memory.

    ``levels`` holds the values of each categorical column and ``ranks`` their ranks by frequency, that of a
    missing cell last.
    """

    numeric: list[str]
    categorical: list[str]
    units: Units
    levels: list[pa.Array]
    ranks: list[NDArray[np.intp]]
    apart: float

    @property
    def columns(self) -> list[str]:
        """Columns that are read."""
        return [*self.numeric, *self.categorical]

    def points(self, table: pa.Table) -> NDArray[np.float32]:
        """Return the rows of a part as points."""
        widths = [int(rank.max(initial=0)) + 1 for rank in self.ranks]
        out = np.zeros((table.num_rows, len(self.numeric) + sum(widths)), dtype=np.float32)
        if self.numeric:
            out[:, : len(self.numeric)] = self.units.scaled(_numbers(table, self.numeric))
        ranks = [
            rank[pc.fill_null(pc.index_in(decoded(table.column(name)), value_set=levels), -1).to_numpy()]
            for name, levels, rank in zip(self.categorical, self.levels, self.ranks, strict=True)
        ]
        write_indicators(out[:, len(self.numeric) :], ranks, widths, self.apart)
        return out


def _numbers(table: pa.Table, columns: list[str]) -> NDArray[Any]:
    return ArrowTable(table.select(columns)).numbers(list(range(len(columns))))


def _looked_at(
    table: pa.Table, numeric: list[str], categorical: list[str], levels: list[pa.Array], step: int, start: int
) -> dict[str, Any]:
    """Ends of the range, some rows for quantiles, and rows and first row of each level."""
    numbers = _numbers(table, numeric)
    counts, first = [], []
    for name, known in zip(categorical, levels, strict=True):
        codes = pc.fill_null(pc.index_in(decoded(table.column(name)), value_set=known), -1).to_numpy()
        seen, at, times = np.unique(codes, return_index=True, return_counts=True)
        counts.append(np.zeros(len(known) + 1, dtype=np.int64))
        first.append(np.full(len(known) + 1, np.iinfo(np.int64).max))
        counts[-1][seen], first[-1][seen] = times, at + start
    return {
        "low": np.fmin.reduce(numbers, axis=0),
        "high": np.fmax.reduce(numbers, axis=0),
        "some": numbers[-start % step :: step],
        "counts": counts,
        "first": first,
    }


def encoding_for(
    parts: Parts, survey: Survey, features: tuple[list[str], list[str]], scaling: str
) -> PartEncoding:
    """Settle how rows become points, over all parts.

    Parameters
    ----------
    parts : Parts
    survey : Survey
        With a look at the columns.
    features : (numeric names, categorical names)
    scaling : str
        As for `encode_space`.

    Returns
    -------
    PartEncoding
    """
    numeric, categorical = features
    columns: Any = survey.columns
    n_rows = int(survey.rows.sum())
    levels = [known.drop_null() for known in columns.levels]
    found = parts.in_order(
        _looked_at,
        "columns",
        numeric,
        categorical,
        levels,
        quantile_step(n_rows),
        each=[(int(start),) for start in survey.starts],
        columns=[*numeric, *categorical],
    )
    some = np.concatenate([one["some"] for one in found]) if scaling == "clipped" and numeric else None
    low, high = clipped_ends(
        np.fmin.reduce([one["low"] for one in found]), np.fmax.reduce([one["high"] for one in found]), some
    )
    gappy = {name: int(n) for name, n in zip(numeric, columns.present, strict=True) if 0 < n < n_rows}
    medians = exact_medians(parts, gappy, np.float64)
    fill = np.array([medians.get(name, 0.0) for name in numeric])
    ranks = [
        _ranks(
            np.sum([one["counts"][i] for one in found], axis=0),
            np.min([one["first"][i] for one in found], axis=0),
        )
        for i in range(len(categorical))
    ]
    deviation = scale_for(survey)
    apart = 1.0
    if scaling in ("standard", "none") and numeric:
        unit = deviation if scaling == "standard" else np.ones(len(numeric))
        apart = float(np.median(columns.deviation / unit)) or 1.0
    return PartEncoding(
        numeric, categorical, Units.of(low, high, deviation, fill, scaling), levels, ranks, apart
    )


def _ranks(counts: NDArray[np.int64], first: NDArray[np.int64]) -> NDArray[np.intp]:
    """Ranks of the levels that occur; one that never does has none and is never asked for."""
    occurs = counts > 0
    ranks = np.zeros(counts.size, dtype=np.intp)
    ranks[occurs] = ranks_by_count(counts[occurs], first[occurs])
    return ranks
