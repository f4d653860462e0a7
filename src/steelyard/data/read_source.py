"""Whatever a table may come as, brought to one frame with the name of its label column."""

from __future__ import annotations

import os
import warnings
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from steelyard.data.catalogue import CatalogueEntry, find_entry
from steelyard.data.entry_frame import entry_frame
from steelyard.data.poison_marker import PoisonedDataWarning, said_of_marker
from steelyard.data.read_frame import read_frame
from steelyard.data.read_roles import need_column
from steelyard.data.read_table import read_table
from steelyard.data.recognise import SUFFIXES
from steelyard.data.tidy_frame import NOTES
from steelyard.errors import BadTable, BadTarget
from steelyard.records import Dataset

__all__ = ["array_entry", "find_target", "read_source"]

USUAL_TARGET = "target"
LISTED = 12
PAIR = 2


def read_source(
    source: Any, reading: Mapping[str, Any], accept: Collection[str] = ()
) -> tuple[pd.DataFrame, CatalogueEntry | None, str]:
    """Read a source of any kind.

    Parameters
    ----------
    source : path, name, frame, dict, or pair (X, y)
    reading : mapping
        ``encoding``, ``missing_words`` and ``memory_mb`` for the readers.
    accept : collection of str
        Digests of downloads that are accepted.

    Returns
    -------
    frame : pandas.DataFrame
    entry : CatalogueEntry or None
        What the catalogue says, if the source is a name in it.
    name : str
        For the report.

    Raises
    ------
    BadTable, BadTarget, BadOption
        A source that cannot be read; the message says why.
    """
    if isinstance(source, (str, os.PathLike)):
        path, entry = Path(source), _named_entry(source)
        if entry is None:
            return _read_file(path, reading), None, path.name.split(".")[0]
        return (
            entry_frame(entry, memory_mb=reading["memory_mb"], accept_sha256=accept),
            entry,
            entry.short_name,
        )
    if isinstance(source, Dataset):
        raise BadTable("Expected a source to load, got a Dataset, which is loaded already. Use it as it is.")
    if isinstance(source, tuple) and len(source) == PAIR:
        return _with_labels(*source, memory_mb=reading["memory_mb"]), None, "data"
    return read_frame(source, memory_mb=reading["memory_mb"]), None, "data"


def _read_file(path: Path, reading: Mapping[str, Any]) -> pd.DataFrame:
    """A table in a file; one that was poisoned on purpose is read, and says so."""
    frame = read_table(path, **reading)
    said = said_of_marker(path)
    if said is not None:
        warnings.warn(f"{said} Learn from it for a test only.", PoisonedDataWarning, stacklevel=4)
        frame.attrs[NOTES] = (*frame.attrs.get(NOTES, ()), said)
    return frame


def array_entry(source: Any) -> CatalogueEntry | None:
    """Return what the catalogue says of a name that means images or series, else None.

    Examples
    --------
    >>> array_entry("ecoli") is None, array_entry("cifar10_lt").name
    (True, 'image/cifar10_lt')
    """
    entry = _named_entry(source) if isinstance(source, (str, os.PathLike)) else None
    return entry if entry is not None and entry.in_arrays else None


def _named_entry(source: str | os.PathLike[str]) -> CatalogueEntry | None:
    """What the catalogue says of a name; None where a file is meant."""
    path = Path(source)
    if path.is_file() or not isinstance(source, str):
        return None
    meant_file = path.exists() or path.suffix.lower() in (*SUFFIXES, ".gz")
    return find_entry(source, missing_ok=meant_file)


def _with_labels(X: Any, y: Any, *, memory_mb: int) -> pd.DataFrame:
    """One frame of a feature table and its labels."""
    frame = read_frame(X, memory_mb=memory_mb)
    if hasattr(y, "to_pandas"):
        y = y.to_pandas()
    labels = (
        y.reset_index(drop=True) if isinstance(y, pd.Series) else pd.Series(np.asarray(y).squeeze().tolist())
    )
    if np.asarray(y).squeeze().ndim != 1 or len(labels) != len(frame):
        raise BadTarget(
            f"Expected one label for each of {len(frame):,} rows, got an array of shape "
            f"{np.asarray(y).shape}. "
            "Give X and y the same number of rows."
        )
    if USUAL_TARGET in frame.columns:
        raise BadTarget(
            f"Expected features without a column {USUAL_TARGET!r} when labels are given apart, got one. "
            "Rename it."
        )
    notes = frame.attrs.get(NOTES)
    frame = pd.concat([frame, read_frame({USUAL_TARGET: labels})], axis=1)
    frame.attrs = {NOTES: notes} if notes else {}
    return frame


def find_target(frame: pd.DataFrame, target: str | None, entry: CatalogueEntry | None) -> str:
    """Return the label column: as named, as the source has it, or the one called ``target``.

    Raises
    ------
    BadTarget
        None is named, or there is no such column; the message lists columns or near matches.
    """
    columns = list(frame.columns)
    if target is None:
        target = entry.target if entry else frame.attrs.get("target")
        if target is None and entry is not None:
            raise BadTarget(
                f"Expected one label column of the multi-label set {entry.name!r}, got none. "
                f"Choose target= (--target) among {', '.join(map(repr, entry.other_targets))}."
            )
        if target is None and USUAL_TARGET not in columns:
            more = f" and {len(columns) - LISTED:,} more" if len(columns) > LISTED else ""
            raise BadTarget(
                "Expected the name of the label column, got none. Choose target= (--target) among "
                f"{', '.join(map(repr, columns[:LISTED]))}{more}."
            )
        target = target or USUAL_TARGET
    need_column(target, columns, "target", BadTarget)
    return target
