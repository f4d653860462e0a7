"""From a file, a frame, arrays or a name of the catalogue to a checked data set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from steelyard.data.check_target import Rare, labels_of, mend_rare, one_against_rest
from steelyard.data.infer_schema import TEXT_COLUMNS, infer_schema
from steelyard.data.load_arrays import load_arrays
from steelyard.data.read_delimited import MISSING_WORDS
from steelyard.data.read_roles import need_column, role_values
from steelyard.data.read_source import array_entry, find_target, read_source
from steelyard.data.read_table import MEMORY_MB
from steelyard.data.tidy_frame import NOTES
from steelyard.errors import BadOption, BadTable, BadTarget
from steelyard.kernels.hashing import table_hash
from steelyard.records import Dataset

__all__ = ["load"]

LISTED = 12
BINARY = 2
CHOICES = {
    "rare": ("refuse", "drop", "merge", "keep"),
    "missing_target": ("refuse", "drop"),
    "infinite": ("refuse", "missing"),
}


def load(
    source: Any,
    *,
    target: str | None = None,
    groups: str | Sequence[Any] | NDArray[Any] | Literal[False] | None = None,
    time: str | Sequence[Any] | NDArray[Any] | Literal[False] | None = None,
    weight: str | Sequence[Any] | NDArray[Any] | None = None,
    part: str | Sequence[Any] | NDArray[Any] | Literal[False] | None = None,
    drop: str | Iterable[str] = (),
    keep: str | Iterable[str] = (),
    positive: Any = None,
    rare: Rare = "refuse",
    missing_target: Literal["refuse", "drop"] = "refuse",
    infinite: Literal["refuse", "missing"] = "refuse",
    text: str | Iterable[str] | None = None,
    name: str | None = None,
    encoding: str | None = None,
    missing_words: Sequence[str] = MISSING_WORDS,
    memory_mb: int = MEMORY_MB,
    accept_sha256: str | Iterable[str] = (),
) -> Dataset:
    """Load a labelled table, or images, series or sound of the catalogue, checked for what can be learned.

    Parameters
    ----------
    source : path, name, frame, dict, or pair (X, y)
        A file (CSV, TSV, Parquet, Feather, ARFF, KEEL ``.dat``), the name of a public data set (see
        :func:`steelyard.data.datasets`), a pandas, polars or pyarrow table, a dict of columns, or
        a feature table (also NumPy or SciPy sparse) with its labels.
    target : str, optional
        The label column. A named data set and a KEEL file have their own; else ``"target"``.
    groups, time, weight, part : str or array-like of shape (n,), optional
        Column (or values) of the group a row belongs to, its time, its weight, its official part.
        These columns are not features. ``False`` switches off what the catalogue says.
    drop : str or iterable of str
        Columns to leave out.
    keep : str or iterable of str
        Columns that the catalogue would leave out (leaks, ids) and that are wanted after all.
    positive : label, optional
        Must be one of the labels; with more than two classes the task becomes this one against ``"rest"``.
    rare : {"refuse", "drop", "merge", "keep"}
        What to do with a class of one row.
    missing_target : {"refuse", "drop"}
        What to do with rows whose label is missing.
    infinite : {"refuse", "missing"}
        What to do with infinite numbers.
    text : str or iterable of str, optional
        Columns that are free text whatever they look like.
    name : str, optional
        For the report; the file or catalogue name when not given.
    encoding, missing_words, memory_mb
        As in :func:`steelyard.data.read_table`.
    accept_sha256 : str or iterable of str
        Digests of downloads that have no recorded one, once you have looked at them.

    Returns
    -------
    Dataset
        Rows in source order; ``X.attrs["notes"]`` says what was changed on the way. For images ``X`` is an
        array of uint8 of shape (n, c, h, w), for series of float32 of shape (n, c, t), for sound clips that
        stay encoded until they are asked for (see `LogMel`); roles may name what is known of each item. Of
        masks ``y`` has shape (n, h, w), -100 where a pixel has no label.

    Raises
    ------
    BadTable
        The source cannot be read, or its features cannot be learned from.
    BadTarget
        The label column cannot be learned from.
    BadOption
        An option that names no column or no choice.

    Warns
    -----
    PoisonedDataWarning
        The file has a marker that says it was poisoned on purpose (see `steelyard.guard.write_poisoned`).

    Examples
    --------
    >>> data = load("ecoli")
    >>> len(data), data.task, data.rare_class
    (336, 'multiclass', 'imS')
    >>> load("ecoli", positive="om").counts
    {'rest': 316, 'om': 20}
    """
    for option, given in (("rare", rare), ("missing_target", missing_target), ("infinite", infinite)):
        if given not in CHOICES[option]:
            choices = ", ".join(map(repr, CHOICES[option]))
            raise BadOption(
                f"The {option!r} parameter of load must be one of {choices}. Got {given!r} instead."
            )
    arrays = array_entry(source)
    if arrays is not None:
        return load_arrays(
            arrays,
            target=target,
            roles={"groups": groups, "time": time, "weight": weight, "part": part},
            positive=positive,
            rare=rare,
            name=name,
            memory_mb=memory_mb,
            accept_sha256=_names(accept_sha256),
            of_tables={"drop": drop, "keep": keep, "text": text, "encoding": encoding},
        )
    reading = {"encoding": encoding, "missing_words": missing_words, "memory_mb": memory_mb}
    frame, entry, called = read_source(source, reading, _names(accept_sha256))
    left_out: dict[str, str] = {}
    target = find_target(frame, target, entry)
    if entry is not None:
        groups, time, part = (
            default if given is None else given
            for given, default in ((groups, entry.groups), (time, entry.time), (part, entry.part))
        )
        wanted = {target, *_names(keep), *(r for r in (groups, time, weight, part) if isinstance(r, str))}
        left_out |= {column: why for column, why in entry.drop.items() if column not in wanted}
        left_out |= {
            column: f"another label than {target!r}" for column in entry.other_targets if column not in wanted
        }
        positive = entry.positive if positive is None else positive
        text = entry.text if text is None else text
        if entry.drop_missing_target:
            missing_target = "drop"
    for column in _names(keep):
        need_column(column, list(frame.columns), "keep")
    for column in _names(drop):
        need_column(column, list(frame.columns), "drop")
        if column == target:
            raise BadOption(
                f"Expected drop to name features, got the target {target!r}. Name another target."
            )
        left_out[column] = "asked for"

    notes = list(frame.attrs.get(NOTES, ()))
    frame = _labelled(frame, target, missing_target, notes)
    rows = frame.index.to_numpy()
    per_row: dict[str, Any] = {}
    unused = {entry.groups, entry.time, entry.part} - {None} if entry else set()
    for role, given in (("groups", groups), ("time", time), ("weight", weight), ("part", part)):
        given = None if given is False else given
        if isinstance(given, str) and given == target:
            raise BadTarget(
                f"Expected the target and {role} to be two columns, got {target!r} for both. Name another."
            )
        values = (
            given
            if given is None or isinstance(given, str)
            else _picked(given, rows, role, frame.attrs["rows"])
        )
        per_row[role], column = role_values(frame.reset_index(drop=True), values, role)
        if column is not None and column not in (*_names(keep), *_names(text or ())):
            left_out[column] = role
    left_out |= {
        column: "not used"
        for column in unused
        if column not in (*left_out, target, *_names(keep), *_names(text or ()))
    }
    features = [column for column in frame.columns if column != target and column not in left_out]
    if not features:
        raise BadTable(
            f"Expected at least one feature column beside the target {target!r}, got none: "
            f"{len(left_out)} columns were left out. Drop fewer, or check the delimiter of the file."
        )
    X = frame[features].reset_index(drop=True)
    _check_infinite(X, infinite, notes)
    _refuse_repeats(X)
    y = labels_of(frame[target].reset_index(drop=True), target)
    if positive is not None:
        y, positive = one_against_rest(y, positive, target)
    y, stay, said = mend_rare(y, target, rare)
    if len(stay) < len(X):
        X = X.iloc[stay].reset_index(drop=True)
        per_row = {role: None if values is None else values[stay] for role, values in per_row.items()}
    forced = [
        column for column in _names(text or ()) if column in features or need_column(column, features, "text")
    ]
    X.attrs = {NOTES: (*notes, *said), **({TEXT_COLUMNS: tuple(forced)} if forced else {})}
    return Dataset(
        X=X,
        y=y,
        **per_row,
        task="binary" if len(np.unique(y)) == BINARY else "multiclass",
        modality="table",
        schema=infer_schema(X, target=target, left_out=left_out),
        name=name or called,
        licence=entry.licence if entry else "",
        hash=table_hash(_hashable(X), y),
    )


def _names(given: str | Iterable[str]) -> list[str]:
    return [given] if isinstance(given, str) else list(given)


def _hashable(X: pd.DataFrame) -> pd.DataFrame:
    """The frame with missing truth values as None: pandas' own mark cannot be compared."""
    gaps = [column for column in X.columns if X[column].dtype == "boolean"]
    return X.assign(**{column: X[column].astype(object).where(X[column].notna(), None) for column in gaps})


