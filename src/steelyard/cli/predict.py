"""``steelyard predict``: labels and probabilities for new rows."""

from __future__ import annotations

from typing import Any

import click

from steelyard.cli import options as shared
from steelyard.cli.commands import Command

__all__ = ["predict"]


@click.command(cls=Command, short_help="Labels and probabilities for new rows.")
@click.argument("model", metavar="MODEL")
@shared.source_argument
@click.option(
    "--out", "-o", metavar="FILE", help="CSV, TSV, Parquet or Feather; else CSV on standard output."
)
@click.option(
    "--prevalence",
    metavar="CLASS=SHARE",
    help="Class shares where the rows come from; 'em' or 'bbse' estimates them from the rows.",
)
@click.option("--encoding", help="Of a text file, such as latin-1; found out by default.")
@shared.model_options
def predict(model: str, source: str, out: str | None, **given: Any) -> None:
    """Predict the rows of SOURCE with MODEL, a model.skops or the folder that holds it.

    The seal beside the model is verified first, and the columns are compared with those of training.
    """
    from steelyard import flow

    given["trust"], given["signed_by"] = shared.names_and_key(given["trust"])
    frame = flow.predict(model, source, out=out, **given)
    click.echo(frame.to_csv(index=False), nl=False) if out is None else click.echo(
        f"wrote {len(frame)} predictions to {out}"
    )
