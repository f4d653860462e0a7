"""How distances are measured in every part alike: what a gap, a unit and a category count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from steelyard.balance.scale.median import exact_medians
from steelyard.balance.scale.parts import Parts
from steelyard.balance.scale.survey import Survey, decoded
from steelyard.balance.tables.arrow_table import ArrowTable
from steelyard.kernels.mixed_distance import Points

__all__ = ["MERGE_ERROR", "Measure", "measure_for", "scale_for"]

# Standard deviations are merged from those of the parts: sums in another order than over the whole.
MERGE_ERROR = 1e-12


@dataclass(frozen=True, eq=False)
class Measure:
    """Turns a part into points, as `Space` does with a table in memory.

    ``fill`` (p,) stands for a gap; ``scale`` (p,) or None divides the numbers; ``mismatch`` is the
    distance one differing category stands for; ``levels`` are the values of each categorical column.
    """

    numeric: list[str]
    categorical: list[str]
    fill: NDArray[np.float64]
    scale: NDArray[np.float64] | None
    mismatch: float
    levels: list[pa.Array]

    def points(self, table: pa.Table) -> Points:
        """Return the rows of a part as points."""
        numbers = ArrowTable(table.select(self.numeric)).numbers(list(range(len(self.numeric))))
        gaps = np.isnan(numbers)
        if gaps.any():
            numbers = np.where(gaps, self.fill.astype(numbers.dtype), numbers)
        if self.scale is not None:
            numbers = numbers / self.scale.astype(numbers.dtype)
        if not self.categorical:
            return Points(numbers)
        codes = np.empty((table.num_rows, len(self.categorical)), dtype=np.int64)
        for place, name in enumerate(self.categorical):
            found = pc.index_in(decoded(table.column(name)), value_set=self.levels[place])
            codes[:, place] = pc.fill_null(found, -1).to_numpy()  # missing is a level of its own
        return Points(numbers, codes, self.mismatch**2)


def scale_for(survey: Survey) -> NDArray[np.float64]:
    """Standard deviation of each numeric column, 1 where it has none."""
    deviation: Any = survey.columns.deviation
    return np.where(deviation > 0, deviation, 1.0)


def measure_for(
    parts: Parts, survey: Survey, features: tuple[list[str], list[str]], *, standardize: bool
) -> Measure:
    """Settle how distances are measured, over all rows.

    Parameters
    ----------
    parts : Parts
    survey : Survey
        With a look at the columns.
    features : (numeric names, categorical names)
    standardize : bool

    Returns
    -------
    Measure
    """
    numeric, categorical = features
    columns: Any = survey.columns
    total = int(survey.rows.sum())
    kinds = [parts.schema.field(name).type for name in numeric]
    dtype = np.float32 if kinds and all(kind == pa.float32() for kind in kinds) else np.float64
    gappy = {name: int(n) for name, n in zip(numeric, columns.present, strict=True) if 0 < n < total}
    medians = exact_medians(parts, gappy, dtype)
    fill = np.array([medians.get(name, 0.0) for name in numeric], dtype=np.float64)
    scale = scale_for(survey) if standardize else None
    mismatch = 1.0
    if categorical and numeric:
        # The deviation of a column once its gaps stand at the median.
        share = columns.present / total
        filled = share * columns.deviation**2 + share * (1 - share) * (columns.mean - fill) ** 2
        mismatch = float(np.median(np.sqrt(filled) / (1.0 if scale is None else scale))) or 1.0
    return Measure(numeric, categorical, fill, scale, mismatch, columns.levels)
