"""Whatever somebody pastes or uploads as named peptides, one item for each line or record."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from steelyard.data.read_fasta import read_fasta
from steelyard.errors import BadTable
from steelyard.web.limits import MOST_NAME

__all__ = ["Item", "Parsed", "read_peptides"]

LETTERS = frozenset("ACDEFGHIKLMNPQRSTVWY")
DELIMITERS = ",;\t"
HEADER_WORDS = ("sequence", "peptide", "seq")
NAME_WORDS = ("name", "id", "identifier", "accession", "label", "title")
SHORT = 8  # letters from which a cell that is all amino acids is taken for a peptide
MOST_CELL = 2_000  # characters of a cell that are kept; no peptide is nearly as long
SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Item:
    """One peptide as it came: its place (from 1), its name and its letters, and why it cannot be read."""

    number: int
    name: str
    sequence: str
    refusal: str | None = None


@dataclass(frozen=True)
class Parsed:
    """What was read: ``kind`` is "list", "fasta" or "table"; columns only of a table."""

    kind: str
    items: tuple[Item, ...]
    columns: tuple[str, ...] = ()
    column: str | None = None
    name_column: str | None = None
    notes: tuple[str, ...] = field(default_factory=tuple)


def read_peptides(
    text: str, column: str | None = None, name_column: str | Literal[False] | None = None
) -> Parsed:
    r"""Read typed text, FASTA or delimited text; nothing is left out, and the order is kept.

    Spaces inside a sequence are taken out and small letters become capitals; no other letter is changed.

    Parameters
    ----------
    text : str
    column : str, optional
        Column of a table that holds the sequences; found by its name or its content when not given.
    name_column : str or False, optional
        Column of the names; found likewise. Rows are numbered when there is none, or it is False.

    Returns
    -------
    Parsed

    Raises
    ------
    BadTable
        There is nothing in it, a column that is not there, or a quote that is never closed.

    Examples
    --------
    >>> [(item.name, item.sequence) for item in read_peptides(">first\nACDEF\nGHIKL\n>second\n").items]
    [('first', 'ACDEFGHIKL'), ('second', '')]
    >>> read_peptides("id,peptide\na,acdefghikl\n").items[0]
    Item(number=1, name='a', sequence='ACDEFGHIKL', refusal=None)
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    if not text.strip():
        raise BadTable("Expected at least one peptide, got nothing. Type one a line, or choose a file.")
    if text.lstrip().startswith((">", ";")) and column is None:
        return Parsed("fasta", tuple(_fasta(text)))
    rows = _cells(text)
    if rows is None:
        if column is not None:
            raise BadTable(f"Expected a table with the column {column!r}, got a plain list of lines.")
        return Parsed("list", tuple(_item(i, "", line) for i, line in enumerate(text.split("\n"), 1)))
    header, body = (rows[0], rows[1:]) if _is_header(rows[0], rows[1:]) else (None, rows)
    if header is None and column is None and all(_is_peptide(cell) for row in rows for cell in row if cell):
        cells = [cell for row in rows for cell in (row if len(row) > 1 else row or [""])]
        return Parsed("list", tuple(_item(i, "", cell) for i, cell in enumerate(cells, 1)))
    return _table(header, body, column, name_column)


def _item(number: int, name: str, letters: str, refusal: str | None = None) -> Item:
    plain = SPACES.sub("", letters[:MOST_CELL]).upper()
    shown = SPACES.sub(" ", "".join(c if c.isprintable() else " " for c in name)).strip()[:MOST_NAME]
    return Item(number, shown or f"peptide {number}", plain, refusal)


def _fasta(text: str) -> list[Item]:
    records = read_fasta(text)
    return [
        _item(number, name, sequence)
        for number, (name, sequence) in enumerate(zip(records["name"], records["sequence"], strict=True), 1)
    ]


def _cells(text: str) -> list[list[str]] | None:
    """The cells of delimited text, or None where no delimiter splits it."""
    first = next(line for line in text.split("\n") if line.strip())
    delimiter = max(DELIMITERS, key=first.count)
    if first.count(delimiter) == 0:
        return [[line.strip()] for line in text.split("\n")] if _is_header([first]) else None
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise BadTable(
            f"Expected a table, got text that cannot be split into cells ({error}). Mend the quotes, or "
            "save the table again as CSV."
        ) from error
    return [[cell.strip() for cell in row] for row in rows]


def _is_peptide(cell: str) -> bool:
    letters = SPACES.sub("", cell).upper()
    return len(letters) >= SHORT and LETTERS.issuperset(letters)


def _is_header(cells: Sequence[str], below: Sequence[Sequence[str]] = ()) -> bool:
    """Whether a first row names columns: it has a telling word, or no peptide in it.

    A word such as "treatments" is made of amino acids; above peptides in capitals it is a name all the same.
    """
    if any(part in cell.lower() for cell in cells for part in HEADER_WORDS):
        return True
    capitals = any(cell.isupper() and _is_peptide(cell) for row in below for cell in row)
    peptides = [cell for cell in cells if _is_peptide(cell) and (cell.isupper() or not capitals)]
    return len(cells) > 1 and not peptides


def _table(
    header: list[str] | None,
    body: list[list[str]],
    column: str | None,
    name_column: str | Literal[False] | None,
) -> Parsed:
    width = len(header) if header else max(len(row) for row in body)
    names = header or [f"column {i}" for i in range(1, width + 1)]
    names = [name or f"column {i}" for i, name in enumerate(names, 1)]
    if len(set(names)) < len(names):
        raise BadTable("Expected columns with distinct names, got one twice. Rename the columns.")
    if not body:
        raise BadTable("Expected rows below the header, got none. Check the export.")
    at = _find(names, column) if column is not None else _guess(names, body)
    named: int | None = None
    if name_column:
        named = _find(names, name_column)
    elif name_column is None:
        named = next((i for i, name in enumerate(names) if name.lower() in NAME_WORDS and i != at), None)
    items = []
    for number, row in enumerate(body, 1):
        name = row[named] if named is not None and named < len(row) else ""
        if len(row) > width or (row and len(row) <= at):
            refusal = f"The row has {len(row)} cells and the table {width} columns."
            items.append(_item(number, name, row[at] if at < len(row) else "", refusal))
        else:
            items.append(_item(number, name, row[at] if row else ""))
    return Parsed("table", tuple(items), tuple(names), names[at], None if named is None else names[named])


def _find(names: Sequence[str], column: str) -> int:
    if column not in names:
        raise BadTable(f"Expected one of the columns {', '.join(names)}, got {column!r}. Choose another.")
    return list(names).index(column)


def _guess(names: Sequence[str], body: Sequence[Sequence[str]]) -> int:
    """The column with the most peptides in it; the one with a telling name where that is a tie."""
    telling = [any(part in name.lower() for part in HEADER_WORDS) for name in names]
    found = [sum(i < len(row) and _is_peptide(row[i]) for row in body) for i in range(len(names))]
    best = max(range(len(names)), key=lambda i: (found[i], telling[i], -i))
    if found[best] == 0 and not any(telling):
        raise BadTable(
            f"Expected a column of peptides, got {', '.join(names)} without any. Choose the column."
        )
    return best
