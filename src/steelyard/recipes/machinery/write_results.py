"""Writes what a recipe leaves in its folder: the page, the table, and the table as a page of the docs."""

from __future__ import annotations

from pathlib import Path

from steelyard.recipes.machinery.results import Table
from steelyard.recipes.machinery.table_file import write_table_file
from steelyard.recipes.machinery.to_html import to_html
from steelyard.recipes.machinery.to_markdown import to_markdown
from steelyard.store import write_whole

__all__ = ["MARKDOWN", "PAGE", "TABLE", "write_results"]

PAGE, TABLE, MARKDOWN = "report.html", "table.json", "table.md"


def write_results(table: Table, folder: Path) -> None:
    """Write the three files; the page comes last, for with it the run counts as finished.

    Parameters
    ----------
    table : Table
    folder : Path
        It must exist.
    """
    write_table_file(table, folder / TABLE)
    write_whole(folder / MARKDOWN, to_markdown(table))
    write_whole(folder / PAGE, to_html(table))
