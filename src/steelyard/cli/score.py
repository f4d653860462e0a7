"""``steelyard score``: the same metrics on rows the model never saw, and whether the promise held."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from steelyard.cli import options as shared
from steelyard.cli.commands import Command
from steelyard.cli.show import show, write_json

__all__ = ["score"]


@click.command(cls=Command, short_help="The same metrics on labelled rows the model never saw.")
@click.argument("model", metavar="MODEL")
@shared.source_argument
@shared.target_option
@click.option("--out", metavar="FILE", help="Write the scores in the format of scorecard.json.")
@shared.reading_options(training=False)
@shared.model_options
@shared.seed_option
@shared.html_option
@shared.json_option
def score(model: str, source: str, target: str | None, out: str | None, **given: Any) -> None:
    """Score MODEL on the labelled table SOURCE, and compare with what its report promised."""
    from steelyard import flow

    trust, signed_by = shared.names_and_key(given["trust"])
    result = flow.score(
        model,
        source,
        target=target,
        out=out,
        html=given["html"],
        trust=trust,
        unsealed=given["unsealed"],
        signed_by=signed_by,
        reading=shared.reading_of(given),
        random_state=given["seed"],
    )
    if given["json_to"]:
        content = {"scorecard": result.scorecard.to_dict(), "promise": result.promise}
        write_json(content, given["json_to"])
    if given["json_to"] != "-":
        show(_table(result.scorecard))
        _say_promise(result.promise)


def _table(scorecard: Any) -> Any:
    """Every metric of the scorecard's row with its interval."""
    from rich.table import Table

    from steelyard.report.write_numbers import figure, interval

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading, justify in (("metric", "left"), ("value", "right"), ("95% interval", "left")):
        table.add_column(heading, justify=justify)  # type: ignore[arg-type]
    row = scorecard.rows[0]
    for name, estimate in row.metrics.items():
        table.add_row(name, figure(estimate.mean), interval(estimate.low, estimate.high))
    for label, estimate in row.recall.items():
        table.add_row(f"recall of {label}", figure(estimate.mean), interval(estimate.low, estimate.high))
    return table


def _say_promise(promise: Mapping[str, Any] | None) -> None:
    if promise is None:
        click.echo("\nNo scorecard lies beside the model, so there is no promise to compare with.")
    else:
        click.echo(f"\n{promise['sentence']}")
