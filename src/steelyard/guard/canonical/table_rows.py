"""Rows of a table as bytes: equal values give equal bytes whatever library holds them, others never do."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from steelyard.errors import BadTable
from steelyard.guard.canonical.cells import HEAD_BYTES, Cells
from steelyard.guard.canonical.column_cells import as_column, column_cells
from steelyard.guard.canonical.salt import SALT_BYTES, check_secret, record_salt

__all__ = ["TABLE_SCHEMA", "table_rows", "table_schema"]

TABLE_SCHEMA = "steelyard-table/1"
BATCH = 2**15  # rows encoded together
Columns = list[tuple[str, Any]]


def _columns(frame: Any) -> Columns:
    """Names and columns of a table of any library."""
    if isinstance(frame, pd.DataFrame):
        found = [(str(name), frame.iloc[:, place]) for place, name in enumerate(frame.columns)]
    elif isinstance(frame, pa.RecordBatch | pa.Table):
        found = list(zip(frame.schema.names, frame.columns, strict=True))
    elif type(frame).__module__.startswith("polars") and hasattr(frame, "get_columns"):
        found = [(column.name, column) for column in frame.get_columns()]
    elif isinstance(frame, np.ndarray) and frame.ndim == 2:
        found = [(str(place), as_column(frame[:, place], "")) for place in range(frame.shape[1])]
    else:
        raise BadTable(
            "The table must be a DataFrame of pandas or polars, a pyarrow Table or an array of two "
            f"dimensions. Got {type(frame).__name__!r} instead. A lazy frame needs .collect(), a sparse "
            "matrix .toarray()."
        )
    names = [name for name, _ in found]
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise BadTable(f"The table has two columns {twice[0]!r}. Rename one.")
    if not found:
        raise BadTable("The table has no columns. Give it at least one.")
    return found


def _labels(y: Any) -> tuple[Columns, Any]:
    """Columns of labels, and what the schema says of them."""
    if y is None:
        return [], None
    if getattr(y, "ndim", 1) == 2 or isinstance(y, pa.RecordBatch | pa.Table) or hasattr(y, "get_columns"):
        found = _columns(y)
        return found, [name for name, _ in found]
    return [("y", as_column(y, "The 'y' parameter"))], 1


def _check_ids(ids: Any) -> None:
    """Refuse ids that do not name each one row."""
    series = ids if isinstance(ids, pd.Series) else ids.to_pandas()
    if series.isna().any():
        raise BadTable("The 'ids' parameter holds a missing value. Give every row an id.")
    twice = series[series.duplicated()]
    if len(twice):
        raise BadTable(
            f"The 'ids' parameter holds {twice.iloc[0]!r} more than once. Give every row its own id."
        )


def _schema(columns: Columns, labels: Any, ids: Any, part: Any, salt: Any) -> bytes:
    record = {
        "columns": [name for name, _ in columns],
        "id": ids is not None,
        "labels": labels,
        "part": part is not None,
        "salt": salt is not None,
        "schema": TABLE_SCHEMA,
    }
    return json.dumps(record, separators=(",", ":"), sort_keys=True).encode("ascii")


def table_schema(frame: Any, y: Any = None, *, ids: Any = None, part: Any = None, salt: Any = None) -> bytes:
    """Return what the first 32 bytes of every row of `table_rows` are the SHA-256 of.

    Parameters
    ----------
    frame, y, ids, part, salt
        As of `table_rows`; only whether the last three are given counts.

    Returns
    -------
    bytes
        JSON in ASCII: the names of the columns in order, and which of id, labels, part and salt a row has.

    Examples
    --------
    >>> import pandas as pd
    >>> table_schema(pd.DataFrame({"age": [30]}), ["ok"])
    b'{"columns":["age"],"id":false,"labels":1,"part":false,"salt":false,"schema":"steelyard-table/1"}'
    """
    return _schema(_columns(frame), _labels(y)[1], ids, part, salt)


def table_rows(
    frame: Any, y: Any = None, *, ids: Any = None, part: Any = None, salt: bytes | None = None
) -> Iterator[bytes]:
    """Return the canonical bytes of each row of a table, its label and its part inside.

    Parameters
    ----------
    frame : DataFrame of pandas or polars, pyarrow.Table, or ndarray of shape (n, d)
    y : array of shape (n,) or table of shape (n, k), optional
        Labels. A table of them binds their names too.
    ids : array of shape (n,), optional
        A name for each row, none missing, none twice. Without ids a row is named by its place in the tree.
    part : array of shape (n,), optional
        The part each row belongs to, such as ``"train"``.
    salt : bytes of length 32, optional
        Made by `new_secret`; each row then holds a salt of its own, see `record_salt`.

    Returns
    -------
    iterator of bytes
        One entry a row, in order. Arguments are checked at once, values as their rows are reached.

    Raises
    ------
    BadTable
        Not a table; no rows or columns; two columns of one name; labels, ids or parts of another length; a
        column of a type that is not taken.
    BadOption
        ``salt`` is not what it has to be.

    Notes
    -----
    The format is ours. A row is: SHA-256 of `table_schema`; 16 bytes of salt, if any; nine bytes for each
    cell, in the order id, part, labels, columns; then the payloads of the cells that have one, in that order.
    The nine bytes are a kind and a number of 64 bits, little-endian:

    ========== ==================================================================================
    kind       number, and payload
    ========== ==================================================================================
    ``n``      null: 0. None, NA, NaT, an Arrow or polars null, a NaN among text or objects
    ``b``      truth value: 0 or 1
    ``i``      whole number, of any width
    ``u``      whole number from 2**63 to 2**64 - 1
    ``f``      float of 64 bits; narrower ones are widened. One NaN; -0.0 is written as 0.0
    ``t``      text: its length in bytes, and its UTF-8, in the Unicode form it came in
    ``x``      bytes: their length, and the bytes
    ``p P``    time without a zone, in nanoseconds since 1970; capital: in microseconds, where the
               nanoseconds do not fit
    ``z Z``    time with a zone, of UTC, likewise; one byte for the length of the zone's name, and the name
    ``d``      date: days since 1970
    ``e E``    duration, as times are
    ========== ==================================================================================

    A category is written as its value with 128 added to the kind. Whether a column is stored in 8 or 64 bits,
    in which unit times are, how categories are numbered and what pandas calls its rows does not count. The
    kind does: 1, 1.0, True and ``"1"`` are four values. So a column of whole numbers in which one is missing
    is another one once a reader made floats of it, and pandas' NaN in a column of floats (``f``) is not the
    null of polars (``n``): make and verify a commitment with one reader, or use nullable types.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"age": [30, 41], "town": ["Bonn", None]})
    >>> rows = list(table_rows(frame, ["ok", "fraud"]))
    >>> len(rows), rows == list(table_rows(frame.astype({"age": "int8"}), ["ok", "fraud"]))
    (2, True)
    >>> rows == list(table_rows(frame, ["ok", "ok"]))
    False
    """
    columns = _columns(frame)
    n, before = len(columns[0][1]), []
    if not n:
        raise BadTable("The table has no rows. A commitment needs at least one.")
    for name, values in (("ids", ids), ("part", part)):
        if values is not None:
            before.append((name, as_column(values, f"The {name!r} parameter")))
    if ids is not None:
        _check_ids(before[0][1])
    labels, told = _labels(y)
    for name, column in before + labels:
        if len(column) != n:
            raise BadTable(f"{name!r} has {len(column)} values, the table {n} rows. Give one for each row.")
    if salt is not None:
        check_secret(salt)
    digest = hashlib.sha256(_schema(columns, told, ids, part, salt)).digest()
    return _encoded(before + labels + columns, n, digest, salt)


def _slice(column: Any, start: int, stop: int) -> Any:
    if isinstance(column, pd.Series):
        return column.iloc[start:stop]
    return column.slice(start, stop - start)


def _encoded(columns: Columns, n: int, digest: bytes, salt: bytes | None) -> Iterator[bytes]:
    prefix = len(digest) + (SALT_BYTES if salt else 0)
    for start in range(0, n, BATCH):
        stop = min(start + BATCH, n)
        heads = np.empty((stop - start, prefix + HEAD_BYTES * len(columns)), np.uint8)
        heads[:, : len(digest)] = np.frombuffer(digest, np.uint8)
        if salt:
            salts = b"".join(record_salt(salt, place) for place in range(start, stop))
            heads[:, len(digest) : prefix] = np.frombuffer(salts, np.uint8).reshape(-1, SALT_BYTES)
        payloads = []
        for place, (name, column) in enumerate(columns):
            found = column_cells(_slice(column, start, stop), name)
            _place(heads, prefix + HEAD_BYTES * place, found)
            if found.payloads is not None:
                payloads.append(found.payloads)
        fixed = heads.view(f"V{heads.shape[1]}").ravel().tolist()
        yield from map(b"".join, zip(fixed, *payloads, strict=True)) if payloads else fixed


def _place(heads: np.ndarray, at: int, found: Cells) -> None:
    """Write the kinds and numbers of one column into the heads of the rows."""
    heads[:, at] = found.kinds
    numbers = found.values.astype("<i8", copy=False).view(np.uint8).reshape(-1, HEAD_BYTES - 1)
    heads[:, at + 1 : at + HEAD_BYTES] = numbers
