"""One form in bytes for every record: equal records have equal hashes, different ones never."""

from __future__ import annotations

from steelyard.guard.canonical.file_record import FILE_SCHEMA, file_record
from steelyard.guard.canonical.json_record import json_record
from steelyard.guard.canonical.salt import new_secret, record_salt
from steelyard.guard.canonical.table_rows import TABLE_SCHEMA, table_rows, table_schema

__all__ = [
    "FILE_SCHEMA",
    "TABLE_SCHEMA",
    "file_record",
    "json_record",
    "new_secret",
    "record_salt",
    "table_rows",
    "table_schema",
]
