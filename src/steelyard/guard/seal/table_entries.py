"""The records of a table: each row with its label, read a batch at a time."""

from __future__ import annotations

import contextlib
import csv
import gzip
import hashlib
import os
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
import pyarrow.parquet as parquet

from steelyard.data.recognise import TableFile, recognise
from steelyard.errors import BadOption, BadTable
from steelyard.guard.canonical import table_rows
from steelyard.guard.canonical.plain_text import plain_text
from steelyard.guard.seal.delimiter import cut_header
from steelyard.guard.seal.entry import Entry

__all__ = ["ROLES", "columns_of", "is_frame", "row_entries"]

ROLES = ("target", "id", "part", "groups")
BATCH_ROWS = 2**15
BLOCK_BYTES = 2**24  # the longest row of delimited text


def _header(file: TableFile) -> tuple[list[str], str]:
    """Names of the columns of delimited text, and the delimiter that cuts its first line most often."""
    opened = gzip.open if file.zipped else open
    try:
        with opened(file.path, "rt", encoding="utf-8-sig", newline="") as text:
            return cut_header(text.readline(BLOCK_BYTES))
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error) as error:
        raise BadTable(
            f"Expected a header in UTF-8 in {str(file.path)!r}, got something else: {error}."
        ) from error


def _text_batches(file: TableFile) -> Iterator[pa.RecordBatch]:
    """Batches of delimited text, every cell as the text it is: no reader's guess of a type is sealed."""
    names, mark = _header(file)
    types = {name: pa.string() for name in names}
    try:
        with contextlib.ExitStack() as stack:
            raw = stack.enter_context(pa.OSFile(str(file.path), "rb"))
            stream = stack.enter_context(pa.CompressedInputStream(raw, "gzip")) if file.zipped else raw
            yield from arrow_csv.open_csv(
                stream,
                read_options=arrow_csv.ReadOptions(block_size=BLOCK_BYTES),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=mark,
                    newlines_in_values=True,
                    ignore_empty_lines=len(names) > 1,  # of one column an empty line is an empty cell
                ),
                convert_options=arrow_csv.ConvertOptions(
                    column_types=types, null_values=[], strings_can_be_null=False, check_utf8=True
                ),
            )
    except (pa.ArrowException, OSError) as error:
        raise _no_table(file, error) from error


def _columnar_batches(file: TableFile) -> Iterator[pa.RecordBatch]:
    try:
        if file.format == "parquet":
            with parquet.ParquetFile(file.path) as whole:
                yield from whole.iter_batches(batch_size=BATCH_ROWS)
        else:
            with pa.memory_map(str(file.path)) as raw, pa.ipc.open_file(raw) as whole:
                for place in range(whole.num_record_batches):
                    yield whole.get_batch(place)
    except (pa.ArrowException, OSError) as error:
        raise _no_table(file, error) from error


def _no_table(file: TableFile, error: Exception) -> BadTable:
    said = str(error).rstrip(".")
    return BadTable(f"Expected a table in {str(file.path)!r}, got something else: {said}.")


def _identity(path: Path) -> tuple[int, int, int]:
    found = os.stat(path)
    return found.st_ino, found.st_size, found.st_mtime_ns


def is_frame(source: Any) -> bool:
    """Whether a source is a table in memory; the others are paths.

    Raises
    ------
    BadTable
        It is neither.
    """
    if isinstance(source, (str, os.PathLike)):
        return False
    if isinstance(source, (pd.DataFrame, pa.Table, pa.RecordBatch)) or hasattr(source, "to_arrow"):
        return True
    raise BadTable(
        "Expected a path, or a frame of pandas, polars or pyarrow, got "
        f"{type(source).__name__!r}. Write the table to a file, or make a frame of it."
    )


def _arrow(frame: Any) -> pa.Table:
    """A frame of any library as Arrow holds it."""
    if isinstance(frame, pa.RecordBatch):
        return pa.Table.from_batches([frame])
    if isinstance(frame, pa.Table):
        return frame
    if not isinstance(frame, pd.DataFrame):
        return frame.to_arrow()
    try:
        return pa.Table.from_pandas(frame, preserve_index=False)
    except (pa.ArrowException, ValueError, TypeError) as error:
        raise BadTable(
            f"Expected columns of one kind each, got one that Arrow cannot hold: {error}. Turn it into text "
            "first."
        ) from error


