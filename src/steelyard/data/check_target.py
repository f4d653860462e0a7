"""A label column that can be learned from, or a sentence that says why not."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from steelyard.errors import BadTarget

__all__ = ["REST", "labels_of", "mend_rare", "one_against_rest"]

MAX_FRACTIONS = 20
MAX_CLASSES = 1000
MERGE_NAMES = 5
LISTED = 5
FEWEST = 2
REST = "rest"

Rare = Literal["refuse", "drop", "merge", "keep"]


def labels_of(column: pd.Series, name: str) -> NDArray[Any]:
    """Labels as a plain array: numbers stay numbers (whole ones ints), words stay words.

    Parameters
    ----------
    column : pandas.Series
        Without missing values.
    name : str
        For messages.

    Returns
    -------
    ndarray of shape (n,)

    Raises
    ------
    BadTarget
        Dates, measurements, more classes than anybody means, or fewer than two.

    Examples
    --------
    >>> labels_of(pd.Series([1.0, 0.0]), "sick")
    array([1, 0])
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = pd.Series(column.to_numpy()).infer_objects()
    # Counted before anything is copied: a column of long texts makes a very wide array.
    counts = column.value_counts()
    if len(counts) > MAX_CLASSES and not _measured(column):
        raise _too_many(name, len(counts), len(column))
    if pd.api.types.is_bool_dtype(column.dtype):
        labels = column.to_numpy(dtype=bool)
    elif pd.api.types.is_numeric_dtype(column.dtype):
        labels = _numbers(column.to_numpy(), name)
    elif pd.api.types.is_datetime64_any_dtype(column.dtype):
        raise BadTarget(
            f"Expected class labels in target {name!r}, got dates. Name another column with --target."
        )
    else:
        labels = column.map(str).to_numpy(dtype=str)
    if len(counts) < FEWEST:
        raise BadTarget(
            f"Expected at least two classes in target {name!r}, got one class, {labels[0].item()!r} in "
            f"{len(labels):,} rows. "
            "Add rows of another class, or name another column."
        )
    if len(counts) > MAX_CLASSES or (len(counts) > FEWEST and counts.iloc[0] == 1):
        raise _too_many(name, len(counts), len(labels))
    return labels


def _measured(column: pd.Series) -> bool:
    """Whether a better message than "too many classes" follows."""
    return pd.api.types.is_float_dtype(column.dtype) or pd.api.types.is_datetime64_any_dtype(column.dtype)


def _too_many(name: str, n_classes: int, n_rows: int) -> BadTarget:
    return BadTarget(
        f"Expected at most {MAX_CLASSES:,} classes that repeat in target {name!r}, got {n_classes:,} "
        f"distinct values in {n_rows:,} rows: it looks like an id, a text or a measurement. Name another "
        "column, or bin it."
    )


def _numbers(values: NDArray[Any], name: str) -> NDArray[Any]:
    if values.dtype.kind in "iu":
        return values
    infinite = int(np.isinf(values).sum())
    if infinite:
        raise BadTarget(
            f"Expected class labels in target {name!r}, got infinity in {infinite:,} rows. Mend or remove "
            "these rows."
        )
    if np.all(values == np.round(values)):
        return values.astype(np.int64)
    n_values = len(np.unique(values))
    if n_values > MAX_FRACTIONS:
        raise BadTarget(
            f"Expected class labels in target {name!r}, got {n_values:,} distinct fractions, which is a "
            "measurement: "
            "regression is not offered here. Bin it into classes, or name another column."
        )
    return values


