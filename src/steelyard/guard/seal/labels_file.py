"""The labels of files: a CSV with one line a file."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from steelyard.errors import BadOption, BadTable
from steelyard.guard.canonical.plain_text import plain_text
from steelyard.guard.seal.delimiter import cut_header

__all__ = ["COLUMNS", "Labels", "read_labels"]

COLUMNS = ("path", "label", "split", "group", "id")


@dataclass(frozen=True)
class Labels:
    """What a labels file says: for each path its label, split, group and id (None where it says none).

    ``unused`` names the columns that are not sealed.
    """

    path: Path
    columns: Mapping[str, str]
    rows: Mapping[str, Mapping[str, str | None]]
    unused: tuple[str, ...]


def read_labels(path: str | os.PathLike[str], columns: Mapping[str, str] | None = None) -> Labels:
    """Read the labels of files.

    Parameters
    ----------
    path : path
        CSV in UTF-8 whose first line names the columns; what cuts that line most often (a comma, tab,
        semicolon or bar) is the delimiter.
    columns : dict of str to str, optional
        What each of ``path``, ``label``, ``split``, ``group`` and ``id`` is called in the file; by default
        what it is called here. All but the path may be missing.

    Raises
    ------
    BadTable
        It is no such file, a line is too short or too long, or a path or id comes twice.
    BadOption
        A column that was named is not there.
    """
    shown = str(path)
    wanted = dict(columns or {})
    if set(wanted) - set(COLUMNS):
        raise BadOption(
            f"Columns of labels are {', '.join(COLUMNS)}. Got {sorted(set(wanted) - set(COLUMNS))} instead."
        )
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            mark = cut_header(file.readline())[1]
            file.seek(0)
            reader = csv.reader(file, delimiter=mark, strict=True)
            header = next(reader, None) or []
            found = _places(header, wanted, shown)
            rows = _rows(reader, found, len(header), shown)
    except OSError as error:
        raise BadTable(
            f"Expected the labels in {shown!r}, which cannot be read: {error.strerror}."
        ) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadTable(
            f"Expected labels as CSV in UTF-8 in {shown!r}, got something else: {error}."
        ) from error
    unused = tuple(name for place, name in enumerate(header) if place not in found.values())
    return Labels(Path(path), {name: header[place] for name, place in found.items()}, rows, unused)


def _places(header: list[str], wanted: Mapping[str, str], shown: str) -> dict[str, int]:
    if len(set(header)) != len(header):
        raise BadTable(f"Expected distinct column names in {shown!r}, got one twice. Rename it.")
    names = {name: wanted.get(name, name) for name in COLUMNS}
    absent = [
        call for name, call in names.items() if call not in header and (name in wanted or name == "path")
    ]
    if absent:
        raise BadOption(
            f"Expected the column {absent[0]!r} in {shown!r}, got {', '.join(header) or 'none'}. Say what "
            "the columns are called, such as path=filename,label=class."
        )
    return {name: header.index(call) for name, call in names.items() if call in header}


def _rows(
    reader: csv.reader,  # type: ignore[valid-type]
    places: Mapping[str, int],
    width: int,
    shown: str,
) -> dict[str, Mapping[str, str | None]]:
    rows: dict[str, Mapping[str, str | None]] = {}
    ids: set[str] = set()
    for line in reader:  # type: ignore[attr-defined]
        if not line:
            continue
        if len(line) != width:
            raise BadTable(f"Expected {width} cells in line {reader.line_num} of {shown!r}, got {len(line)}.")  # type: ignore[attr-defined]
        cells = {
            name: plain_text(line[place], f"A cell of {shown!r}") or None for name, place in places.items()
        }
        path = cells.pop("path")
        if path is None:
            raise BadTable(f"Expected a path in line {reader.line_num} of {shown!r}, got none.")  # type: ignore[attr-defined]
        name = cells.setdefault("id", path) or path
        if path in rows or name in ids:
            raise BadTable(
                f"{(path if path in rows else name)!r} comes twice in {shown!r}. Keep one line a file."
            )
        ids.add(name)
        rows[path] = {**cells, "id": name}
    return rows
