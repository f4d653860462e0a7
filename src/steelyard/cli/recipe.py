"""``steelyard recipe``: the systems of recent papers, each beside what its paper printed."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import click

from steelyard.cli import options as shared
from steelyard.cli.commands import Commands, Stopped
from steelyard.cli.show import show
from steelyard.recipes import SCALES, catalogue, find_recipe, load_recipe

__all__ = ["recipe"]

WORK = ".run"


@click.group(cls=Commands, short_help="Systems of recent papers, beside what the papers printed.")
def recipe() -> None:
    """Run a paper's system and print its table beside ours, with a verdict on what must hold."""


@recipe.command("list", short_help="The recipes there are.")
def list_recipes() -> None:
    """List the recipes by the names the other commands take."""
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column()
    for known in catalogue().values():
        table.add_row(Text(known.name, style="bold"), Text(known.title))
    show(table)


@recipe.command("show", short_help="What a recipe does, and where it differs from its paper.")
@click.argument("name", metavar="NAME")
def show_recipe(name: str) -> None:
    """Say what the recipe NAME claims, and where it differs from its paper."""
    known = find_recipe(name)
    module = load_recipe(name)
    click.echo(known.title)
    click.echo(f"{module.PAPER.title}. {module.PAPER.citation}\n")
    click.echo(inspect.cleandoc(module.__doc__ or ""))
    click.echo(f"\nsteelyard recipe run {known.name} --scale {'|'.join(SCALES)}")


@recipe.command("run", short_help="Print the paper's table beside ours, and judge its claims.")
@click.argument("name", metavar="NAME")
@click.option(
    "--scale",
    type=click.Choice(SCALES),
    default=SCALES[0],
    show_default=True,
    help="Seconds, minutes, or the paper's own setting.",
)
@click.option("--out", metavar="DIR", help="Folder for the results; NAME-SCALE.steelyard by default.")
@click.option("--resume", is_flag=True, help="Go on with a run that was stopped.")
@click.option("--force", is_flag=True, help="Write over a finished run, or begin a stopped one anew.")
@shared.jobs_option
@shared.quiet_option
def run_recipe(name: str, scale: str, out: str | None, **given: Any) -> None:
    """Run the recipe NAME.

    Its folder then holds report.html, table.json and table.md. Each finished unit of work is on disk before
    the next begins, so that a stopped run goes on with --resume.
    """
    known = find_recipe(name)
    module = load_recipe(name)
    folder = Path(out or f"{known.name}-{scale}.steelyard")
    try:
        table = module.main(
            scale,
            jobs=given["jobs"],
            out=folder,
            resume=given["resume"],
            force=given["force"],
            progress=False if given["quiet"] else None,
        )
    except KeyboardInterrupt as error:
        kept = folder / WORK
        if not kept.exists():
            raise
        raise Stopped(f"finished units are kept in {kept}, continue with --resume") from error
    from steelyard.recipes.machinery.to_terminal import to_terminal

    show(to_terminal(table))
    click.echo(f"\nreport  {folder / 'report.html'}")
