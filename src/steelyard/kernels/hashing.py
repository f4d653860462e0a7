"""Digests: of bytes, files and tables, and the tree that binds several into one root.

Digests are SHA-256 and written ``sha256:<hex>``.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Iterable
from typing import Any

import numpy as np

from steelyard.kernels.merkle_tree import Tree

__all__ = ["merkle_root", "sha256_bytes", "sha256_file", "table_hash"]

PREFIX = "sha256:"
READ_BYTES = 2**20


def sha256_bytes(data: bytes) -> str:
    """Digest of some bytes.

    Examples
    --------
    >>> sha256_bytes(b"")[:14]
    'sha256:e3b0c44'
    """
    return PREFIX + hashlib.sha256(data).hexdigest()


def sha256_file(path: str | os.PathLike[str]) -> str:
    """Digest of a file, read in pieces."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while piece := file.read(READ_BYTES):
            digest.update(piece)
    return PREFIX + digest.hexdigest()


def merkle_root(leaves: Iterable[bytes]) -> bytes:
    """Root of the tree over ``leaves`` (see `steelyard.kernels.merkle_tree.Tree`).

    Parameters
    ----------
    leaves : iterable of bytes
        In order, read once; none gives the digest of the empty string, as the standard says.

    Returns
    -------
    bytes of length 32

    References
    ----------
    RFC 6962, Certificate Transparency, section 2.1.

    Examples
    --------
    >>> merkle_root([b""]).hex()[:8]
    '6e340b9c'
    """
    tree = Tree()
    tree.extend(leaves)
    return tree.root()


def _text_bytes(values: Any) -> bytes:
    """Length-prefixed UTF-8 of each value, a missing one being a length of its own."""
    pieces = []
    for value in values:
        if value is None or type(value).__name__ in ("NAType", "NaTType") or value != value:
            pieces.append(b"\xff" * 8)
            continue
        data = str(value).encode("utf-8", "surrogatepass")
        pieces.append(struct.pack("<q", len(data)) + data)
    return b"".join(pieces)


def _column_bytes(column: Any) -> tuple[str, bytes]:
    """A column as a kind and canonical bytes that do not depend on how it is stored."""
    dtype = str(getattr(column, "dtype", ""))
    if dtype == "category":
        labels = _text_bytes(column.cat.categories.tolist())
        return "category", labels + np.asarray(column.cat.codes, dtype="<i8").tobytes()
    if dtype.startswith("datetime64"):
        return "date", np.asarray(column.astype("int64"), dtype="<i8").tobytes() + dtype.encode()
    values = np.asarray(column)
    if values.dtype.kind == "b":
        return "boolean", values.astype("u1").tobytes()
    if values.dtype.kind in "iu":
        return "integer", values.astype("<i8").tobytes()
    if values.dtype.kind == "f":
        plain = values.astype("<f8")
        plain = np.where(np.isnan(plain), np.nan, plain) + 0.0  # one NaN, one zero
        return "float", plain.tobytes()
    return "text", _text_bytes(values.tolist())


def table_hash(frame: Any, y: Any = None) -> str:
    """Digest over a table's column names, kinds and values, and its labels.

    Two tables have the same digest when they hold the same values in the same order under the same
    names; integer widths and the order of bytes in memory do not count.

    Parameters
    ----------
    frame : pandas.DataFrame or ndarray of shape (n, d)
    y : array of shape (n,), optional

    Returns
    -------
    str
        ``sha256:`` and 64 hexadecimal digits.

    Examples
    --------
    >>> import pandas as pd
    >>> a, b = pd.DataFrame({"x": [1, 2]}), pd.DataFrame({"x": [1, 3]})
    >>> table_hash(a) == table_hash(a.copy()) != table_hash(b)
    True
    """
    if hasattr(frame, "columns"):
        names = [str(name) for name in frame.columns]
        columns = [frame.iloc[:, i] for i in range(len(names))]
    else:
        array = np.asarray(frame)
        array = array.reshape(array.shape[0], -1)
        names = [str(i) for i in range(array.shape[1])]
        columns = list(array.T)
    leaves = [
        _text_bytes([name, kind]) + data
        for name, (kind, data) in zip(names, map(_column_bytes, columns), strict=True)
    ]
    if y is not None:
        kind, data = _column_bytes(np.asarray(y))
        leaves.append(_text_bytes(["", "labels", kind]) + data)
    return PREFIX + merkle_root(leaves).hex()
