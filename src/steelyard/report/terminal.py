"""The report in a few lines for the terminal, drawn from the same dict as the page."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from steelyard.report.write_numbers import count, figure, interval, one_in, percent, probability, signed

__all__ = ["findings_summary", "summary", "to_text"]

SYSTEMS_SHOWN = 20
METRICS_SHOWN = 3
SEVERITY_STYLES = {"critical": "bold red", "warning": "yellow", "info": "blue"}
SEVERITY_MARKS = {"critical": "▲", "warning": "◆", "info": "●"}
TEXT_WIDTH = 100


def summary(report: Mapping[str, Any]) -> Group:
    """Return verdict, systems and findings of a report as something ``rich`` can print.

    Parameters
    ----------
    report : mapping
        What :func:`steelyard.report.collect` returned.

    Examples
    --------
    >>> import numpy as np
    >>> from steelyard.records import Dataset
    >>> from steelyard.report import collect
    >>> report = collect(Dataset(np.zeros((4, 1)), np.array(["a", "a", "a", "b"]), name="tiny"))
    >>> print(to_text(summary(report)))
    tiny: 4 rows, 2 classes; rarest "b", 1 row, 1 in 4 (25%)
    """
    parts: list[RenderableType] = [_data_line(report["data"], report["title"])]
    verdict = report["verdict"]
    if verdict:
        if verdict["headline"]:
            parts += ["", Text(verdict["headline"], style="bold")]
        if verdict["answers"]:
            parts += ["", _answers(verdict["answers"])]
    if report["systems"]:
        parts += ["", _systems(report["systems"])]
    if report["frequency"]:
        parts += ["", _frequency(report["frequency"])]
    if report["gains"]:
        parts += ["", _gains(report["gains"])]
    if report["systems"] and report["exposure"]:
        parts += ["", Text(report["exposure"]["sentence"])]
    if report["findings"]:
        parts += ["", findings_summary(report)]
    return Group(*parts)


def _data_line(data: Mapping[str, Any], title: str) -> Text:
    line = Text()
    line.append(title, style="bold")
    line.append(f": {count(data['rows'])} rows, {data['n_classes']} classes")
    rare = data["rare"]
    if rare and data["rows"]:
        share = rare["rows"] / data["rows"]
        rows = f"{count(rare['rows'])} row{'s' if rare['rows'] != 1 else ''}"
        line.append(f'; rarest "{rare["label"]}", {rows}, {one_in(share)} ({percent(share)})')
    return line


def _answers(answers: list[dict[str, Any]]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    for answer in answers:
        words = Text(answer["answer"], style="bold")
        for detail in answer["details"]:
            words.append(f"  {detail}", style="not bold")
        table.add_row(answer["question"], words)
    return table


def _systems(systems: Mapping[str, Any]) -> Group:
    names = systems["lead"][:METRICS_SHOWN]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("system", overflow="fold")
    for name in names:
        word = systems["words"][name]
        table.add_column(word["short"] + ("" if word["higher"] else " ↓"), justify="right", no_wrap=True)
        table.add_column("95% interval", style="dim", no_wrap=True)
    left = SYSTEMS_SHOWN
    for group in systems["groups"]:
        if group["why"] or left <= 0:
            continue
        table.add_row(Text(group["title"], style="dim italic"))
        for row in group["rows"][:left]:
            table.add_row(*_system_cells(row, systems))
        left -= min(left, len(group["rows"]))
    kept = sum(len(group["rows"]) for group in systems["groups"] if not group["why"])
    parts: list[RenderableType] = [table]
    if kept > SYSTEMS_SHOWN:
        parts.append(Text(f"and {kept - SYSTEMS_SHOWN} more", style="dim italic"))
    rows = [row for group in systems["groups"] if not group["why"] for row in group["rows"]]
    parts += [_synthetic(row) for row in rows[:SYSTEMS_SHOWN] if row["synthetic"]]
    for group in systems["groups"]:
        if group["why"]:
            parts.append(_put_aside(group))
    return Group(*parts)


def _system_cells(row: Mapping[str, Any], systems: Mapping[str, Any]) -> list[Text]:
    style = "bold green" if row["chosen"] else ""
    cells = [Text(f"{'→' if row['chosen'] else ' '} {row['system']}", style=style)]
    for metric in systems["lead"][:METRICS_SHOWN]:
        cell, digits = row["metrics"].get(metric), systems["words"][metric]["digits"]
        cells.append(Text(figure(cell["mean"], digits) if cell else "–", style=style))
        cells.append(Text(interval(cell["low"], cell["high"], digits) if cell else ""))
    return cells


def _synthetic(row: Mapping[str, Any]) -> Text:
    """Return how the rows that a system made up compare with real ones."""
    made = row["synthetic"]
    return Text("; ".join(filter(None, [f"{row['system']}: {made['words']}", made["detail"]])), style="dim")


def _put_aside(group: Mapping[str, Any]) -> Text:
    """Return the rows that were dropped or failed, each with why."""
    rows = [f"{row['system']} ({row['note']})" if row["note"] else row["system"] for row in group["rows"]]
    return Text(f"{group['title']}: {'; '.join(rows)}", style="dim")


def _frequency(frequency: Mapping[str, Any]) -> Group:
    """Return what is found of frequent and rare classes."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 2), header_style="dim")
    table.add_column("system", overflow="fold")
    for group in frequency["groups"]:
        table.add_column(f"{group['name']} ({len(group['classes'])})", justify="right", no_wrap=True)
    for row in frequency["rows"][:SYSTEMS_SHOWN]:
        cells = [row["found"][group["name"]] for group in frequency["groups"]]
        style = "bold green" if row["chosen"] else ""
        shares = [Text(percent(cell["mean"]) if cell else "–", style=style) for cell in cells]
        table.add_row(Text(row["system"], style=style), *shares)
    return Group(Text("Share of each class that is found, mean over groups of classes by their size"), table)


