"""What an uploaded table looks like, for choosing its label column."""

from __future__ import annotations

import codecs
from pathlib import Path, PurePath
from typing import Any

import pandas as pd

from steelyard.data import read_table
from steelyard.data.recognise import SUFFIXES
from steelyard.errors import BadTable
from steelyard.web.limits import MOST_NAME, MOST_TABLE_MEMORY_MB

__all__ = ["inspect_table", "stored_name"]

LIKELY_TARGETS = (
    "target",
    "label",
    "class",
    "outcome",
    "y",
    "fraud",
    "diagnosis",
    "churn",
    "default",
    "response",
)
MOST_CLASSES = 50
MOST_SHOWN = 500  # columns listed on the page
TEXT_MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
FALLBACK = "cp1252"
PIECE = 2**20


def stored_name(shown: str) -> str:
    """Return the name an upload is stored under: ours, with a suffix that is one of the known ones.

    Raises
    ------
    BadTable
        The name has no known suffix.

    Examples
    --------
    >>> stored_name("../../Claims 2024.CSV"), stored_name("claims.csv.gz")
    ('table.csv', 'table.csv.gz')
    """
    path = PurePath(shown.lower())
    zipped = path.suffix == ".gz"
    suffix = PurePath(path.stem).suffix if zipped else path.suffix
    if suffix not in SUFFIXES:
        raise BadTable(
            f"Expected a table file, got {shown[:MOST_NAME]!r}. Its name must end in one of "
            f"{', '.join(SUFFIXES)}; save a spreadsheet as CSV first."
        )
    return f"table{suffix}{'.gz' if zipped else ''}"


def _encoding(path: Path) -> str | None:
    """The encoding of a text file that is not UTF-8, as a guess."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        head = file.read(len(codecs.BOM_UTF16_LE))
        if head in TEXT_MARKS:
            return TEXT_MARKS[head]
        file.seek(0)
        try:
            while piece := file.read(PIECE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return FALLBACK
    return None


def inspect_table(path: Path) -> dict[str, Any]:
    """Read a table and describe its columns.

    Parameters
    ----------
    path : Path

    Returns
    -------
    dict
        ``rows``, ``columns`` (each ``name``, ``kind``, ``distinct``, ``rarest``, ``example``), ``target``
        (a guess or None), ``encoding`` (None for UTF-8), ``notes``, ``more`` columns that are not listed.

    Raises
    ------
    BadTable
        It is no table; the message speaks of ``path``.
    """
    encoding = None
    try:
        frame = read_table(path, memory_mb=MOST_TABLE_MEMORY_MB)
    except BadTable:
        encoding = _encoding(path)
        if encoding is None:
            raise
        frame = read_table(path, memory_mb=MOST_TABLE_MEMORY_MB, encoding=encoding)
    notes = list(frame.attrs.get("notes", ()))
    if encoding == FALLBACK:
        notes.insert(0, "The file is not UTF-8; it was read as Windows text. Check that names look right.")
    columns = [_column(str(name), frame[name]) for name in frame.columns[:MOST_SHOWN]]
    return {
        "rows": len(frame),
        "columns": columns,
        "more": max(0, frame.shape[1] - MOST_SHOWN),
        "target": _guess(columns),
        "encoding": encoding,
        "notes": notes,
    }


def _column(name: str, values: pd.Series) -> dict[str, Any]:
    known = values.dropna()
    counts = known.value_counts()
    few = 2 <= len(counts) <= MOST_CLASSES
    return {
        "name": name,
        "kind": "number" if pd.api.types.is_numeric_dtype(values) else "words",
        "distinct": len(counts),
        "missing": int(values.isna().sum()),
        "rarest": float(counts.iloc[-1] / counts.sum()) if few else None,
        "example": "" if known.empty else str(known.iloc[0])[:MOST_NAME],
    }


def _guess(columns: list[dict[str, Any]]) -> str | None:
    """The column that is most likely the label: by its name, else the last one with few values."""
    able: list[str] = [column["name"] for column in columns if column["rarest"] is not None]
    by_name = {name.lower(): name for name in reversed(able)}
    for word in LIKELY_TARGETS:
        if word in by_name:
            return by_name[word]
    return able[-1] if able else None
