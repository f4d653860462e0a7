"""The exposure of rare classes in a few lines for the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from steelyard.report.write_numbers import count, figure, percent, quantity

__all__ = ["exposure_summary"]

HEADS = ("flipped", "labels", "called the other", "lift", "found", "accuracy", "balanced")


def exposure_summary(report: Mapping[str, Any]) -> Group:
    """Return which rare class is most exposed, and the curve of each.

    Parameters
    ----------
    report : mapping
        What :func:`steelyard.report.collect` returned, with an exposure.
    """
    panel = report["exposure"]
    parts: list[RenderableType] = [Text(panel["sentence"], style="bold")]
    for curve in panel["curves"]:
        parts += ["", _head(curve), _table(curve, panel["metric_title"])]
    if panel["curves"]:
        noise = f"{quantity(panel['noise'])} of {panel['metric_title']}"
        parts += ["", Text(f"Noticed: fallen by more than {panel['noise_how']} ({noise}).", style="dim")]
    rarer = ", ".join(f"{one['label']} ({one['rows']})" for one in panel["not_measured"])
    if rarer:
        parts.append(Text(f"Too few rows to be measured: {rarer}.", style="dim"))
    parts += [Text(note, style="dim") for note in panel["notes"]]
    return Group(*parts)


def _head(curve: Mapping[str, Any]) -> Text:
    flips = count(curve["flips"])
    breaks = f"{flips} wrong labels would break it ({curve['basis']})"
    if curve["basis"] == "more than":
        breaks = f"more than {flips} wrong labels are needed to break it"
    if not curve["flips"]:
        breaks = "no flip is needed"
    return Text(f"{curve['target']} into {curve['to']}: {count(curve['rows'])} rows, {breaks}")


def _table(curve: Mapping[str, Any], metric: str) -> Table:
    """One line a share; the first is the clean model."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 2), header_style="dim")
    for head in (*HEADS, metric, "noticed"):
        table.add_column(head, justify="right")
    for point in curve["points"]:
        shares = [percent(point[name]["mean"]) for name in ("asr", "lift", "recall")]
        scores = [figure(point[name]["mean"]) for name in ("accuracy", "balanced_accuracy", "metric")]
        seen = "" if not point["share"] else "yes" if point["noticed"] else "no"
        table.add_row(percent(point["share"]), quantity(point["flipped"]), *shares, *scores, seen)
    return table
