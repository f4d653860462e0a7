"""``steelyard balance``: a balanced copy of a table, for training only."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import click

from steelyard.cli import options as shared
from steelyard.cli.commands import Command
from steelyard.cli.options import reading_of
from steelyard.cli.source import read_source
from steelyard.errors import BadOption

__all__ = ["balance"]


def _strategy(text: str) -> str | float | dict[str, int]:
    """A ratio, target counts per class, or one of imbalanced-learn's words.

    Examples
    --------
    >>> _strategy("0.5"), _strategy("fraud=200,theft=100"), _strategy("minority")
    (0.5, {'fraud': 200, 'theft': 100}, 'minority')
    """
    try:
        if "=" in text:
            pairs = [part.rpartition("=") for part in text.split(",")]
            return {label.strip(): int(count) for label, _, count in pairs}
        return float(text)
    except ValueError:
        if "=" in text:
            raise BadOption(
                f"--strategy takes whole numbers of rows, such as fraud=200,theft=100. Got {text!r} instead."
            ) from None
        return text


@click.command(cls=Command, short_help="A balanced copy of a table, for training only.")
@shared.source_argument
@shared.target_option
@click.option("--with", "with_", metavar="NAME", help="The sampler; see 'steelyard list samplers'.")
@click.option(
    "--out", "-o", required=True, metavar="FILE", help="CSV, TSV, Parquet or Feather by its suffix."
)
@click.option("--strategy", metavar="RATIO", help="0.5, minority, or rows per class: fraud=200,theft=100.")
@click.option("--origin", is_flag=True, help="Add a column with each row's source row, -1 if synthetic.")
@click.option(
    "--engine",
    metavar="WHERE",
    help="For a folder of Parquet files, larger than memory: local, or the address of a Dask scheduler, "
    "such as tcp://host:8786.",
)
@shared.reading_options(training=True)
@shared.seed_option
@shared.quiet_option
def balance(source: str, target: str | None, with_: str | None, out: str, **given: Any) -> None:
    """Resample the table SOURCE. Never evaluate on what comes out: 'compare' resamples inside the folds.

    A folder of Parquet files is resampled part by part into the new folder FILE, on this machine or where
    --engine says.
    """
    from steelyard import flow

    choices = shared.given(
        {"with_": with_, "sampling_strategy": _strategy(given["strategy"]) if given["strategy"] else None}
    )
    if given["engine"] or Path(source).is_dir():
        _in_parts(source, target, out, choices, given)
        return
    dataset = read_source(source, target, given)
    made = flow.balance(dataset, out=out, origin=given["origin"], random_state=given["seed"], **choices)
    now = Counter(made.y.tolist())
    synthetic = int((made.origin < 0).sum())
    for label, before in dataset.counts.items():
        click.echo(f"{label}: {before} -> {now[label]} rows")
    click.echo(f"{synthetic} of {len(made.y)} rows are synthetic; wrote {out}")


def _in_parts(
    source: str, target: str | None, out: str, choices: dict[str, Any], given: dict[str, Any]
) -> None:
    """Resample a folder of Parquet files."""
    from steelyard import flow

    made = flow.balance_folder(
        source,
        target,
        out=out,
        origin=given["origin"],
        reading=reading_of(given),
        engine=given["engine"],
        random_state=given["seed"],
        progress=False if given["quiet"] else None,
        **choices,
    )
    for label, before in made.counts_before.items():
        click.echo(f"{label}: {before} -> {made.counts_after[label]} rows")
    total = sum(made.counts_after.values())
    click.echo(f"{made.synthetic} of {total} rows are synthetic; wrote {out}, {len(made.files)} files")
    if made.note:
        click.echo(made.note)
