"""What kind of table a file holds, told by its first bytes and then by its name."""

from __future__ import annotations

import gzip
import os
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from steelyard.errors import BadTable

__all__ = ["SUFFIXES", "TableFile", "recognise"]

Format = Literal["csv", "tsv", "parquet", "feather", "arff"]

SUFFIXES: dict[str, Format] = {
    ".csv": "csv",
    ".txt": "csv",
    ".data": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".feather": "feather",
    ".arrow": "feather",
    ".arff": "arff",
    ".dat": "arff",
}
TEXT_FORMATS = ("csv", "tsv", "arff")
HEAD_BYTES = 8192
PARQUET_MAGIC, ARROW_MAGIC, GZIP_MAGIC = b"PAR1", b"ARROW1", b"\x1f\x8b"
FOREIGN_MAGIC = {
    b"FEA1": "a Feather file of version 1, which is no longer read; write it again as version 2",
    b"PK\x03\x04": "a zip archive or an Excel workbook",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"SQLite format 3": "an SQLite database",
    b"\x89HDF\r\n": "an HDF5 file",
    b"%PDF": "a PDF document",
    b"\x80\x04": "a Python pickle, which is never opened",
    b"\x80\x05": "a Python pickle, which is never opened",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
    b"\x93NUMPY": "a NumPy array",
}
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
KNOWN = "CSV, TSV (also .gz), Parquet, Feather, ARFF or KEEL .dat"


@dataclass(frozen=True)
class TableFile:
    """A file that was recognised: where it is, what it is, and whether gzip wraps it."""

    path: Path
    format: Format
    zipped: bool = False


def recognise(path: str | os.PathLike[str]) -> TableFile:
    """Tell the format of a table file; the content counts before the name.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    TableFile

    Raises
    ------
    BadTable
        No such file, a folder, an empty or foreign file, or a suffix and content that say nothing.

    Examples
    --------
    >>> recognise("nowhere.csv")
    Traceback (most recent call last):
    ...
    steelyard.errors.BadTable: Expected a table file, got 'nowhere.csv', which does not exist. Check the path.
    """
    path = Path(path)
    head = _head(path)
    if head.startswith(GZIP_MAGIC):
        inner = _suffix_format(path.with_suffix(""))
        if inner not in TEXT_FORMATS or path.suffix.lower() != ".gz":
            raise BadTable(
                f"Expected {KNOWN}, got {str(path)!r}, a gzip archive whose name does not end in .csv.gz, "
                ".tsv.gz or .arff.gz. Unpack it, or rename it."
            )
        return TableFile(path, _text_format(_unzipped_head(path), inner, path), zipped=True)
    if head.startswith(PARQUET_MAGIC):
        return TableFile(path, "parquet")
    if head.startswith(ARROW_MAGIC):
        return TableFile(path, "feather")
    for magic, what in FOREIGN_MAGIC.items():
        if head.startswith(magic):
            raise BadTable(
                f"Expected {KNOWN}, got {str(path)!r}, which is {what}. Export it as CSV or Parquet."
            )
    named = _suffix_format(path)
    if named in ("parquet", "feather"):
        raise BadTable(
            f"Expected the {named} file its name promises, got {str(path)!r} with other content (it starts "
            f"with {head[:8]!r}). Write it again, or give it the suffix of what it is."
        )
    return TableFile(path, _text_format(head, named, path))


def _head(path: Path) -> bytes:
    """First bytes of a file that is there, is a file and is not empty."""
    if not path.exists():
        raise BadTable(f"Expected a table file, got {str(path)!r}, which does not exist. Check the path.")
    if path.is_dir():
        raise BadTable(f"Expected a table file, got the folder {str(path)!r}. Name a file in it.")
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise BadTable(
            f"Expected a readable table file, got {str(path)!r}: {error.strerror or error}. Check its "
            "permissions."
        ) from error
    if not head.strip():
        raise BadTable(
            f"Expected a table with a header and rows, got the empty file {str(path)!r}. Export it again."
        )
    return head


def _unzipped_head(path: Path) -> bytes:
    try:
        with gzip.open(path, "rb") as file:
            return file.read(HEAD_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        raise BadTable(
            f"Expected a whole gzip file, got {str(path)!r}: {error}. It may be cut off; fetch it again."
        ) from error


def _suffix_format(path: Path) -> Format | None:
    return SUFFIXES.get(path.suffix.lower())


def _text_format(head: bytes, named: Format | None, path: Path) -> Format:
    """The format of a file whose first bytes are not those of a binary one."""
    if b"\x00" in head and not head.startswith(UTF16_MARKS):
        raise BadTable(
            f"Expected text in {str(path)!r}, got binary data (a zero byte at position {head.index(0)}). "
            f"Steelyard reads {KNOWN}."
        )
    for line in head.lstrip(b"\xef\xbb\xbf").splitlines():
        word = line.strip().lower()
        if word.startswith((b"@relation", b"@attribute", b"@data")):
            return "arff"
        if word and not word.startswith(b"%"):
            break
    if named == "arff" and path.name.lower().removesuffix(".gz").endswith(".arff"):
        raise BadTable(
            f"Expected an ARFF file that begins with '@relation', got {str(path)!r}. "
            "If it is delimited text, name it .csv."
        )
    if named is None:
        raise BadTable(
            f"Expected {KNOWN}, got {str(path)!r} with the unknown suffix {path.suffix!r}. "
            "If it is delimited text, name it .csv."
        )
    return "csv" if named == "arff" else named
