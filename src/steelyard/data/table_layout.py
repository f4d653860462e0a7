"""Where each encoded column stands in the prepared table, and what it is called there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from steelyard.data.column_values import MISSING
from steelyard.data.encode_categorical import UNSEEN, LevelColumn
from steelyard.data.encode_dense import DenseMatrix

__all__ = ["Encoded", "TableLayout"]

Encoded = Mapping[str, NDArray[Any]]  # per input column: numbers (n, w), or codes of levels (n,)


class TableLayout:
    """Puts encoded columns side by side, as a frame or as one dense matrix.

    Parameters
    ----------
    dense : DenseMatrix or None
        Unfitted; None for a frame.

    Attributes
    ----------
    source_of : dict of str to str
        For each output column the input column it was made from, in output order.
    """

    def __init__(self, dense: DenseMatrix | None) -> None:
        self.dense = dense

    def fit(self, encoders: Mapping[str, Any], encoded: Encoded, reserved: Sequence[str]) -> TableLayout:
        """Name the outputs after their inputs, and fit the dense matrix where there is one.

        Parameters
        ----------
        encoders : dict of str to encoder
            Per input column, with its ``suffixes``.
        encoded : dict of str to ndarray
            The training rows.
        reserved : list of str
            The table's own names, which a made-up name gives way to.
        """
        self.outputs: dict[str, list[str]] = {}
        self.source_of: dict[str, str] = {}
        taken = set(reserved)
        for name, encoder in encoders.items():
            self.outputs[name] = [self._free(name, suffix, taken) for suffix in encoder.suffixes]
            self.source_of.update(dict.fromkeys(self.outputs[name], name))
        self.levels = {
            name: list(encoder.levels)
            for name, encoder in encoders.items()
            if isinstance(encoder, LevelColumn)
        }
        if self.dense is not None:
            self._fit_dense(self.dense, encoded, taken)
        return self

    @staticmethod
    def _free(name: str, suffix: str, taken: set[str]) -> str:
        output = name + suffix
        if suffix:
            while output in taken:
                output += "_"
            taken.add(output)
        return output

    def _fit_dense(self, dense: DenseMatrix, encoded: Encoded, taken: set[str]) -> None:
        numbers, codes = self._blocks(encoded)
        names = [output for name in self.outputs if name not in self.levels for output in self.outputs[name]]
        dense.fit(numbers, codes, names, list(self.levels), list(self.levels.values()))
        sources = [self.source_of[output] for output in names] + list(self.levels)
        plain = set(names)
        self.source_of = {}
        for output, position in zip(dense.names, dense.sources, strict=True):
            own = output in plain and output not in self.source_of
            self.source_of[output if own else self._free("", output, taken)] = sources[position]

    def _blocks(self, encoded: Encoded) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        n_rows = len(next(iter(encoded.values())))
        numeric = [rows for name, rows in encoded.items() if name not in self.levels]
        codes = np.empty((n_rows, len(self.levels)), dtype=np.intp)
        for j, name in enumerate(self.levels):
            codes[:, j] = encoded[name]
        return np.hstack([np.empty((n_rows, 0)), *numeric]), codes

    def assemble(self, encoded: Encoded, index: pd.Index) -> Any:
        """Return the prepared rows: an array of shape (n, n_out), or a frame with this index."""
        if self.dense is not None:
            return self.dense.transform(*self._blocks(encoded))
        columns: dict[str, Any] = {}
        for name, rows in encoded.items():
            if name in self.levels:
                known = np.where(rows == UNSEEN, MISSING, rows)
                columns[name] = pd.Categorical.from_codes(known, categories=_text_index(self.levels[name]))
            else:
                columns.update(zip(self.outputs[name], rows.T, strict=True))
        return pd.DataFrame(columns, index=index)


def _text_index(levels: list[str]) -> pd.Index:
    return pd.Index(levels, dtype=pd.Series(["text"]).dtype)  # str from pandas 3, object before
