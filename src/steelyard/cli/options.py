"""The options that several commands share, each written once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from steelyard.errors import BadOption

__all__ = [
    "given",
    "html_option",
    "jobs_option",
    "json_option",
    "model_options",
    "names",
    "names_and_key",
    "quiet_option",
    "reading_of",
    "reading_options",
    "remedies_option",
    "seed_option",
    "settings_of",
    "settings_options",
    "source_argument",
    "target_option",
]

KEY_SUFFIXES = (".pem", ".pub", ".key", ".der", ".crt", ".cer")

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def names(
    context: click.Context | None, parameter: click.Parameter | None, values: Iterable[str] | None
) -> tuple[str, ...]:
    """Names given with commas, with the option repeated, or both."""
    parts = [part.strip() for value in values or () for part in value.split(",")]
    return tuple(part for part in parts if part)


def _pairs(
    context: click.Context | None, parameter: click.Parameter | None, values: Iterable[str] | None
) -> str | None:
    """``CLASS=NUMBER`` given with commas, with the option repeated, or both; None when not given."""
    return ",".join(names(context, parameter, values)) or None


def names_and_key(values: Iterable[str]) -> tuple[tuple[str, ...], str | None]:
    """Names of classes, and the public key (at most one) that was given among them.

    What is a file, has a folder in it or is named like a key is a key, so that a mistyped path is told and
    not taken for a class.

    Examples
    --------
    >>> names_and_key(["mine.Model", "alice.pem"])
    (('mine.Model',), 'alice.pem')
    """
    keys: list[str] = []
    classes: list[str] = []
    for value in values:
        is_key = value.lower().endswith(KEY_SUFFIXES) or set(value) & set("/\\") or Path(value).is_file()
        if not is_key and not (all(map(str.isidentifier, value.split("."))) and "." in value):
            raise BadOption(
                "--trust takes a public key such as pub.pem, or the full name of a class such as mine.Model. "
                f"Got {value!r} instead."
            )
        (keys if is_key else classes).append(value)
    if len(keys) > 1:
        raise BadOption(f"--trust takes one public key. Got {', '.join(keys)} instead.")
    return tuple(classes), keys[0] if keys else None


def given(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options that were given; the defaults of the others live in `steelyard.flow`.

    Examples
    --------
    >>> given({"folds": 3, "metric": None, "drop": ()})
    {'folds': 3}
    """
    return {name: value for name, value in options.items() if value is not None and value != ()}


def _all(options: Iterable[Decorator]) -> Decorator:
    """One decorator out of several, in the order they are to be listed."""
    listed = list(options)

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(listed):
            command = option(command)
        return command

    return decorate


source_argument = click.argument("source", metavar="SOURCE")
target_option = click.option("--target", metavar="COLUMN", help="The label column.")
jobs_option = click.option(
    "--jobs", type=click.IntRange(min=1), metavar="N", help="Worker processes; all cores by default."
)
seed_option = click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Where all randomness starts."
)
quiet_option = click.option("--quiet", "-q", is_flag=True, help="No progress bars.")
html_option = click.option("--html", metavar="FILE", help="Write the result as one page.")
json_option = click.option(
    "--json",
    "json_to",
    metavar="[FILE]",
    is_flag=False,
    flag_value="-",
    help="Write the result as JSON, to standard output when no file follows.",
)
remedies_option = click.option(
    "--with",
    "with_",
    multiple=True,
    callback=names,
    metavar="NAMES",
    help="Remedies to compare beside the baselines: smote,tomek-links,imblearn:adasyn,random-forest ... "
    "or none; see 'steelyard list samplers' and 'steelyard list learners'.",
)

READING = ("groups", "time", "weight", "part", "drop", "text", "encoding", "missing_target", "infinite")
_reading = (
    click.option("--groups", metavar="COLUMN", help="Rows of one group stay on one side of every split."),
    click.option("--time", metavar="COLUMN", help="Evaluate forwards in time only."),
    click.option("--weight", metavar="COLUMN", help="Sampling weight of each row."),
    click.option("--part", metavar="COLUMN", help="Official part (train, dev, test) of each row."),
    click.option("--drop", multiple=True, callback=names, metavar="COLUMNS", help="Columns to leave out."),
    click.option(
        "--text", multiple=True, callback=names, metavar="COLUMNS", help="Columns that are free text."
    ),
    click.option("--encoding", help="Of a text file, such as latin-1; found out by default."),
    click.option(
        "--missing-target",
        type=click.Choice(["refuse", "drop"]),
        help="Rows whose label is missing; refused by default.",
    ),
    click.option(
        "--infinite",
        type=click.Choice(["refuse", "missing"]),
        help="Infinite numbers; refused by default.",
    ),
)
_positive = click.option(
    "--positive", metavar="LABEL", help="The class to find; the rarest of two by default."
)
_rare = click.option(
    "--rare",
    type=click.Choice(["drop", "merge", "keep"]),
    help="What to do with classes of one row; refused by default.",
)


def reading_options(*, training: bool) -> Decorator:
    """Options about how a labelled table is read; ``training`` adds those about its classes."""
    return _all([*_reading, _positive, *([_rare] if training else [])])


def reading_of(options: Mapping[str, Any]) -> dict[str, Any]:
    """The reading options that were given, as `steelyard.data.load` names them."""
    wanted = (*READING, "positive", "rare")
    return given({name: options.get(name) for name in wanted})


SETTINGS = (
    *("cost", "review", "min_recall", "prevalence", "metric", "rule", "calibration", "learner"),
    *("folds", "repeats", "selection"),
)
settings_options = _all(
    [
        click.option("--cost", metavar="PRICES", help="miss=20,false_alarm=1, or a file with a cost matrix."),
        click.option("--review", type=int, metavar="N", help="How many rows can be looked at."),
        click.option(
            "--min-recall",
            multiple=True,
            callback=_pairs,
            metavar="CLASS=SHARE",
            help="The least share of a class that must be found.",
        ),
        click.option(
            "--prevalence",
            multiple=True,
            callback=_pairs,
            metavar="CLASS=SHARE",
            help="Class shares where the model will be used.",
        ),
        click.option("--metric", help="What rows are ranked by; see 'steelyard list metrics'."),
        click.option("--rule", help="What the threshold maximises when nothing else decides: f1, mcc ..."),
        click.option("--calibration", help="auto, sigmoid, isotonic, beta, temperature, venn-abers or none."),
        click.option("--learner", help="Engine of the plain learner: sklearn or lightgbm."),
        click.option("--folds", type=int, metavar="N", help="Of the cross-validation; 5 by default."),
        click.option("--repeats", type=int, metavar="N", help="Of the cross-validation; by size by default."),
        click.option("--selection", help="How the luck of being chosen is taken out: bbc or nested."),
    ]
)


def settings_of(options: Mapping[str, Any]) -> Any:
    """The `steelyard.flow.Settings` that were asked for."""
    from steelyard.flow import Settings

    asked = given({name: options.get(name) for name in SETTINGS})
    return Settings(**asked, positive=options.get("positive"), random_state=options["seed"])


model_options = _all(
    [
        click.option(
            "--trust",
            multiple=True,
            callback=names,
            metavar="PUB.PEM|NAMES",
            help="Public key that must have signed the seal; full names of your own classes in the model.",
        ),
        click.option("--unsealed", is_flag=True, help="Accept a model that has no seal beside it."),
    ]
)
