"""``steelyard list``: what there is."""

from __future__ import annotations

import click

from steelyard.cli import options as shared
from steelyard.cli.deep_rows import DEEP_ROWS
from steelyard.cli.show import show, write_json

__all__ = ["listing"]

SHELVES = ("samplers", "learners", "checks", "metrics", "datasets")


@click.command("list", short_help="Samplers, learners, checks, metrics or data sets.")
@click.argument("what", type=click.Choice(SHELVES))
@click.option("--on", metavar="MODALITY", help="Only what works on this: table, text ...")
@shared.json_option
def listing(what: str, on: str | None, json_to: str | None) -> None:
    """List what there is, by the names the other commands take."""
    from steelyard import flow

    rows = flow.listing(what, on)
    if what == "learners" and on in (None, "table"):
        rows = rows + [{"name": name, "about": about} for name, about in DEEP_ROWS.items()]
    if json_to:
        write_json(rows, json_to)
    if json_to == "-":
        return
    if not rows:
        click.echo(f"no {what} for {on}")
        return
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column()
    for row in rows:
        table.add_row(Text(row["name"], style="bold"), Text(row["about"]))
    show(table)
