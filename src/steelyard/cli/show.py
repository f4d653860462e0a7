"""What commands print: renderables for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

__all__ = ["show", "write_json"]


def show(renderable: Any) -> None:
    """Print to a terminal in colour, anywhere else as plain text of a fixed width."""
    if sys.stdout.isatty():
        from rich.console import Console

        Console(highlight=False, emoji=False).print(renderable, markup=False)
        return
    from steelyard.report import to_text

    click.echo(to_text(renderable))


def write_json(content: Any, where: str) -> None:
    """Write JSON to a file, or to standard output when ``where`` is ``-``."""
    text = json.dumps(content, indent=1, allow_nan=False)
    if where == "-":
        click.echo(text)
        return
    from steelyard.store import write_whole

    write_whole(where, text + "\n")
