"""CSV and its relatives: delimiter, encoding and types are found, and what is odd is refused."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv

from steelyard.errors import BadOption, BadTable

__all__ = ["MAX_COLUMNS", "MISSING_WORDS", "as_utf8", "read_delimited"]

# Only these are an empty cell. "None", "NO", "-" and "?" are values that people do mean.
MISSING_WORDS = ("", "NA", "NaN", "nan", "null")
TRUE_WORDS, FALSE_WORDS = ("true", "True", "TRUE"), ("false", "False", "FALSE")
DELIMITERS = (",", "\t", ";", "|")
MAX_COLUMNS = 50_000
SNIFF_BYTES = 2**16
SNIFF_ROWS = 50
DECODE_BYTES = 2**20
BLOCK_BYTES = 2**20
# A row must fit into one block; long texts need a longer one.
LARGEST_BLOCK_BYTES = 2**30
BLOCK_GROWTH = 8
DECIMAL_COMMA = re.compile(r"\s*[+-]?\d+,\d+\s*")
UTF8_MARK = b"\xef\xbb\xbf"
UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_delimited(
    data: bytes,
    path: Path,
    *,
    delimiter: str | None = None,
    encoding: str | None = None,
    missing_words: Sequence[str] = MISSING_WORDS,
) -> pd.DataFrame:
    """Read delimited text whose first line names the columns.

    Parameters
    ----------
    data : bytes
        The whole file.
    path : Path
        Its name, for messages.
    delimiter : str, optional
        Found among comma, tab, semicolon and bar when not given.
    encoding : str, optional
        UTF-8, with or without a mark, when not given.
    missing_words : sequence of str
        Cells that count as missing.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    BadTable
        The text cannot be decoded, has no rows, ragged rows, or odd column names.
    """
    data = as_utf8(data, path, encoding).lstrip(b"\r\n")
    delimiter = delimiter or _sniff(data[:SNIFF_BYTES].decode("utf-8", "ignore"))
    names = _header(data, path, delimiter)
    table = _parse(data, path, delimiter, missing_words, {})
    # Arrow would turn 12:30 into a time of day, which nothing downstream understands: keep the words.
    clocks = {field.name: pa.string() for field in table.schema if pa.types.is_time(field.type)}
    if clocks:
        table = _parse(data, path, delimiter, missing_words, clocks)
    if table.num_rows == 0:
        raise BadTable(f"Expected rows below the header of {str(path)!r}, got no rows. Check the export.")
    _refuse_open_quote(data, path, delimiter)
    frame = table.rename_columns(names).to_pandas(date_as_object=False)
    return _read_decimal_commas(frame) if delimiter == ";" else frame


def as_utf8(data: bytes, path: Path, encoding: str | None) -> bytes:
    """The same text as UTF-8 without a mark; a clear word where it cannot be."""
    if encoding is not None:
        try:
            text = data.decode(encoding)
        except LookupError as error:
            raise BadOption(
                f"The 'encoding' parameter must be a text encoding such as 'utf-8', 'cp1252' or 'latin-1'. "
                f"Got {encoding!r} instead."
            ) from error
        except UnicodeError as error:
            raise BadTable(
                f"Expected {str(path)!r} to be {encoding} text, got bytes that are not ({error}). "
                "Name another --encoding, such as utf-8 or cp1252."
            ) from error
        return text.removeprefix("\ufeff").encode("utf-8", "surrogatepass")
    if data.startswith(UTF16_MARKS):
        raise BadTable(f"Expected UTF-8 text, got UTF-16 in {str(path)!r}. Give --encoding utf-16.")
    if 0 in data:
        raise BadTable(
            f"Expected text in {str(path)!r}, got binary data (a zero byte at position {data.index(0)}). "
            "Export the table again as UTF-8 text."
        )
    data = data.removeprefix(UTF8_MARK)
    decoder = codecs.getincrementaldecoder("utf-8")()
    start = 0
    try:
        for start in range(0, len(data), DECODE_BYTES):
            decoder.decode(data[start : start + DECODE_BYTES])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        # The decoder may hold up to three bytes of the piece before.
        at = data.index(error.object[error.start : error.start + 1], max(0, start - 3 + error.start))
        line = data.count(b"\n", 0, at) + 1
        raise BadTable(
            f"Expected UTF-8 text in {str(path)!r}, got byte 0x{data[at]:02x} at position {at} (line "
            f"{line}). "
            "Give --encoding, for example --encoding cp1252 for a file from Windows, or save it as UTF-8."
        ) from error
    return data


def _rows(text: str, delimiter: str) -> csv.reader:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _sniff(sample: str) -> str:
    """The delimiter that splits the first rows most evenly, then into most cells; else the comma."""
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        try:
            widths = [len(row) for row in _first(_rows(sample, delimiter), SNIFF_ROWS) if row]
        except csv.Error:
            continue
        # The sample may end in the middle of a row.
        widths = widths[:-1] if len(widths) > 2 else widths
        if not widths or widths[0] < 2:
            continue
        score = (sum(width == widths[0] for width in widths) / len(widths), widths[0])
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _first(rows: csv.reader, n: int) -> list[list[str]]:
    return [row for row, _ in zip(rows, range(n), strict=False)]


def _header(data: bytes, path: Path, delimiter: str) -> list[str]:
    """Names of the columns, checked before anything else is parsed."""
    end = min((at for mark in (b"\n", b"\r") if (at := data.find(mark)) >= 0), default=len(data))
    n_columns = data.count(delimiter.encode(), 0, end) + 1
    if n_columns > MAX_COLUMNS:
        raise BadTable(
            f"Expected at most {MAX_COLUMNS:,} columns, got {n_columns:,} in {str(path)!r}. "
            "Choose the columns that matter, or turn the table round if its rows are in the columns."
        )
    try:
        names = next(_rows(data[: max(end + 1, SNIFF_BYTES)].decode("utf-8", "ignore"), delimiter))
    except csv.Error as error:
        raise BadTable(
            f"Expected a header line of column names in {str(path)!r}, got text that is no such line "
            f"({error})."
        ) from error
    names = [name.strip() for name in names]
    if end == len(data):
        raise BadTable(f"Expected rows below the header of {str(path)!r}, got no rows. Check the export.")
    _refuse_numbers(names, path)
    names = [name or f"unnamed_{i}" for i, name in enumerate(names)]
    twice = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if twice:
        raise BadTable(
            f"Expected distinct column names in {str(path)!r}, got {', '.join(map(repr, twice[:5]))} more "
            "than once. "
            "Rename or remove the repeated columns."
        )
    return names


def _refuse_numbers(names: list[str], path: Path) -> None:
    """A header of numbers is the first row of a file without one, unless it merely counts columns."""
    try:
        numbers = [float(name) for name in names]
    except ValueError:
        return
    if len(numbers) > 1 and numbers not in (
        [float(i + start) for i in range(len(numbers))] for start in (0, 1)
    ):
        raise BadTable(
            f"Expected a header line of column names in {str(path)!r}, got only numbers "
            f"({', '.join(names[:3])}...). "
            "Add a first line that names the columns."
        )


def _parse(
    data: bytes,
    path: Path,
    delimiter: str,
    missing_words: Sequence[str],
    types: dict[str, pa.DataType],
) -> pa.Table:
    """Arrow's reader, with a block long enough for the longest row."""
    block = BLOCK_BYTES
    while True:
        try:
            return arrow_csv.read_csv(
                pa.BufferReader(data),
                read_options=arrow_csv.ReadOptions(block_size=block),
                parse_options=arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
                convert_options=arrow_csv.ConvertOptions(
                    null_values=list(missing_words),
                    strings_can_be_null=True,
                    true_values=list(TRUE_WORDS),
                    false_values=list(FALSE_WORDS),
                    column_types=types,
                ),
            )
        except pa.ArrowInvalid as error:
            if "straddling" in str(error) and block < min(LARGEST_BLOCK_BYTES, len(data)):
                block = min(LARGEST_BLOCK_BYTES, block * BLOCK_GROWTH)
                continue
            raise _explained(error, data, path, delimiter) from error


