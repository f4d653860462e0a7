"""A CSV that a spreadsheet reads as values, never as formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

__all__ = ["write_csv"]

FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r", "\n")
MARK = "\ufeff"  # spreadsheets take UTF-8 for something else without it


def _plain(cell: Any) -> Any:
    """A cell whose text cannot be taken for a formula; numbers stay numbers."""
    if cell is None:
        return ""
    if isinstance(cell, str) and cell.lstrip(" ").startswith(FORMULA_MARKS):
        return f"'{cell}"
    return cell


def write_csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    r"""Return a table as CSV in UTF-8, with a byte order mark and lines that end as RFC 4180 wants.

    A text that begins with ``=``, ``+``, ``-``, ``@`` or a control character gets an apostrophe before it:
    a spreadsheet would run it otherwise.

    Parameters
    ----------
    header : sequence of str
    rows : iterable of sequences

    References
    ----------
    OWASP, CSV Injection.

    Examples
    --------
    >>> write_csv(["name", "p"], [["=1+1", -0.5]]).decode("utf-8-sig")
    "name,p\r\n'=1+1,-0.5\r\n"
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow([_plain(cell) for cell in header])
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return (MARK + file.getvalue()).encode("utf-8")