def _refuse_twice(names: list[str]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise BadTable(f"The table has two columns {twice[0]!r}. Rename one.")


def _batches(source: Any) -> Iterator[pa.RecordBatch]:
    """The table a batch at a time; a file that changes meanwhile is refused."""
    if is_frame(source):
        yield from _arrow(source).to_batches(max_chunksize=BATCH_ROWS)
        return
    file = _sealable(source)
    before = _identity(file.path)
    yield from _text_batches(file) if file.format in ("csv", "tsv") else _columnar_batches(file)
    if _identity(file.path) != before:
        raise BadTable(f"{str(file.path)!r} changed while it was read. Wait until nothing writes to it.")


def columns_of(source: Any) -> list[str]:
    """Names of the columns of a table.

    Raises
    ------
    BadTable
        It cannot be read, or has no rows.
    """
    if is_frame(source):
        in_arrow = isinstance(source, (pa.Table, pa.RecordBatch))
        names = [str(name) for name in (source.schema.names if in_arrow else source.columns)]
        _refuse_twice(names)
        return names
    file = _sealable(source)
    return _header(file)[0] if file.format in ("csv", "tsv") else _stored_names(file)


def _sealable(source: Any) -> TableFile:
    file = recognise(source)
    if file.format == "arff":
        raise BadTable(
            f"Row by row CSV, TSV, Parquet and Feather are sealed, got {file.format} in {str(file.path)!r}."
        )
    return file


def _stored_names(file: TableFile) -> list[str]:
    """Names of the columns of a file that holds a schema."""
    try:
        if file.format == "parquet":
            return list(parquet.read_schema(file.path).names)
        with pa.memory_map(str(file.path)) as raw, pa.ipc.open_file(raw) as whole:
            return list(whole.schema.names)
    except (pa.ArrowException, OSError) as error:
        raise _no_table(file, error) from error


def _texts(column: Any, what: str) -> list[str | None]:
    """Cells as the text that names them; None where there is none."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    if pa.types.is_floating(kind):
        column = pc.if_else(pc.is_nan(column), None, column)
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        try:
            column = column.cast(pa.string())
        except pa.ArrowException as error:
            raise BadTable(
                f"{what} holds values of type {kind}, which have no text. Choose another."
            ) from error
    return [None if value in (None, "") else plain_text(value, what) for value in column.to_pylist()]


def row_entries(source: Any, roles: Mapping[str, str | None]) -> Iterator[Entry]:
    """Read a table and yield an entry a row.

    Parameters
    ----------
    source : path or frame
        CSV or TSV (also ``.gz``), of which each cell is text; Parquet, Feather or a frame, whose types count.
    roles : dict
        The column of ``target``, ``id``, ``part`` and ``groups``, or None. Without an id a row is named by
        its number, from 1.

    Yields
    ------
    Entry
        Its digest is over all cells of the row, in the form of `table_rows`.

    Raises
    ------
    BadTable
        No table, no rows; an id is missing or comes twice; the file changed while it was read.
    BadOption
        A column is not there.
    """
    names = columns_of(source)
    for role in ROLES:
        if roles.get(role) is not None and roles[role] not in names:
            raise BadOption(
                f"Expected the column {roles[role]!r} ({role}), got {', '.join(names[:20])}. Check the name."
            )
    seen: set[str] = set()
    count = 0
    for batch in _batches(source):
        if not batch.num_rows:
            continue
        told = {
            role: _texts(
                batch.column(batch.schema.get_field_index(str(roles[role]))), f"Column {roles[role]!r}"
            )
            for role in ROLES
            if roles.get(role) is not None
        }
        for place, data in enumerate(table_rows(batch)):
            count += 1
            cells = {role: values[place] for role, values in told.items()}
            name = cells.get("id") if "id" in told else str(count)
            if name is None or name in seen:
                what = "a missing id" if name is None else f"the id {name!r} twice"
                raise BadTable(f"Expected an id of its own for each row, got {what} in row {count}.")
            if "id" in told:
                seen.add(name)
            yield Entry(
                name,
                None,
                hashlib.sha256(data).hexdigest(),
                cells.get("target"),
                cells.get("part"),
                cells.get("groups"),
            )
    if not count:
        raise BadTable("Expected a table with rows, got none. A seal needs at least one.")
