"""Labels as they come in, as codes, and as they go out again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from sklearn.utils.multiclass import check_classification_targets

from steelyard.errors import BadTarget
from steelyard.kernels.batching import row_chunks
from steelyard.kernels.out_of_fold import take_rows

__all__ = ["Labels", "read_labels"]

MIN_CLASSES = 2
SCRATCH_MB = 0.5


@dataclass(frozen=True, eq=False)
class Labels:
    """``values`` as given, their sorted ``classes`` and each row's place in them."""

    values: Any
    classes: NDArray[Any]
    codes: NDArray[np.intp]

    @property
    def names(self) -> list[Any]:
        """The classes as plain Python values."""
        return [label.item() if hasattr(label, "item") else label for label in self.classes]

    @property
    def counts(self) -> dict[Any, int]:
        """Rows per class, in class order."""
        return dict(zip(self.names, np.bincount(self.codes).tolist(), strict=True))

    def take(self, rows: NDArray[np.intp]) -> Any:
        """Return the labels of these rows, as the same kind of thing that came in."""
        if isinstance(self.values, (pa.Array, pa.ChunkedArray)):
            return self.values.take(pa.array(rows))
        return take_rows(self.values, rows)

    def grow(self, base: NDArray[np.integer[Any]]) -> Any:
        """Return all labels, followed by those of the rows ``base``."""
        n_rows = self.codes.shape[0]
        if isinstance(self.values, np.ndarray):  # written once, with no list of all row numbers
            grown = np.empty((n_rows + base.shape[0], *self.values.shape[1:]), dtype=self.values.dtype)
            grown[:n_rows] = self.values
            for part in row_chunks(base.shape[0], base.itemsize, SCRATCH_MB):
                grown[n_rows + part.start : n_rows + part.stop] = self.values[base[part]]
            return grown
        return self.take(np.concatenate([np.arange(n_rows), base]))


def read_labels(y: Any, sampler: str) -> Labels:
    """Read class labels, or say why they are none.

    Parameters
    ----------
    y : array, list, series or one-column frame of shape (n,), or one column per class holding 0 and 1
    sampler : str
        Who asks, for the message.

    Returns
    -------
    Labels

    Raises
    ------
    BadTarget
        No labels, missing ones, numbers that are no classes, or a single class.
    """
    if y is None:
        raise BadTarget(
            f"{sampler} requires y to be passed, but the target y is None. Give the class labels."
        )
    plain = np.asarray(y)
    if plain.ndim == 2 and plain.shape[1] == 1:
        plain = plain.ravel()
    elif plain.ndim == 2:
        plain = _of_one_hot(plain, sampler)
    elif plain.ndim != 1:
        raise BadTarget(f"{sampler} needs one label per row, got y of shape {plain.shape}.")
    if plain.dtype.kind == "c":
        raise BadTarget("Complex data not supported: y must hold class labels.")
    if pd.isna(plain).any():
        raise BadTarget(
            f"{sampler} needs a label for every row; {int(pd.isna(plain).sum())} of {plain.shape[0]} are "
            "missing (NaN). Leave those rows out."
        )
    plain = _one_kind(plain, sampler)
    # Whole numbers are hashed faster by pandas, and are classes unless there are nearly as many as rows.
    classes = np.sort(pd.unique(plain)) if plain.dtype.kind in "iu" else np.unique(plain)
    if plain.dtype.kind not in "iu" or 2 * classes.shape[0] > plain.shape[0]:
        try:
            check_classification_targets(plain)
        except ValueError as error:
            raise BadTarget(f"{sampler} resamples classes. {error}") from error
    if classes.shape[0] < MIN_CLASSES:
        raise BadTarget(
            f"{sampler} needs at least 2 classes, got 1 class: {classes.tolist()}. "
            "There is nothing to balance it against."
        )
    # Looking the few classes up is quicker than sorting all rows for them, and needs no room for it.
    codes = np.searchsorted(classes, plain)
    return Labels(y if not isinstance(y, tuple) else list(y), classes, codes)


def _of_one_hot(y: NDArray[Any], sampler: str) -> NDArray[np.intp]:
    """The column that holds the 1 of each row."""
    if y.dtype.kind not in "biuf" or not np.isin(y, (0, 1)).all() or not (y.sum(axis=1) == 1).all():
        raise BadTarget(
            f"{sampler} needs one label per row. With one column per class each row must hold a single 1 and "
            "0 elsewhere; rows with several labels cannot be resampled by class."
        )
    return np.argmax(y, axis=1)


def _one_kind(labels: NDArray[Any], sampler: str) -> NDArray[Any]:
    """Labels that can be sorted; an object array of one type becomes an array of that type."""
    if labels.dtype.kind != "O":
        return labels
    kinds = {type(label) for label in labels.tolist()}
    if len(kinds) == 1:
        plain = np.array(labels.tolist())
        if plain.ndim == 1 and plain.dtype.kind != "O":
            return plain
    raise BadTarget(
        f"{sampler} needs labels of one type, got {sorted(kind.__name__ for kind in kinds)}. "
        "Turn them all into strings."
    )
