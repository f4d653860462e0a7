"""Precision against recall, with bands and the chance level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from steelyard.report.scales import linear
from steelyard.report.svg_element import element
from steelyard.report.svg_plane import Plane, tone_of
from steelyard.report.write_numbers import figure, percent

__all__ = ["precision_recall"]

HEIGHT = 320.0


def precision_recall(lines: Sequence[Mapping[str, Any]], label: str) -> Markup:
    """Return the curves of a few systems for the class ``label``."""
    plane = Plane(linear(0.0, 1.0), linear(0.0, 1.0), HEIGHT)
    chance = lines[0]["chance"]
    curves, told = [], []
    for number, line in enumerate(lines):
        curves.append(plane.band(line["recall"], line["low"], line["high"], tone_of(number)))
    for number, line in enumerate(lines):
        curves.append(plane.line(line["recall"], line["precision"], tone_of(number)))
        half = min(range(len(line["recall"])), key=lambda i, line=line: abs(line["recall"][i] - 0.5))
        told.append(f"{line['system']}: precision {figure(line['precision'][half], 2)} at recall 0.50")
    down = plane.down(chance)
    marks = [
        element("line", class_="reference", x1=0, x2="100%", y1=down, y2=down),
        element(
            "text",
            f"chance {percent(chance)}",
            class_="note",
            x=6,
            y=down - 6 if down > 20 else down + 14,
        ),
    ]
    ticks = [percent(tick) for tick in plane.x.ticks]
    return plane.draw(
        "precision-recall",
        f"Precision and recall for “{label}”",
        f"{'; '.join(told)}. A random ranking has precision {percent(chance)} at any recall.",
        curves=curves,
        marks=marks,
        x_ticks=ticks,
        y_ticks=[percent(tick) for tick in plane.y.ticks],
        x_name="recall: share of the rare rows found →",
        y_name="↑ precision: share of the flagged rows that are right",
    )
