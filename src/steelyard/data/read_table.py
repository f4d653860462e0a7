"""One door for table files: what it is, whether it fits, then the reader of its format."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from steelyard.data.read_arff import read_arff
from steelyard.data.read_columnar import MIB, read_feather, read_parquet
from steelyard.data.read_delimited import MISSING_WORDS, as_utf8, read_delimited
from steelyard.data.recognise import TableFile, recognise
from steelyard.data.tidy_frame import tidy_frame
from steelyard.errors import BadTable

__all__ = ["MEMORY_MB", "read_table"]

MEMORY_MB = 4096
# Bytes in memory for each byte of the file: its text, the columns read from it, and the frame.
DELIMITED_GROWTH, ARFF_GROWTH = 4, 25
GZIP_READ = 2**20


def read_table(
    path: str | os.PathLike[str],
    *,
    encoding: str | None = None,
    missing_words: Sequence[str] = MISSING_WORDS,
    memory_mb: int = MEMORY_MB,
) -> pd.DataFrame:
    r"""Read a table file: CSV or TSV (also gzipped), Parquet, Feather, ARFF or KEEL ``.dat``.

    The format is told from the content first and the suffix second. In delimited text a cell is missing
    when it is empty or one of ``missing_words``; words such as ``None``, ``NO`` or ``-`` stay what they
    are. Columns of ``true``/``false`` become booleans, columns of ISO 8601 dates become dates, and
    everything else that is not a number stays text.

    Parameters
    ----------
    path : path-like
    encoding : str, optional
        Of delimited and ARFF text; UTF-8 when not given.
    missing_words : sequence of str
        Cells of delimited text that count as missing.
    memory_mb : int, default=4096
        Budget in MiB; a table that would not fit is refused before it is read.

    Returns
    -------
    pandas.DataFrame
        Rows in file order. ``frame.attrs["notes"]`` lists what was changed on the way, if anything.

    Raises
    ------
    BadTable
        Anything that is not a whole table; the message says what was expected, got, and what to do.
    BadOption
        An encoding that does not exist.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "t.csv"
    >>> _ = path.write_text("a;ok;when\n1;true;2020-01-31\n2;false;2020-02-29\n")
    >>> [str(dtype)[:8] for dtype in read_table(path).dtypes]
    ['int64', 'bool', 'datetime']
    """
    file = recognise(path)
    if file.format == "parquet":
        frame = read_parquet(file.path, memory_mb=memory_mb)
    elif file.format == "feather":
        frame = read_feather(file.path, memory_mb=memory_mb)
    else:
        data = _content(file, memory_mb)
        if file.format == "arff":
            frame = read_arff(as_utf8(data, file.path, encoding).decode("utf-8"), file.path)
        else:
            frame = read_delimited(
                data,
                file.path,
                delimiter="\t" if file.format == "tsv" else None,
                encoding=encoding,
                missing_words=missing_words,
            )
    return tidy_frame(frame, what=repr(str(file.path)))


def _content(file: TableFile, memory_mb: int) -> bytes:
    """The bytes of a text file, unpacked, never more than the budget allows."""
    growth = ARFF_GROWTH if file.format == "arff" else DELIMITED_GROWTH
    most = memory_mb * MIB // growth
    if not file.zipped:
        size = file.path.stat().st_size
        if size > most:
            raise _too_large(file.path, size, growth, memory_mb)
        return file.path.read_bytes()
    pieces, size = [], 0
    try:
        with gzip.open(file.path, "rb") as unpacked:
            while piece := unpacked.read(GZIP_READ):
                size += len(piece)
                if size > most:
                    raise _too_large(file.path, size, growth, memory_mb)
                pieces.append(piece)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BadTable(
            f"Expected a whole gzip file, got {str(file.path)!r}: {error}. It may be cut off; fetch it again."
        ) from error
    return b"".join(pieces)


def _too_large(path: Path, size: int, growth: int, memory_mb: int) -> BadTable:
    return BadTable(
        f"Expected a table that fits {memory_mb:,} MiB, got at least {size / MIB:,.0f} MiB of text in "
        f"{str(path)!r}, which needs about {growth} times that. Raise memory_mb, choose fewer rows, or "
        "store it as Parquet."
    )
