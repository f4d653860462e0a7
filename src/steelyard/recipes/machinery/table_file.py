"""A recipe's table as a file: ``table.json``, documented and versioned."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from steelyard.errors import UserError
from steelyard.recipes.machinery.paper import Paper
from steelyard.recipes.machinery.results import Table
from steelyard.recipes.machinery.rows import Value
from steelyard.recipes.machinery.verdict import Verdict
from steelyard.store import write_whole

__all__ = ["FORMAT", "VERSION", "read_table_file", "to_dict", "write_table_file"]

FORMAT, VERSION = "steelyard-recipe-table", 1
MAX_BYTES = 2**28
SAME = ("name", "scale", "title_note", "about", "machine", "seconds", "wall")
LISTS = ("words", "main_metrics", "times")


def to_dict(table: Table) -> dict[str, Any]:
    """Return the table as JSON holds it.

    Parameters
    ----------
    table : Table

    Returns
    -------
    dict
        As the schema ``recipe_table.json`` describes it.
    """
    by_row: dict[tuple[str, str, str, str], list[Value]] = {}
    for value in table.measured:
        by_row.setdefault((value.dataset, value.protocol, value.system, value.metric), []).append(value)
    rows = [
        {
            **asdict(row),
            "seeds": [value.seed for value in values],
            "values": [value.value for value in values],
        }
        for row, values in zip(table.rows, by_row.values(), strict=True)
    ]
    cells = [
        {"dataset": dataset, "system": system, "metric": metric, "value": value}
        for (dataset, system, metric), value in table.paper.cells.items()
    ]
    return {
        "format": FORMAT,
        "version": VERSION,
        **{name: getattr(table, name) for name in SAME},
        **{name: list(getattr(table, name)) for name in LISTS},
        "title": table.title,
        "paper": {"title": table.paper.title, "citation": table.paper.citation, "cells": cells},
        "rows": rows,
        "verdicts": [asdict(verdict) for verdict in table.verdicts],
        "versions": dict(table.versions),
    }


def write_table_file(table: Table, path: str | os.PathLike[str]) -> None:
    """Write a table as JSON.

    Parameters
    ----------
    table : Table
    path : path

    Examples
    --------
    >>> import pathlib, tempfile
    >>> table = Table("toy", Paper("Toy", ""), "smoke", (Value("yeast", "cv", "plain", "f1", 0, 0.5),))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "table.json")
    ...     write_table_file(table, path)
    ...     read_table_file(path) == table
    True
    """
    write_whole(path, json.dumps(to_dict(table), indent=1, allow_nan=False, ensure_ascii=False) + "\n")


def read_table_file(path: str | os.PathLike[str]) -> Table:
    """Read a table back as it was written.

    Parameters
    ----------
    path : path
        A ``table.json``.

    Returns
    -------
    Table

    Raises
    ------
    UserError
        The file cannot be read, is no recipe's table, or has a version this steelyard does not know.
    """
    shown = repr(str(path))
    try:
        if Path(path).stat().st_size > MAX_BYTES:
            raise UserError(f"{shown} is larger than {MAX_BYTES} bytes: it is no recipe's table.")
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"cannot read {shown}: {error.strerror}. Check the path.") from error
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise UserError(f"{shown} is not a JSON file: it is damaged, or another file.") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise UserError(f"{shown} is not a recipe's table: expected 'format' to be {FORMAT!r}.")
    if content.get("version") != VERSION:
        raise UserError(
            f"{shown} has version {content.get('version')!r}; this steelyard reads version {VERSION}. "
            "Use the version of steelyard that wrote it."
        )
    try:
        return _table(content)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UserError(
            f"{shown} does not follow the format of a recipe's table: {error!r}. See docs/formats.md."
        ) from error


def _table(content: dict[str, Any]) -> Table:
    cells = {
        (cell["dataset"], cell["system"], cell["metric"]): cell["value"] for cell in content["paper"]["cells"]
    }
    measured = tuple(
        Value(row["dataset"], row["protocol"], row["system"], row["metric"], seed, value)
        for row in content["rows"]
        for seed, value in zip(row["seeds"], row["values"], strict=True)
    )
    return Table(
        paper=Paper(content["paper"]["title"], content["paper"]["citation"], cells),
        measured=measured,
        verdicts=tuple(Verdict(**verdict) for verdict in content["verdicts"]),
        versions=content["versions"],
        **{name: content[name] for name in SAME},
        **{name: tuple(content[name]) for name in LISTS},
    )
