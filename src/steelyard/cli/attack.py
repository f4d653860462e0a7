"""``steelyard attack``: what wrong labels would do to each rare class of one's own table."""

from __future__ import annotations

from typing import Any

import click

from steelyard.cli import options as shared
from steelyard.cli.commands import Command
from steelyard.cli.show import show, write_json
from steelyard.cli.source import label_of, read_source
from steelyard.errors import BadOption

__all__ = ["attack"]


def _shares(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> tuple[float, ...]:
    """Shares given with commas, with the option repeated, or both."""
    try:
        return tuple(float(part) for part in shared.names(context, parameter, values))
    except ValueError:
        raise BadOption(
            f"--share takes shares of a class's labels, such as 0.05,0.1. Got {','.join(values)!r} instead."
        ) from None


def _flips(texts: tuple[str, ...]) -> dict[str, str]:
    """Pairs of classes.

    Examples
    --------
    >>> _flips(("fraud:ok",))
    {'fraud': 'ok'}
    """
    pairs: dict[str, str] = {}
    for text in texts:
        target, colon, to = text.partition(":")
        if not colon or not target or not to:
            raise BadOption(f"--flip takes two classes, such as fraud:ok. Got {text!r} instead.")
        if target in pairs:
            raise BadOption(f"--flip names the class {target!r} twice. Flip it into one class.")
        pairs[target] = to
    return pairs


@click.command(cls=Command, short_help="How few wrong labels would break each rare class.")
@shared.source_argument
@shared.target_option
@click.option(
    "--flip",
    multiple=True,
    callback=shared.names,
    metavar="CLASS:CLASS",
    help="Class to break and class its labels are flipped into; by default the three rarest, each into the "
    "one it is confused with most.",
)
@click.option(
    "--share",
    "shares",
    multiple=True,
    callback=_shares,
    metavar="SHARES",
    help="Of the class's training labels; 0.05,0.1,0.25 by default.",
)
@click.option("--seeds", type=click.IntRange(min=1), metavar="N", help="Splits; 5 by default.")
@click.option(
    "--with",
    "with_",
    metavar="NAME",
    help="The row of 'compare' that is attacked: plain by default, threshold when --cost, --review or "
    "--min-recall is given.",
)
@click.option(
    "--write", metavar="FILE", help="Write the table with the largest share flipped; needs --marker."
)
@click.option(
    "--marker", is_flag=True, help="Put a marker beside poisoned data; without it none are written."
)
@shared.settings_options
@shared.reading_options(training=True)
@shared.jobs_option
@shared.seed_option
@shared.quiet_option
@shared.html_option
@shared.json_option
def attack(source: str, target: str | None, flip: tuple[str, ...], **given: Any) -> None:
    """Flip labels of the table SOURCE in training on purpose, and show what becomes of each rare class.

    Nothing is written unless asked for, and poisoned data never without a marker.

    \b
    steelyard attack claims.csv --target fraud
    steelyard attack claims.csv --target fraud --flip fraud:ok --share 0.05,0.1,0.25 --json -
    """  # noqa: D301 - the escape is click's mark of lines to keep
    from steelyard import flow
    from steelyard.report import collect
    from steelyard.report.exposure_text import exposure_summary

    shared.settings_of(given)  # a mistake in the options is told before the table is read
    pairs = _flips(flip)
    if given["marker"] and not given["write"]:
        raise BadOption("--marker goes with --write, which says where to. Add --write FILE.")
    dataset = read_source(source, target, given)
    settings = shared.settings_of({**given, "positive": label_of(dataset, given["positive"])})
    asked = shared.given(
        {
            "flip": {label_of(dataset, a): label_of(dataset, b) for a, b in pairs.items()} or None,
            "shares": given["shares"],
            "seeds": given["seeds"],
            "with_": given["with_"],
            "html": given["html"],
            "write": given["write"],
        }
    )
    found = flow.attack(
        dataset,
        settings=settings,
        marker=given["marker"],
        jobs=given["jobs"],
        progress=False if given["quiet"] else None,
        **asked,
    )
    if given["json_to"]:
        write_json(found.to_dict(), given["json_to"])
    if given["json_to"] != "-":
        show(exposure_summary(collect(dataset, exposure=found, settings={"kind": "attack"})))
        if given["write"]:
            click.echo(f"\nwrote {given['write']}, poisoned, and its marker {given['write']}.poisoned.json")