def _gains(gains: Mapping[str, Any]) -> Group:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 2), header_style="dim")
    for name in ("remedy", "gain", "95% interval", "p", ""):
        table.add_column(name, justify="right" if name in ("gain", "p") else "left")
    for row in gains["rows"][:SYSTEMS_SHOWN]:
        table.add_row(
            Text(row["system"]),
            signed(row["mean"], gains["digits"]),
            interval(row["low"], row["high"], gains["digits"], sign=True),
            probability(row["p_corrected"]),
            Text("helps", style="green") if row["helps"] else Text("no evidence", style="dim"),
        )
    head = Text(f"Gain in {gains['title']} over {gains['against']}, the best row without resampling")
    return Group(head, table)


def findings_summary(report: Mapping[str, Any]) -> Group:
    """Return the findings of a report, gravest first, and how many checks were clear."""
    findings = report["findings"]
    if not findings:
        return Group(Text("No check was run."))
    parts: list[RenderableType] = []
    for card in findings["found"]:
        head = Text()
        head.append(
            SEVERITY_MARKS.get(card["severity"], "●"), style=SEVERITY_STYLES.get(card["severity"], "")
        )
        head.append(f" {card['code']} ", style="dim")
        head.append(card["title"], style="bold")
        if card["n_rows"]:
            head.append(f"  {count(card['n_rows'])} row{'s' if card['n_rows'] != 1 else ''}", style="dim")
        parts.append(head)
        for words, style in ((card["explanation"], ""), (card["advice"], "italic")):
            if words:
                parts.append(Padding(Text(words, style=style), (0, 0, 0, 2)))
    clear, asked = len(findings["clear"]), len(findings["not_applicable"])
    parts.append(
        Text(f"{clear} check{'s' if clear != 1 else ''} clear, {asked} not applicable.", style="dim")
    )
    return Group(*parts)


def to_text(renderable: RenderableType, width: int = TEXT_WIDTH) -> str:
    """Return what ``rich`` would print, as plain text without colours.

    Examples
    --------
    >>> to_text("a")
    'a'
    """
    page = io.StringIO()
    console = Console(
        file=page, width=width, color_system=None, force_terminal=False, highlight=False, emoji=False
    )
    console.print(renderable, markup=False)
    return "\n".join(line.rstrip() for line in page.getvalue().splitlines()).rstrip()
