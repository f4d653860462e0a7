"""ARFF and KEEL ``.dat``: a typed header, then rows.

SciPy has a reader of ARFF, which knows neither text columns nor KEEL's extras.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from steelyard.data.read_delimited import MAX_COLUMNS
from steelyard.errors import BadTable

__all__ = ["read_arff"]

MISSING = ("", "?", "<null>")
NUMERIC_TYPES = ("numeric", "real", "integer")
TEXT_TYPES = ("string",)
ATTRIBUTE = re.compile(
    r"@attribute\s+('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[^\s{\[]+)\s*(.*)", re.IGNORECASE
)
# A cell: quoted, with backslash escapes, or everything up to the next comma.
CELL = re.compile(r"\s*('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[^,]*?)\s*(,|$)")
ESCAPE = re.compile(r"\\(.)")


@dataclass(frozen=True)
class Attribute:
    """One declared column: its levels when it is nominal, else its type word."""

    name: str
    type: str
    levels: tuple[str, ...] = ()


def read_arff(text: str, path: Path) -> pd.DataFrame:
    r"""Read ARFF or KEEL text, dense or sparse.

    Nominal columns become categories with the declared levels, ``?`` and ``<null>`` are missing, and a
    KEEL file's ``@outputs`` is kept as ``frame.attrs["target"]``.

    Parameters
    ----------
    text : str
        The whole file.
    path : Path
        Its name, for messages.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    BadTable
        A header or row that does not follow the format; the message names the line.

    References
    ----------
    Attribute-Relation File Format, Weka manual, chapter 9; KEEL data set description.

    Examples
    --------
    >>> text = "@relation r\n@attribute a real\n@attribute c {x, y}\n@data\n1.5, x\n?, y\n"
    >>> read_arff(text, Path("r.arff"))["c"].tolist()
    ['x', 'y']
    """
    lines = enumerate(text.splitlines(), start=1)
    attributes, outputs = _header(lines, path)
    columns: list[list[str | None]] = [[] for _ in attributes]
    for number, line in lines:
        line = line.strip()
        if not line or line.startswith("%"):
            continue
        cells = _sparse(line, attributes, number, path) if line.startswith("{") else _cells(line)
        if len(cells) != len(attributes):
            raise BadTable(
                f"Expected {len(attributes)} cells in every row of {str(path)!r}, got {len(cells)} in line "
                f"{number}. "
                "Mend or remove that row; if it is the last, the file was cut off."
            )
        for column, cell in zip(columns, cells, strict=True):
            column.append(None if cell in MISSING else cell)
    if not columns[0]:
        raise BadTable(f"Expected rows below '@data' in {str(path)!r}, got no rows. Check the export.")
    frame = pd.DataFrame(
        {a.name: _typed(values, a, path) for a, values in zip(attributes, columns, strict=True)},
    )
    if len(outputs) == 1 and outputs[0] in frame.columns:
        frame.attrs["target"] = outputs[0]
    return frame


def _header(lines: Iterator[tuple[int, str]], path: Path) -> tuple[list[Attribute], list[str]]:
    attributes: list[Attribute] = []
    seen: set[str] = set()
    outputs: list[str] = []
    for number, line in lines:
        line = line.strip()
        word = line.split(None, 1)[0].lower() if line else ""
        if word == "@data":
            break
        if word == "@attribute":
            attribute = _attribute(line, number, path)
            if attribute.name in seen:
                raise BadTable(
                    f"Expected distinct attributes in {str(path)!r}, got {attribute.name!r} again in line "
                    f"{number}. "
                    "Rename it."
                )
            seen.add(attribute.name)
            attributes.append(attribute)
            if len(attributes) > MAX_COLUMNS:
                raise BadTable(
                    f"Expected at most {MAX_COLUMNS:,} columns, got more in {str(path)!r}. "
                    "Choose the columns that matter."
                )
        elif word in ("@output", "@outputs"):
            outputs = [name.strip() for name in line.split(None, 1)[1].split(",")] if " " in line else []
        elif word and not word.startswith(("%", "@relation", "@input", "@inputs")):
            raise BadTable(
                f"Expected '@attribute' or '@data' in {str(path)!r}, got {line[:40]!r} in line {number}. "
                "Mend the header."
            )
    else:
        raise BadTable(f"Expected '@data' in {str(path)!r}, got the end of the file. It may be cut off.")
    if not attributes:
        raise BadTable(
            f"Expected '@attribute' lines before '@data' in {str(path)!r}, got none. Mend the header."
        )
    return attributes, outputs


def _attribute(line: str, number: int, path: Path) -> Attribute:
    match = ATTRIBUTE.match(line)
    if match is None:
        raise BadTable(
            f"Expected '@attribute name type', got {line[:60]!r} in line {number} of {str(path)!r}. Mend it."
        )
    name, kind = _unquoted(match[1]), match[2].strip()
    if kind.startswith("{"):
        return Attribute(name, "nominal", tuple(_cells(kind[1:].rsplit("}", 1)[0])))
    # KEEL writes the range behind the type: real [0.0, 1.0].
    word = re.split(r"[\s\[]", kind, maxsplit=1)[0].lower()
    if word not in (*NUMERIC_TYPES, *TEXT_TYPES, "date"):
        raise BadTable(
            f"Expected a numeric, nominal, string or date attribute, got {kind[:40]!r} for {name!r} in line "
            f"{number} of {str(path)!r}. Change its type, or export the table as CSV."
        )
    return Attribute(name, word)


def _unquoted(cell: str) -> str:
    if len(cell) > 1 and cell[0] == cell[-1] and cell[0] in "'\"":
        return ESCAPE.sub(r"\1", cell[1:-1])
    return cell


def _cells(line: str) -> list[str]:
    if "'" not in line and '"' not in line:
        return [cell.strip() for cell in line.split(",")]
    cells, at = [], 0
    while True:
        match = CELL.match(line, at)
        if match is None:  # text after a closing quote: keep the rest as it stands
            cells.append(line[at:].strip())
            return cells
        cells.append(_unquoted(match[1]))
        at = match.end()
        if not match[2]:
            return cells


def _sparse(line: str, attributes: Sequence[Attribute], number: int, path: Path) -> list[str]:
    """A row ``{index value, ...}``; what is not written is 0, or the first level."""
    cells = [a.levels[0] if a.levels else "0" for a in attributes]
    for pair in _cells(line[1:].rsplit("}", 1)[0]):
        if not pair:
            continue
        index, _, value = pair.partition(" ")
        if not index.isdigit() or int(index) >= len(attributes):
            raise BadTable(
                f"Expected 'index value' with an index below {len(attributes)}, got {pair[:30]!r} in line "
                f"{number} of {str(path)!r}. Mend that row."
            )
        cells[int(index)] = _unquoted(value.strip())
    return cells


def _typed(values: list[str | None], attribute: Attribute, path: Path) -> pd.Series:
    name = attribute.name
    if attribute.type in NUMERIC_TYPES:
        try:
            numbers = np.array([np.nan if value is None else float(value) for value in values])
        except ValueError as error:
            raise BadTable(
                f"Expected numbers in column {name!r} of {str(path)!r}, got "
                f"{error.args[0].rpartition(': ')[2]}. "
                "Mend the cell, or declare the column nominal."
            ) from error
        whole = (
            attribute.type == "integer"
            and np.isfinite(numbers).all()
            and (numbers == np.round(numbers)).all()
        )
        return pd.Series(numbers.astype(np.int64) if whole else numbers, name=name)
    if attribute.type == "nominal":
        strange = sorted({value for value in values if value is not None} - set(attribute.levels))
        if strange:
            raise BadTable(
                f"Expected one of {len(attribute.levels)} declared values in column {name!r} of "
                f"{str(path)!r}, got {', '.join(map(repr, strange[:5]))}. Declare them in the header, or "
                "mend the cells."
            )
        return pd.Series(pd.Categorical(values, categories=list(dict.fromkeys(attribute.levels))), name=name)
    column = pd.Series(values, name=name, dtype="str")
    if attribute.type == "date":
        try:
            return pd.to_datetime(column, format="ISO8601")
        except ValueError:
            return column  # a date in another form stays the text it is
    return column
