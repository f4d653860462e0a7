"""A recipe's table for the terminal: what was measured beside what was printed, then the verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from steelyard.recipes.machinery.collect_page import collect_page
from steelyard.recipes.machinery.results import Table
from steelyard.recipes.machinery.verdict import CANNOT_TELL, DOES_NOT_HOLD, HOLDS

__all__ = ["to_terminal"]

STYLES = {HOLDS: "bold green", DOES_NOT_HOLD: "bold red", CANNOT_TELL: "yellow"}
INDENT = (0, 0, 0, 2)


def to_terminal(table: Table) -> Group:
    """Return the table as something ``rich`` can print.

    Parameters
    ----------
    table : Table

    Returns
    -------
    Group
    """
    page = collect_page(table)
    parts: list[RenderableType] = [Text(page["title"], style="bold"), Text(page["citation"], style="dim")]
    for metric in page["main"]:
        parts += ["", Text(metric, style="bold"), _grid(page, metric)]
    if page["verdicts"]:
        parts += ["", Text(page["headline"], style="bold")]
    for verdict in page["verdicts"]:
        line = Text.assemble((f"{verdict['verdict']}: ", STYLES[verdict["verdict"]]), verdict["text"])
        parts += [line, Padding(Text(verdict["words"], style="dim"), INDENT)]
    parts += [Padding(Text(words), (1, 0, 0, 0)) for words in page["words"]]
    return Group(*parts)


def _grid(page: Mapping[str, Any], metric: str) -> Grid:
    """One line for each system, under its data set."""
    grid = Grid(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("system", "protocol"):
        grid.add_column(heading, overflow="fold")
    for heading in ("paper", "ours"):
        grid.add_column(heading, justify="right", no_wrap=True)
    grid.add_column("95% over seeds", no_wrap=True)
    grid.add_column("difference", justify="right", no_wrap=True)
    for group in page["groups"]:
        lines = [line for line in group["rows"] if metric in line["cells"]]
        if lines:
            grid.add_row(Text(group["dataset"], style="bold"))
        for line in lines:
            cell = line["cells"][metric]
            grid.add_row(
                Text(f"  {line['system']}"),
                Text(line["protocol"], style="dim"),
                *(cell[name] for name in ("paper", "ours", "interval", "difference")),
            )
    return grid
