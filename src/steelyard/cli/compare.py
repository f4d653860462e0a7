"""``steelyard compare``: remedies side by side on the same folds."""

from __future__ import annotations

from typing import Any

import click

from steelyard.cli import options as shared
from steelyard.cli.commands import Command
from steelyard.cli.deep_rows import with_deep_rows
from steelyard.cli.show import show, write_json
from steelyard.cli.source import label_of, read_source

__all__ = ["compare"]


@click.command(cls=Command, short_help="Remedies side by side on the same folds.")
@shared.source_argument
@shared.target_option
@shared.remedies_option
@shared.settings_options
@shared.reading_options(training=True)
@shared.html_option
@shared.json_option
@shared.jobs_option
@shared.seed_option
@shared.quiet_option
def compare(source: str, target: str | None, with_: tuple[str, ...], **given: Any) -> None:
    """Compare remedies on the table SOURCE, each fitted inside the folds.

    The constant classifier, the plain learner, class weights and a moved threshold are always rows.
    Nets (mlp, ft-transformer, mlp-npe, mlp-la) need the extra 'deep'.
    """
    from steelyard import flow
    from steelyard.report import collect, summary

    # Mistakes in the options, and packages that are missing, are told before the table is read.
    shared.settings_of(given)
    rows = with_deep_rows(with_, given["seed"])
    dataset = read_source(source, target, given)
    settings = shared.settings_of({**given, "positive": label_of(dataset, given["positive"])})
    scorecard = flow.compare(
        dataset,
        with_=rows or None,
        settings=settings,
        jobs=given["jobs"],
        html=given["html"],
        progress=False if given["quiet"] else None,
    )
    if given["json_to"] == "-":
        write_json(scorecard.to_dict(), "-")
        return
    if given["json_to"]:
        from steelyard.store import write_scorecard

        write_scorecard(scorecard, given["json_to"])
    show(summary(collect(dataset, [], scorecard, settings=settings.to_dict())))
