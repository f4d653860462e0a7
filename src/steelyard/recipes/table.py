"""The face of the recipe machinery: units in, a table with verdicts out.

A recipe says what its paper printed (`Paper`), which work there is (`Unit`, each giving `Measured` rows)
and which claims must hold (`Better`, `Within`, `Holds`). `run_table` does the work on all cores, keeps each
finished unit, and returns the `Table` that is printed, written as a page, and put into the docs.
"""

from __future__ import annotations

import contextlib
import inspect
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from steelyard.errors import BadOption
from steelyard.recipes.known import SCALES, catalogue, load_recipe
from steelyard.recipes.machinery.better import Better as Better
from steelyard.recipes.machinery.holds import Holds as Holds
from steelyard.recipes.machinery.machine import all_versions, machine_line
from steelyard.recipes.machinery.paper import Paper as Paper
from steelyard.recipes.machinery.results import Table as Table
from steelyard.recipes.machinery.rows import Row as Row
from steelyard.recipes.machinery.rows import Value as Value
from steelyard.recipes.machinery.run_key import run_key
from steelyard.recipes.machinery.run_units import run_units
from steelyard.recipes.machinery.unit import Measured as Measured
from steelyard.recipes.machinery.unit import Unit as Unit
from steelyard.recipes.machinery.verdict import Verdict as Verdict
from steelyard.recipes.machinery.within import Within as Within
from steelyard.recipes.machinery.write_results import write_results
from steelyard.store import RunFolder

__all__ = [
    "SCALES",
    "Better",
    "Claim",
    "Holds",
    "Measured",
    "Paper",
    "Row",
    "Table",
    "Unit",
    "Value",
    "Verdict",
    "Within",
    "judge",
    "run_table",
]

Words = str | Callable[[Table], str]


class Claim(Protocol):
    """Anything with a text that can be judged on a table."""

    text: str

    def judge(self, table: Table) -> Verdict:
        """Return what became of it."""


def run_table(
    name: str,
    paper: Paper,
    units: Sequence[Unit],
    claims: Sequence[Claim],
    *,
    scale: str,
    title_note: str = "",
    words: Sequence[Words] = (),
    jobs: int | None = None,
    out: str | os.PathLike[str] | None = None,
    resume: bool = False,
    force: bool = False,
    progress: bool | None = None,
    main_metrics: Sequence[str] = (),
    times: Sequence[str] = ("seconds",),
    about: str | None = None,
) -> Table:
    """Run the units of a recipe, judge its claims, and write the pages.

    Parameters
    ----------
    name : str
        The recipe, as the command line names it.
    paper : Paper
    units : sequence of Unit
        What is to be measured; the table keeps their order.
    claims : sequence of Better, Within or Holds
    scale : {'smoke', 'small', 'paper'}
    title_note : str
        What the title must say besides, such as which data stand in for the paper's.
    words : sequence of str or callable
        Sentences for the page; a callable takes the table and returns one.
    jobs : int, optional
        Worker processes, all cores by default. The figures do not depend on it.
    out : path, optional
        Folder for ``report.html``, ``table.json`` and ``table.md``; finished units are kept there meanwhile.
        Without it nothing is written.
    resume, force : bool
        Go on with a stopped run; write over a finished one.
    progress : bool, optional
        Whether a bar is drawn; by default when standard error is a terminal.
    main_metrics : sequence of str
        Metrics of the short tables; all of them by default.
    times : sequence of str
        Metrics that are times and differ from run to run.
    about : str, optional
        What the pages say of the recipe; its module's docstring by default.

    Returns
    -------
    Table

    Raises
    ------
    BadOption
        An unknown scale, units that cannot be run, a folder that holds another run.
    """
    if scale not in SCALES:
        raise BadOption(f"the scale must be one of {', '.join(SCALES)}. Got {scale!r} instead.")
    start = time.perf_counter()
    with contextlib.ExitStack() as stack:
        run = None
        if out is not None:
            key = run_key(name, scale, units)
            run = stack.enter_context(RunFolder(out, key, "", all_versions(), force=force, resume=resume))
        done = run_units(units, jobs=jobs, cache=run, progress=progress, label=f"{name}, {scale}")
        table = Table(
            name,
            paper,
            scale,
            _values(units, done),
            title_note=title_note,
            about=_about(name) if about is None else inspect.cleandoc(about),
            main_metrics=tuple(main_metrics),
            times=tuple(times),
            machine=machine_line(),
            versions=all_versions(),
            seconds=sum(unit["seconds"] for unit in done),
            wall=time.perf_counter() - start,
        )
        table = judge(table, claims, words)
        if run is not None:
            write_results(table, Path(run.out))
            run.finish()
    return table


def judge(table: Table, claims: Sequence[Claim], words: Sequence[Words] = ()) -> Table:
    """Return the table with the claims judged anew, and with these words.

    Parameters
    ----------
    table : Table
    claims : sequence of Better, Within or Holds
    words : sequence of str or callable

    Returns
    -------
    Table
    """
    verdicts = tuple(claim.judge(table) for claim in claims)
    judged = replace(table, verdicts=verdicts)
    said = tuple(word(judged) if callable(word) else word for word in words)
    return replace(judged, words=said)


def _values(units: Sequence[Unit], done: Sequence[dict[str, Any]]) -> tuple[Value, ...]:
    """Every measured value, in the order of the units."""
    values: dict[tuple[str, str, str, str, int], Value] = {}
    for unit, result in zip(units, done, strict=True):
        for row in result["rows"]:
            for metric, number in row["values"].items():
                key = (row["dataset"], row["protocol"], row["system"], metric, unit.seed)
                if key in values:
                    raise BadOption(
                        f"{row['system']!r} has two values of {metric!r} on {row['dataset']!r} "
                        f"({row['protocol']}, seed {unit.seed}). Measure each once."
                    )
                values[key] = Value(*key, number)
    return tuple(values.values())


def _about(name: str) -> str:
    """The recipe's own words, where it is one of the catalogue."""
    return inspect.cleandoc(load_recipe(name).__doc__ or "") if name in catalogue() else ""
