"""A recipe's table as one plain dict, from which HTML and Markdown are drawn alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from steelyard.recipes.machinery.about_blocks import about_blocks
from steelyard.recipes.machinery.paper import NOT_SEEN
from steelyard.recipes.machinery.results import Table
from steelyard.recipes.machinery.rows import Row
from steelyard.recipes.machinery.verdict import CANNOT_TELL, DOES_NOT_HOLD, HOLDS, RULE
from steelyard.report.collect_protocol import duration
from steelyard.report.plain_text import plain_tree
from steelyard.report.write_numbers import digits_for, figure, interval, signed

__all__ = ["collect_page", "headline", "shown_row"]

OPEN_SETS = 3
"""Up to so many data sets the page shows all at once."""


def collect_page(table: Table) -> dict[str, Any]:
    """Return everything the pages show.

    Parameters
    ----------
    table : Table

    Returns
    -------
    dict
    """
    rows, means = table.rows, table.means
    digits = {
        metric: digits_for([value for row in rows if row.metric == metric for value in (row.mean, row.paper)])
        for metric in table.metrics
    }
    others = [metric for metric in table.metrics if metric not in table.main_metrics]
    measured = {(row.dataset, row.system, row.metric) for row in rows}
    page: dict[str, Any] = plain_tree(
        {
            "name": table.name,
            "title": table.title,
            "paper": table.paper.title,
            "citation": table.paper.citation,
            "scale": table.scale,
            "note": table.title_note.rstrip("."),
            "headline": headline(table),
            "verdicts": [vars(verdict) for verdict in table.verdicts],
            "rule": RULE,
            "words": table.words,
            "main": list(table.main_metrics),
            "others": others,
            "groups": [
                *_groups(means, digits, table, is_mean=True),
                *_groups(rows, digits, table, is_mean=False),
            ],
            "open": len(table.datasets) <= OPEN_SETS,
            "not_measured": sum(cell not in measured for cell in table.paper.cells),
            "command": f"steelyard recipe run {table.name} --scale {table.scale}",
            "facts": _facts(table),
            "versions": ", ".join(f"{name} {number}" for name, number in table.versions.items()),
        }
    )
    page["about"] = about_blocks(table.about)
    return page


def headline(table: Table) -> str:
    """Say in one sentence what became of the claims."""
    counts = {
        kind: sum(verdict.verdict == kind for verdict in table.verdicts)
        for kind in (HOLDS, DOES_NOT_HOLD, CANNOT_TELL)
    }
    total = len(table.verdicts)
    if not total:
        return "Nothing was claimed."
    hold, fail, unclear = counts.values()
    parts = [f"{hold} of {total} claims {'holds' if hold == 1 else 'hold'}"]
    if fail:
        parts.append(f"{fail} {'does' if fail == 1 else 'do'} not")
    if unclear:
        parts.append(f"{unclear} cannot be told")
    return f"{', '.join(parts)}."


def shown_row(row: Row, digits: int, seeds: int) -> dict[str, Any]:
    """Return a row as it is written: figures with ``digits`` decimals, empty where there is nothing."""
    paper = "" if not row.in_paper else NOT_SEEN if row.paper is None else figure(row.paper, digits)
    return {
        "paper": paper,
        "ours": figure(row.mean, digits),
        "interval": interval(row.low, row.high, digits) if row.low is not None else "",
        "difference": signed(row.difference, digits) if row.difference is not None else "",
        "seeds": f"{row.seeds} of {seeds} seeds" if row.seeds < seeds else "",
        "mean": row.mean,
        "low": row.low,
        "high": row.high,
        "reference": row.paper,
    }


def _groups(
    rows: Iterable[Row], digits: dict[str, int], table: Table, *, is_mean: bool
) -> list[dict[str, Any]]:
    """Rows under their data set, the metrics of a system side by side."""
    groups: dict[str, dict[tuple[str, str], dict[str, Any]]] = {}
    for row in rows:
        line = groups.setdefault(row.dataset, {}).setdefault((row.system, row.protocol), {})
        line[row.metric] = shown_row(row, digits[row.metric], len(table.seeds))
    return [
        {
            "dataset": dataset,
            "is_mean": is_mean,
            "in_paper": {
                metric: any(line[metric]["paper"] for line in lines.values() if metric in line)
                for metric in table.main_metrics
            },
            "rows": [
                {"system": system, "protocol": protocol, "cells": cells}
                for (system, protocol), cells in lines.items()
            ],
        }
        for dataset, lines in groups.items()
    ]


def _facts(table: Table) -> list[dict[str, str]]:
    """What the figures were made with, as label and value."""
    found: Sequence[tuple[str, str]] = (
        ("Scale", table.scale),
        ("Data", table.title_note),
        ("Data sets", ", ".join(table.datasets)),
        ("Protocols", ", ".join(table.protocols)),
        ("Seeds", ", ".join(map(str, table.seeds))),
        ("Work of all units", duration(table.seconds)),
        ("Machine", table.machine),
    )
    return [{"label": label, "value": value} for label, value in found if value]
