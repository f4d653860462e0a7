"""``steelyard suspects``: rows whose label is doubtful, ranked, and pairs of classes with moved labels."""

from __future__ import annotations

from typing import Any

import click

from steelyard.cli import options as shared
from steelyard.cli.commands import Command
from steelyard.cli.show import show, write_json
from steelyard.cli.source import read_source

__all__ = ["suspects"]

FOUND = 1
SHOWN = 50
PAIRS_SHOWN = 5


@click.command(cls=Command, short_help="Rows whose label is doubtful, ranked; exit code 1 if there are any.")
@shared.source_argument
@shared.target_option
@click.option(
    "--top",
    type=click.IntRange(min=1),
    metavar="N",
    help=f"Most rows to list; all in files, {SHOWN} on the screen by default.",
)
@click.option(
    "--detectors",
    multiple=True,
    callback=shared.names,
    metavar="NAMES",
    help="flips (with the pair test), neighbours, spectral, clusters; the first two by default.",
)
@click.option(
    "--trusted",
    metavar="COLUMN",
    help="Says yes in rows, drawn by lot, whose label was checked: what the pair test compares with.",
)
@click.option("--out", "-o", metavar="FILE", help="Write the rows as CSV, TSV, Parquet or Feather.")
@shared.reading_options(training=True)
@shared.jobs_option
@shared.json_option
@shared.seed_option
@shared.quiet_option
def suspects(source: str, target: str | None, **given: Any) -> None:
    """List the rows of the table SOURCE whose label is doubtful, most doubtful first.

    A row is listed when a detector suspects it, in order of the mean score of all detectors. Rows are
    numbered from 0 in the order in which they were read. The exit code is 1 when a row or a pair of classes
    was found, 0 when none was.

    Doubt is no proof, and no finding is no proof either: where most labels of a class are wrong, the right
    ones look wrong.
    """
    from steelyard import flow

    dataset = read_source(source, target, given)
    report = flow.suspects(
        dataset,
        out=given["out"],
        top=given["top"],
        random_state=given["seed"],
        progress=False if given["quiet"] else None,
        **shared.given({name: given[name] for name in ("detectors", "trusted", "jobs")}),
    )
    if given["json_to"]:
        write_json(report.to_dict(), given["json_to"])
    if given["json_to"] != "-":
        show(_page(report, given["top"] or SHOWN))
    click.get_current_context().exit(FOUND if report.alarming else 0)


def _page(report: Any, most: int) -> Any:
    """Pairs, rows and notes as something ``rich`` can print."""
    from rich.console import Group
    from rich.text import Text

    from steelyard.report.write_numbers import count

    n = len(report.table)
    head = f"{count(n)} of {count(report.n_rows)} rows have a doubtful label" if n else "No label is doubtful"
    parts: list[Any] = [Text(f"{head}.", style="bold")]
    if n:
        parts += ["", _rows(report.table.head(most))]
        if n > most:
            parts.append(Text(f"and {count(n - most)} more; --top and -o list them", style="dim italic"))
    if report.pairs is not None and report.pairs.pairs:
        parts += ["", *_pairs(report.pairs)]
    if report.notes:
        parts += ["", *(Text(note, style="dim") for note in report.notes)]
    return Group(*parts)


def _table(*headings: tuple[str, str]) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading, justify in headings:
        table.add_column(heading, justify=justify)  # type: ignore[arg-type]
    return table


def _rows(lines: Any) -> Any:
    from steelyard.report.write_numbers import count, figure

    table = _table(
        ("row", "right"), ("label", "left"), ("perhaps", "left"), ("score", "right"), ("why", "left")
    )
    for line in lines.itertuples():
        table.add_row(
            count(line.row), str(line.given), str(line.suggested), figure(line.score, 2), line.evidence
        )
    return table


def _pairs(test: Any) -> list[Any]:
    from rich.text import Text

    from steelyard.report.write_numbers import figure, probability

    words = {
        "trusted": "as among the trusted rows",
        "mirror": "as many as the other way round",
        "background": "the background share",
    }
    table = _table(
        ("look like", "left"),
        ("labelled", "left"),
        ("rows", "right"),
        ("expected", "right"),
        ("p (Holm)", "right"),
        ("", "left"),
    )
    for pair in test.pairs[:PAIRS_SHOWN]:
        table.add_row(
            str(pair.looks),
            str(pair.given),
            str(pair.observed),
            figure(pair.expected, 1),
            probability(pair.p_corrected),
            Text(
                "more than honest" if pair.found else "no evidence", style="yellow" if pair.found else "green"
            ),
        )
    return [Text(f"Rows that look like another class; expected {words[test.against]}"), table]
