"""``steelyard fit``: from an imbalanced table to a sealed model and an honest report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from steelyard.cli import options as shared
from steelyard.cli.commands import Command, Stopped
from steelyard.cli.deep_rows import refuse_deep_rows
from steelyard.cli.show import show, write_json
from steelyard.cli.source import label_of, read_source

__all__ = ["fit"]


@click.command(cls=Command, short_help="The whole flow: a report, a scorecard, a model, a seal.")
@shared.source_argument
@shared.target_option
@click.option("--out", metavar="DIR", help="Where the results go; claims.csv to claims.steelyard by default.")
@shared.remedies_option
@shared.settings_options
@shared.reading_options(training=True)
@click.option("--resume", is_flag=True, help="Go on with a run that was stopped.")
@click.option("--force", is_flag=True, help="Start anew over what the folder holds.")
@click.option("--key", metavar="FILE", help="Private key that signs the seal; see 'steelyard seal keygen'.")
@shared.jobs_option
@shared.seed_option
@shared.quiet_option
@shared.json_option
def fit(source: str, target: str | None, out: str | None, with_: tuple[str, ...], **given: Any) -> None:
    """Learn from the table SOURCE and write report, scorecard, model and seal to a folder.

    SOURCE is a file (CSV, TSV, Parquet, Feather, ARFF, KEEL .dat) or the name of a public data set
    (see 'steelyard list datasets').

    \b
    steelyard fit claims.csv --target fraud
    steelyard fit claims.csv --target fraud --cost miss=20,false_alarm=1 --groups customer
    """  # noqa: D301 - the escape is click's mark of lines to keep
    from steelyard import flow
    from steelyard.flow.source import default_folder
    from steelyard.report import collect, summary
    from steelyard.store.run_folder import WORK

    shared.settings_of(given)  # a mistake in the options is told before the table is read
    refuse_deep_rows(with_)
    dataset = read_source(source, target, given)
    settings = shared.settings_of({**given, "positive": label_of(dataset, given["positive"])})
    folder = default_folder(source, dataset) if out is None else Path(out)
    try:
        result = flow.fit(
            dataset,
            out=folder,
            with_=with_ or None,
            settings=settings,
            jobs=given["jobs"],
            resume=given["resume"],
            force=given["force"],
            key=given["key"],
            progress=False if given["quiet"] else None,
        )
    except KeyboardInterrupt as error:
        kept = folder / WORK
        if not kept.exists():
            raise
        raise Stopped(f"finished units are kept in {kept}, continue with --resume") from error
    if given["json_to"]:
        write_json(result.scorecard.to_dict(), given["json_to"])
    if given["json_to"] != "-":
        show(
            summary(
                collect(
                    dataset,
                    result.findings,
                    result.scorecard,
                    seal=result.seal,
                    settings=settings.to_dict(),
                    exposure=result.exposure,
                )
            )
        )
        click.echo(f"\nreport  {result.report}\nmodel   {folder / 'model.skops'}\nseal    {result.seal.root}")
