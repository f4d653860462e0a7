"""``steelyard balance``: a balanced copy of a table, for training only."""

from __future__ import annotations

from collections import Counter
from typing import Any

import click

from steelyard.cli import options as shared
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


@click.command(short_help="A balanced copy of a table, for training only.")
@shared.source_argument
@shared.target_option
@click.option("--with", "with_", metavar="NAME", help="The sampler; see 'steelyard list samplers'.")
@click.option(
    "--out", "-o", required=True, metavar="FILE", help="CSV, TSV, Parquet or Feather by its suffix."
)
@click.option("--strategy", metavar="RATIO", help="0.5, minority, or rows per class: fraud=200,theft=100.")
@click.option("--origin", is_flag=True, help="Add a column with each row's source row, -1 if synthetic.")
@shared.reading_options(training=True)
@shared.seed_option
def balance(source: str, target: str | None, with_: str | None, out: str, **given: Any) -> None:
    """Resample the table SOURCE. Never evaluate on what comes out: 'compare' resamples inside the folds."""
    from steelyard import flow

    dataset = read_source(source, target, given)
    choices = shared.given(
        {"with_": with_, "sampling_strategy": _strategy(given["strategy"]) if given["strategy"] else None}
    )
    made = flow.balance(dataset, out=out, origin=given["origin"], random_state=given["seed"], **choices)
    now = Counter(made.y.tolist())
    synthetic = int((made.origin < 0).sum())
    for label, before in dataset.counts.items():
        click.echo(f"{label}: {before} -> {now[label]} rows")
    click.echo(f"{synthetic} of {len(made.y)} rows are synthetic; wrote {out}")
