"""Write a frame as CSV, TSV, Parquet or Feather."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

import pandas as pd

from steelyard.data.recognise import SUFFIXES
from steelyard.errors import BadOption

__all__ = ["write_table"]


def write_table(
    frame: pd.DataFrame, path: str | os.PathLike[str] | BinaryIO, *, suffix: str | None = None
) -> None:
    r"""Write a frame in the format that a suffix names.

    Row labels are not written. Nothing is done to make the write whole: hand an open file over for that.

    Parameters
    ----------
    frame : pandas.DataFrame
    path : path-like or binary file
    suffix : str, optional
        ``.csv``, ``.tsv``, ``.parquet`` or ``.feather`` (or one of their other names); the path's own when
        not given, needed for an open file.

    Raises
    ------
    BadOption
        A suffix that cannot be written.

    Examples
    --------
    >>> import io
    >>> file = io.BytesIO()
    >>> write_table(pd.DataFrame({"a": [1, 2]}), file, suffix=".csv")
    >>> file.getvalue()
    b'a\n1\n2\n'
    """
    if suffix is None:
        suffix = Path(path).suffix if isinstance(path, (str, os.PathLike)) else ""
    form = SUFFIXES.get(suffix.lower())
    if form is None or form == "arff":
        raise BadOption(
            f"Expected an output named .csv, .tsv, .parquet or .feather, got the suffix {suffix!r}. "
            "Change the name."
        )
    plain = _plain(frame)
    if form in ("csv", "tsv"):
        plain.to_csv(path, index=False, sep="\t" if form == "tsv" else ",", lineterminator="\n")
    elif form == "parquet":
        plain.to_parquet(path, index=False, compression="zstd")
    else:
        plain.to_feather(path, compression="zstd")


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame without row labels and attrs, which pandas would write into the file's metadata."""
    frame = frame.reset_index(drop=True)
    frame.attrs = {}
    return frame
