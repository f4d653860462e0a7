"""What cuts a line of delimited text into cells."""

from __future__ import annotations

import csv

__all__ = ["cut_header"]

DELIMITERS = (",", "\t", ";", "|")


def cut_header(line: str) -> tuple[list[str], str]:
    """Return the cells of a header, and the delimiter: the one that cuts it most often.

    Raises
    ------
    csv.Error
        It cannot be cut.

    Examples
    --------
    >>> cut_header("path;label")
    (['path', 'label'], ';')
    """
    found = [(next(csv.reader([line], delimiter=mark), []), mark) for mark in DELIMITERS]
    return max(found, key=lambda pair: len(pair[0]))