def _labelled(frame: pd.DataFrame, target: str, missing_target: str, notes: list[str]) -> pd.DataFrame:
    """The rows that have a label; the index tells which rows of the source they are."""
    missing = frame[target].isna()
    n_missing = int(missing.sum())
    if n_missing == len(frame):
        raise BadTarget(
            f"Expected labels in target {target!r}, got none: all {len(frame):,} are missing. Name another "
            "column."
        )
    if n_missing and missing_target == "refuse":
        raise BadTarget(
            f"Expected a label in every row of target {target!r}, got {n_missing:,} rows without one, the "
            f"first is row {int(np.flatnonzero(missing)[0])}. Leave them out with missing_target='drop' "
            "(--missing-target drop), or fill them in."
        )
    if n_missing:
        notes.append(f"{n_missing:,} rows without a label were left out.")
    kept = frame[~missing] if n_missing else frame
    kept.attrs = {"rows": len(frame)}
    return kept


def _picked(given: Any, rows: NDArray[np.intp], role: str, n: int) -> Any:
    """Values given for all rows of the source, for the rows that are left."""
    array = np.asarray(given)
    if array.ndim != 1 or len(array) != n:
        raise BadOption(
            f"Expected {role} to name a column or to hold {n:,} values, got shape {array.shape}. Give one "
            "value per row."
        )
    return array[rows]


def _check_infinite(X: pd.DataFrame, infinite: str, notes: list[str]) -> None:
    counts = {
        column: int(np.isinf(X[column].to_numpy()).sum())
        for column in X.columns
        if X[column].dtype.kind == "f"
    }
    counts = {column: count for column, count in counts.items() if count}
    if not counts:
        return
    listed = ", ".join(f"{column!r} ({count:,})" for column, count in list(counts.items())[:LISTED])
    if infinite == "refuse":
        raise BadTable(
            f"Expected finite numbers, got infinity in {len(counts)} columns: {listed}. "
            "Mend them, or count them as missing with infinite='missing' (--infinite missing)."
        )
    for column in counts:
        X[column] = X[column].replace([np.inf, -np.inf], np.nan)
    notes.append(f"Infinite numbers were counted as missing in {listed}.")


def _refuse_repeats(X: pd.DataFrame) -> None:
    if len(X) > 1 and all(X[column].nunique(dropna=False) == 1 for column in X.columns):
        raise BadTable(
            f"Expected rows that differ, got {len(X):,} rows that are identical in every feature. "
            "There is nothing to learn from; check the export."
        )
