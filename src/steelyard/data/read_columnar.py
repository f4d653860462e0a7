"""Parquet and Feather: sizes are read from the file's own directory before any data is."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.ipc as ipc
import pyarrow.parquet as parquet

from steelyard.data.read_delimited import MAX_COLUMNS
from steelyard.errors import BadTable

__all__ = ["read_feather", "read_parquet"]

VALUE_BYTES = 8
MIB = 2**20
PARQUET_TAIL = b"PAR1"


def read_parquet(path: Path, *, memory_mb: int) -> pd.DataFrame:
    """Read a Parquet file whose unpacked size fits the budget.

    Parameters
    ----------
    path : Path
    memory_mb : int
        Budget in MiB.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    BadTable
        The file is cut off, too wide, too large, or has repeated column names.
    """
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - len(PARQUET_TAIL)))
        if file.read() != PARQUET_TAIL:
            raise BadTable(
                f"Expected a whole Parquet file, got {str(path)!r}, which ends too early. Copy or write it "
                "again."
            )
    try:
        described = parquet.read_metadata(path)
        unpacked = sum(described.row_group(i).total_byte_size for i in range(described.num_row_groups))
        needed = max(unpacked, described.num_rows * described.num_columns * VALUE_BYTES)
        _refuse_size(path, described.num_columns, needed, memory_mb)
        # ParquetFile, not read_table: a folder name such as year=2020 must not become a column.
        table = parquet.ParquetFile(path).read()
    except (pa.ArrowException, OSError, ValueError) as error:
        if isinstance(error, BadTable):
            raise
        raise _damaged(path, "Parquet", error) from error
    return _frame(table, path)


def read_feather(path: Path, *, memory_mb: int) -> pd.DataFrame:
    """Read a Feather (Arrow) file, stopping at the budget.

    Parameters
    ----------
    path : Path
    memory_mb : int
        Budget in MiB.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    BadTable
        The file is cut off, too wide, too large, or has repeated column names.
    """
    try:
        with ipc.open_file(pa.memory_map(str(path))) as reader:
            _refuse_size(path, len(reader.schema), 0, memory_mb)
            batches, size = [], 0
            for i in range(reader.num_record_batches):
                batch = reader.get_batch(i)
                size += batch.nbytes
                _refuse_size(path, len(reader.schema), size, memory_mb)
                batches.append(batch)
            table = pa.Table.from_batches(batches, reader.schema)
    except (pa.ArrowException, OSError, ValueError) as error:
        if isinstance(error, BadTable):
            raise
        raise _damaged(path, "Feather", error) from error
    return _frame(table, path)


def _refuse_size(path: Path, n_columns: int, n_bytes: int, memory_mb: int) -> None:
    if n_columns > MAX_COLUMNS:
        raise BadTable(
            f"Expected at most {MAX_COLUMNS:,} columns, got {n_columns:,} in {str(path)!r}. "
            "Choose the columns that matter."
        )
    if n_bytes > memory_mb * MIB:
        raise BadTable(
            f"Expected a table that fits {memory_mb:,} MiB, got about {n_bytes / MIB:,.0f} MiB in "
            f"{str(path)!r}. "
            "Raise memory_mb, or choose fewer rows or columns."
        )


def _damaged(path: Path, kind: str, error: Exception) -> BadTable:
    return BadTable(
        f"Expected a whole {kind} file, got {str(path)!r}, which cannot be read ({error}). Copy or write it "
        "again."
    )


def _frame(table: pa.Table, path: Path) -> pd.DataFrame:
    names = table.column_names
    twice = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if twice:
        raise BadTable(
            f"Expected distinct column names in {str(path)!r}, got {', '.join(map(repr, twice[:5]))} more "
            "than once. "
            "Rename the repeated columns."
        )
    if table.num_rows == 0 or not names:
        raise BadTable(
            f"Expected a table with rows and columns, got none in {str(path)!r}. Check the export."
        )
    try:
        frame = table.to_pandas(date_as_object=False)
    except (pa.ArrowException, ValueError, TypeError) as error:
        raise BadTable(
            f"Expected plain columns in {str(path)!r}, got some that cannot be read as a table ({error}). "
            "Flatten them first."
        ) from error
    # A frame's own row labels, when it was written by pandas, are no features.
    return frame.reset_index(drop=frame.index.names == [None])
