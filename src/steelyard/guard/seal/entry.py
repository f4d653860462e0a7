"""One record of sealed data, as the seal lists it and as the leaf of its tree."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any, NamedTuple

from steelyard.errors import SealBroken
from steelyard.guard.canonical import FILE_SCHEMA, file_record, json_record

__all__ = ["ROW_SCHEMA", "Entry", "leaf_data", "read_line", "schema_of", "write_line"]

ROW_SCHEMA = "steelyard-row/1"
HEX = re.compile(r"[0-9a-f]{64}")


class Entry(NamedTuple):
    """A record: its id, its path (None for a row), the SHA-256 of its bytes, label, split and group."""

    id: str
    path: str | None
    sha256: str
    label: str | None = None
    split: str | None = None
    group: str | None = None


def schema_of(rows: bool) -> str:
    """Return the name of the form a leaf has."""
    return ROW_SCHEMA if rows else FILE_SCHEMA


def leaf_data(entry: Entry, salt: bytes | None = None) -> bytes:
    """Return the bytes of the leaf; label and split are inside, so that none can change unseen.

    Parameters
    ----------
    entry : Entry
    salt : bytes of length 16, optional

    Examples
    --------
    >>> row = Entry("7", None, "0" * 64, "fraud")
    >>> leaf_data(row) != leaf_data(row._replace(label="ok"))
    True
    """
    if entry.path is not None:
        return file_record(
            id=entry.id,
            path=entry.path,
            sha256=entry.sha256,
            label=entry.label,
            split=entry.split,
            group=entry.group,
            salt=salt,
        )
    record: dict[str, Any] = {"schema": ROW_SCHEMA, **entry._asdict()}
    del record["path"]
    if salt is not None:
        record["salt"] = salt.hex()
    return json_record(record)


def write_line(entry: Entry) -> str:
    """Return the line of the seal that lists a record."""
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":")) + "\n"


def read_line(line: str, rows: bool) -> Entry:
    """Read a record from its line.

    Raises
    ------
    SealBroken
        It is not a line that `write_line` writes; the reason alone.
    """
    try:
        values = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise SealBroken("a record of it is not readable as JSON: it is damaged") from error
    if not isinstance(values, list) or len(values) != len(Entry._fields):
        raise SealBroken("a record of it is malformed")
    entry = Entry(*values)
    if not (
        isinstance(entry.id, str)
        and isinstance(entry.path, type(None) if rows else str)
        and isinstance(entry.sha256, str)
        and HEX.fullmatch(entry.sha256)
        and all(isinstance(value, (str, type(None))) for value in entry[3:])
    ):
        raise SealBroken("a record of it is malformed")
    # The leaf brings text into form NFC, so a record in another form would have the same leaf.
    if write_line(entry) != line or not unicodedata.is_normalized("NFC", line):
        raise SealBroken("a record of it is not written as steelyard writes it: it was edited")
    return entry
