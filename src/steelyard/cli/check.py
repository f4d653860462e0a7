"""``steelyard check``: which kind of imbalance a table has, and what else is wrong with it."""

from __future__ import annotations

from typing import Any

import click

from steelyard.cli import options as shared
from steelyard.cli.commands import Command
from steelyard.cli.show import show, write_json
from steelyard.cli.source import read_source

__all__ = ["check"]

FOUND = 1


@click.command(cls=Command, short_help="Diagnosis only: findings with codes; exit code 1 if there are any.")
@shared.source_argument
@shared.target_option
@click.option(
    "--only",
    multiple=True,
    callback=shared.names,
    metavar="CODES",
    help="Checks to run, such as SY001,SY004.",
)
@shared.reading_options(training=True)
@shared.html_option
@shared.json_option
@shared.seed_option
@shared.quiet_option
def check(source: str, target: str | None, only: tuple[str, ...], **given: Any) -> None:
    """Diagnose the table SOURCE.

    The exit code is 1 when a check finds something of severity warning or above, 0 when none does.
    """
    from steelyard import flow
    from steelyard.report import collect, findings_summary

    dataset = read_source(source, target, given)
    findings = flow.check(
        dataset,
        only=only or None,
        html=given["html"],
        random_state=given["seed"],
        progress=False if given["quiet"] else None,
    )
    if given["json_to"]:
        write_json([finding.to_dict() for finding in findings], given["json_to"])
    if given["json_to"] != "-":
        show(findings_summary(collect(dataset, findings)))
    click.get_current_context().exit(FOUND if any(finding.alarming for finding in findings) else 0)
