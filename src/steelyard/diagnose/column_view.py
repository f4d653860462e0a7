"""A column of a table as checks look at it: its kind, its numbers and its levels as codes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from steelyard.data.column_values import to_levels, to_numbers, to_seconds, to_texts
from steelyard.records import Kind

__all__ = ["ColumnView"]

WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@dataclass(frozen=True, eq=False)
class ColumnView:
    """One column over all rows of the data set.

    Parameters
    ----------
    name : str
    kind : str
        numeric, categorical, boolean, date or text.
    values : pandas.Series

    Examples
    --------
    >>> column = ColumnView("PatientId", "numeric", pd.Series([7.0, None, 7.0]))
    >>> column.codes.tolist(), column.missing.tolist(), column.words
    ([0, 1, 0], [False, True, False], ('patient', 'id'))
    """

    name: str
    kind: Kind
    values: pd.Series

    @property
    def ordered(self) -> bool:
        """Whether the values are numbers or moments, so that neighbouring values mean something."""
        return self.kind in ("numeric", "boolean", "date")

    @cached_property
    def numbers(self) -> NDArray[np.float64]:
        """Numbers, or seconds of a date; NaN where missing. For ordered columns only."""
        return to_seconds(self.values) if self.kind == "date" else to_numbers(self.values)

    @cached_property
    def codes(self) -> NDArray[np.intp]:
        """Equal codes for equal values, from 0 in order of appearance; missing is a value of its own."""
        if self.ordered:
            return pd.factorize(self.numbers, use_na_sentinel=False)[0].astype(np.intp)
        if self.kind == "text":
            texts = np.asarray(to_texts(self.values), dtype=object)
            return pd.factorize(texts, use_na_sentinel=False)[0].astype(np.intp)
        return pd.factorize(to_levels(self.values)[0])[0].astype(np.intp)

    @cached_property
    def missing(self) -> NDArray[np.bool_]:
        """Which rows have no value."""
        if self.ordered:
            return np.isnan(self.numbers)
        return np.asarray(self.values.isna(), dtype=np.bool_)

    @cached_property
    def whole(self) -> bool:
        """Whether every number is a whole one."""
        present = self.numbers[~self.missing]
        return bool(present.size and (present == np.floor(present)).all())

    @property
    def n_levels(self) -> int:
        """Distinct values, a missing one included."""
        return int(self.codes.max(initial=-1)) + 1

    @property
    def words(self) -> tuple[str, ...]:
        """Lower-case words of the name, cut at capitals, digits and signs."""
        return tuple(word.lower() for word in WORDS.findall(self.name))