def _explained(error: pa.ArrowInvalid, data: bytes, path: Path, delimiter: str) -> BadTable:
    """The first row that is too short or too long, found by reading once more, slowly."""
    _refuse_open_quote(data, path, delimiter)
    try:
        rows = _rows(data.decode("utf-8"), delimiter)
        width = len(next(rows))
        for row in rows:
            if row and len(row) != width:
                return BadTable(
                    f"Expected {width} cells in every row of {str(path)!r}, got {len(row)} in line "
                    f"{rows.line_num}. Mend or remove that row; a text with the delimiter in it needs "
                    "quotes, and a last row that is too short means the file was cut off."
                )
    except csv.Error:
        pass  # The general message below is all that can be said.
    return BadTable(
        f"Expected delimited text in {str(path)!r}, got what cannot be split into cells: {error}."
    )


def _refuse_open_quote(data: bytes, path: Path, delimiter: str) -> None:
    """A quote that is never closed swallows every row after it, in silence."""
    if data.count(b'"') % 2 == 0:
        return
    rows = csv.reader(io.StringIO(data.decode("utf-8"), newline=""), delimiter=delimiter, strict=True)
    line = 0
    try:
        for _ in rows:
            line = rows.line_num
    except csv.Error as error:
        if "unexpected end" in str(error):
            raise BadTable(
                f"Expected every quote in {str(path)!r} to be closed, got one opened in line {line + 1} that "
                "is not. "
                "The file may be cut off; mend the quote or export the table again."
            ) from error


def _read_decimal_commas(frame: pd.DataFrame) -> pd.DataFrame:
    """Where semicolons delimit, a column of nothing but ``3,14`` holds numbers."""
    for name in frame.columns:
        column = frame[name]
        if not pd.api.types.is_string_dtype(column):
            continue
        words = column.dropna()
        if len(words) and words.str.fullmatch(DECIMAL_COMMA).all():
            frame[name] = pd.to_numeric(column.str.replace(",", ".", regex=False))
    return frame
