"""``steelyard serve``: the local page for peptides and tables."""

from __future__ import annotations

import click

__all__ = ["serve"]


@click.command(short_help="A local page: predictions for peptides, and 'fit' without programming.")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    metavar="ADDRESS",
    help="What to bind to; this machine only by default.",
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8642, show_default=True, help="0 takes any that is free."
)
@click.option("--home", metavar="DIR", help="Where the model is kept; your data folder by default.")
@click.option("--no-open", is_flag=True, help="Do not open a browser.")
def serve(host: str, port: int, home: str | None, no_open: bool) -> None:
    """Open a page in the browser, served by this machine and for this machine only.

    The first start trains the peptide model, well under a minute; later ones open the sealed model that
    the first has kept. Needs the extra web: pip install 'steelyard[web]'.
    """
    from steelyard.web.run_server import default_home
    from steelyard.web.run_server import serve as run

    run(home or default_home(), host=host, port=port, open_browser=not no_open, say=click.echo)
