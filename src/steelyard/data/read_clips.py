"""Sound with what is known of each clip: encoded in a Parquet file, or in files that a table lists."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from steelyard.data.array_items import ArrayItems
from steelyard.data.byte_store import FolderBytes, RowBytes
from steelyard.data.lazy_clips import LazyClips
from steelyard.data.read_columnar import read_parquet
from steelyard.data.read_roles import need_column
from steelyard.data.read_table import read_table
from steelyard.errors import BadTable

__all__ = ["read_clip_files", "read_encoded_clips"]


def read_encoded_clips(path: Path, column: str, *, memory_mb: int) -> ArrayItems:
    """Read a Parquet file with an encoded clip in each row.

    Parameters
    ----------
    path : Path
    column : str
        The column of bytes; the others say what is known of each clip.
    memory_mb : int
        Budget in MiB for the file.

    Returns
    -------
    ArrayItems
        ``X`` are clips that stay encoded until they are asked for.

    Raises
    ------
    BadTable
        No such column. Whether a clip can be decoded is found when it is read.
    """
    frame = read_parquet(path, memory_mb=memory_mb)
    if column not in frame.columns or not all(isinstance(cell, bytes) for cell in frame[column]):
        raise BadTable(
            f"Expected bytes of a recording in each row of column {column!r} of {str(path)!r}, got something "
            "else."
        )
    store = RowBytes(frame[column].tolist(), str(path))
    return ArrayItems(LazyClips(store, store.names()), frame.drop(columns=column))


def read_clip_files(
    files: Mapping[str, Path], table: str, *, columns: Mapping[str, str], memory_mb: int
) -> ArrayItems:
    """Read a table of clips beside their recordings.

    Parameters
    ----------
    files : mapping of str to Path
        By their names below the folder of the set.
    table : str
        Name of the CSV file with a row a clip.
    columns : mapping
        ``file``, and where clips are pieces of recordings ``start`` and ``stop`` in seconds: names of the
        columns that say so.
    memory_mb : int
        Budget in MiB for the table.

    Returns
    -------
    ArrayItems

    Raises
    ------
    BadTable
        A column or a recording that is not there.
    """
    frame = read_table(files[table], memory_mb=memory_mb)
    for column in columns.values():
        need_column(column, list(frame.columns), "clips", BadTable)
    names = frame[columns["file"]].astype(str)
    lone = [name for name in names if name not in files]
    if lone:
        raise BadTable(f"Expected the recording {lone[0]!r} beside {table!r}, got none.")
    times = {
        f"{end}s": frame[columns[end]].to_numpy(dtype=float) for end in ("start", "stop") if end in columns
    }
    return ArrayItems(LazyClips(FolderBytes(files[table].parent), names.tolist(), **times), frame)