def mend_rare(
    labels: NDArray[Any], name: str, rare: Rare
) -> tuple[NDArray[Any], NDArray[np.intp], list[str]]:
    """Deal with classes of one row, which can be in training or in test, never in both.

    Parameters
    ----------
    labels : ndarray of shape (n,)
    name : str
        The target, for messages.
    rare : {"refuse", "drop", "merge", "keep"}
        Raise; leave these rows out; join these classes (and the next rarest until two rows are
        together) into one named after its parts; or leave them as they are.

    Returns
    -------
    labels : ndarray of shape (m,)
    rows : ndarray of shape (m,)
        Positions of the rows that stay.
    notes : list of str
        What was done.

    Raises
    ------
    BadTarget
        A class of one row with ``"refuse"``, or fewer than two classes left.

    Examples
    --------
    >>> labels, rows, notes = mend_rare(np.array(["a", "a", "b", "b", "c"]), "kind", "drop")
    >>> labels.tolist(), rows.tolist()
    (['a', 'a', 'b', 'b'], [0, 1, 2, 3])
    """
    rows = np.arange(len(labels), dtype=np.intp)
    classes, codes, counts = np.unique(labels, return_inverse=True, return_counts=True)
    single = np.flatnonzero(counts == 1)
    if not len(single) or rare == "keep":
        return labels, rows, []
    listed = _listed(classes[single].tolist())
    if rare == "refuse":
        raise BadTarget(
            f"Expected at least 2 rows in every class of target {name!r}, got 1 in {listed}. Choose "
            "rare='drop' (leave the rows out), 'merge' (join the rarest classes) or 'keep' (--rare on the "
            "command line), or collect more."
        )
    if rare == "drop":
        _refuse_too_few(len(classes) - len(single), name, listed, rare)
        stay = ~np.isin(codes, single)
        return (
            labels[stay],
            rows[stay],
            [f"{len(single)} rows were left out, the only ones of their class: {listed}."],
        )
    merged = single
    if len(single) == 1:
        others = np.argsort(counts, kind="stable")
        merged = np.sort(others[:FEWEST])
    _refuse_too_few(len(classes) - len(merged) + 1, name, listed, rare)
    words = np.asarray([str(label) for label in classes.tolist()])
    joined = "+".join(words[merged]) if len(merged) <= MERGE_NAMES else f"other ({len(merged)} classes)"
    while joined in words:
        joined += "_"
    names = words.astype(object)
    names[merged] = joined
    parts = _listed(classes[merged].tolist())
    note = f"Classes {parts} were joined into {joined!r}, for one of them has a single row."
    return names[codes].astype(str), rows, [note]


def _listed(labels: list[Any]) -> str:
    more = f" and {len(labels) - LISTED} more" if len(labels) > LISTED else ""
    return ", ".join(map(repr, labels[:LISTED])) + more


def _refuse_too_few(n_classes: int, name: str, listed: str, rare: str) -> None:
    if n_classes < FEWEST:
        raise BadTarget(
            f"Expected at least two classes of two rows in target {name!r}, got one after rare={rare!r} "
            f"dealt with {listed}. Collect more rows of the rare class."
        )


def one_against_rest(labels: NDArray[Any], positive: Any, name: str) -> tuple[NDArray[Any], Any]:
    """Find the label the user means by ``positive``; of more than two classes make it one against the rest.

    Parameters
    ----------
    labels : ndarray of shape (n,)
    positive : label
        Compared as it is, else as text: ``"1"`` finds the number 1.
    name : str
        The target, for messages.

    Returns
    -------
    labels : ndarray of shape (n,)
        As given for two classes; else text, every other class being ``"rest"``.
    positive : label
        As it stands in the labels.

    Raises
    ------
    BadTarget
        No such label.

    Examples
    --------
    >>> one_against_rest(np.array([3, 5, 7]), "7", "quality")[0].tolist()
    ['rest', 'rest', '7']
    """
    classes = np.unique(labels).tolist()
    found = [label for label in classes if label == positive] or [
        c for c in classes if str(c) == str(positive)
    ]
    if not found:
        raise BadTarget(
            f"Expected the positive class to be one of the labels of target {name!r} ({_listed(classes)}), "
            f"got {positive!r}. Name one of them."
        )
    if len(classes) == FEWEST:
        return labels, found[0]
    rest = REST
    while rest == str(found[0]):
        rest += "_"
    return np.where(labels == found[0], str(found[0]), rest), str(found[0])
