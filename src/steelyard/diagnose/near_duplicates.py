"""SY005: rows that occur more than once, exactly or nearly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from steelyard.diagnose.base import Check
from steelyard.diagnose.evidence import Evidence, NotApplicable
from steelyard.kernels.duplicates import (
    chance_of_close,
    close_neighbors,
    one_column_apart,
    repeat_groups,
    surprise_bits,
)
from steelyard.records import Finding

__all__ = ["NearDuplicates"]

MOST_COLUMNS = 500  # the search one column apart reads the whole table once for each of them
CHANCE_MARGIN = 3  # near copies must be this many times as frequent as chance makes them


class NearDuplicates(Check):
    """Whether rows repeat: exactly, in all columns but one, or at a tiny distance.

    A few columns of few levels repeat by themselves. Columns being taken as independent, a repeat is a
    warning when its agreement carries ``min_bits`` more bits than finding one such pair by luck would;
    exact repeats below that are only worth knowing, and rows that agree in all columns but one are not
    counted.

    Parameters
    ----------
    max_share : float
        Found when more than this share of the rows repeats another one.
    min_bits : float
        10 bits: by chance one table in a thousand would show such a pair.
    ratio : float
        A neighbour is a near copy when it lies within this fraction of the distance to the first
        neighbour that is none.

    Examples
    --------
    >>> from steelyard.records import Dataset
    >>> X = np.random.default_rng(0).normal(size=(100, 4))
    >>> X[90:] = X[:10]
    >>> finding = NearDuplicates().check(Dataset(X, np.arange(100) % 2))
    >>> finding.outcome, finding.measures["exact"], finding.rows[:3].tolist()
    ('found', 10, [90, 91, 92])
    """

    code = "SY005"
    title = "Repeated and nearly repeated rows"
    slow = True
    limits: ClassVar[Mapping[str, tuple[float, float]]] = {
        "max_share": (0.0, 1.0),
        "min_bits": (-1e3, 1e6),
        "ratio": (1e-9, 0.999),
    }

    def __init__(self, max_share: float = 0.01, min_bits: float = 10.0, ratio: float = 0.05) -> None:
        self.max_share = max_share
        self.min_bits = min_bits
        self.ratio = ratio

    def _examine(self, evidence: Evidence) -> Finding:
        n = len(evidence.dataset)
        if n < 2:
            raise NotApplicable("It needs at least two rows.")
        codes = evidence.code_table
        group = repeat_groups(codes)
        bits = surprise_bits(codes)
        spare = float(bits.sum() - np.log2(n * (n - 1) / 2))
        exact = _later_ones(group)
        apart, differing = self._one_apart(codes, bits, spare)
        close, asked = self._close(evidence, group)
        names = [evidence.columns[j].name for j in differing]
        measures = {
            "exact": int(exact.sum()),
            "one_column_apart": int(apart.sum()),
            "columns_that_differ": names,
            "close": int(close.sum()),
            "spare_bits": round(spare, 1),
        }
        said = (
            f"{exact.sum():,} of {n:,} rows repeat an earlier row exactly; {apart.sum():,} agree with one "
            f"in all columns but one; {close.sum():,} have a near "
            f"copy.{evidence.measured_on(asked) if asked else ''}"
        )
        if spare < self.min_bits and exact.any():
            said += " The columns hold so few different values that this may be chance."
        told = exact | apart
        share = max(float(told.mean()), float(close.sum()) / max(asked, 1))
        if share <= self.max_share:
            return self._clear(said, measures)
        by_chance = spare < self.min_bits and float(close.sum()) <= self.max_share * asked
        return self._found(
            said,
            "Remove the repeats, or give them a common group (--groups), before splitting: with a copy on "
            "each side of a split, a model is tested on what it has learned by heart.",
            severity="info" if by_chance else "warning",
            rows=np.flatnonzero(told | close),
            columns=names,
            measures=measures,
        )

    def _one_apart(
        self, codes: NDArray[np.intp], bits: NDArray[np.float64], spare: float
    ) -> tuple[NDArray[np.bool_], list[int]]:
        """Later rows of each set that differs in one column only, where that is no accident."""
        n, d = codes.shape
        found = np.zeros(n, dtype=np.bool_)
        columns: list[int] = []
        telling = spare - bits >= self.min_bits
        if d > MOST_COLUMNS or not telling.any():
            return found, columns
        for column, groups in one_column_apart(codes):
            later = _later_ones(groups) & (groups >= 0)
            if telling[column] and later.any():
                found |= later
                columns.append(column)
        return found, columns

    def _close(self, evidence: Evidence, group: NDArray[np.intp]) -> tuple[NDArray[np.bool_], int]:
        """Rows with a near copy that is no exact one, unless chance would give as many."""
        close = np.zeros(group.size, dtype=np.bool_)
        try:
            hood = evidence.neighborhood
        except NotApplicable:
            return close, 0
        near = close_neighbors(hood.distances, ratio=self.ratio)
        near &= group[hood.indices] != group[hood.rows][:, None]
        rows = hood.rows[near.any(axis=1)]
        if rows.size > CHANCE_MARGIN * chance_of_close(hood.distances, ratio=self.ratio) * hood.rows.size:
            close[rows] = True
        return close, hood.rows.size


def _later_ones(group: NDArray[np.intp]) -> NDArray[np.bool_]:
    """All members of a group but its first."""
    later = np.ones(group.size, dtype=np.bool_)
    later[np.unique(group, return_index=True)[1]] = False
    return later
