"""Cost of the decisions if a miss cost r false alarms, for r from 1 to 100."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from steelyard.report.scales import Scale, linear, logarithmic
from steelyard.report.svg_element import element, share
from steelyard.report.svg_plane import Plane
from steelyard.report.write_numbers import quantity

__all__ = ["COST_LINES", "cost_lines"]

HEIGHT = 280.0
COST_LINES = (
    ("cost", "first", "threshold that fits the cost"),
    ("as_decided", "second", "decisions as they are"),
    ("nobody", "third", "flag nothing"),
    ("everybody", "fourth", "flag everything"),
)
ROOM = 1.35
"""The picture ends a little above the best line, where doing nothing has become dear."""
RATIO_TICKS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)


def cost_lines(costs: Mapping[str, Any]) -> Markup:
    """Return the picture; lines that leave it upwards are cut at the edge."""
    points = costs["curve"]
    ratios = [p["ratio"] for p in points]
    base = logarithmic(ratios[0], ratios[-1])
    x = Scale(base.low, base.high, RATIO_TICKS, log=True)
    highest = max(p[key] for p in points for key in ("cost", "as_decided"))
    plane = Plane(x, replace(linear(0.0, max(highest * ROOM, 1e-9)), open=True), HEIGHT)
    curves = []
    for key, tone, _ in reversed(COST_LINES):
        curves.append(plane.line(ratios, [p[key] for p in points], tone))
    marks = []
    given = costs.get("given")
    if given and ratios[0] <= given <= ratios[-1]:
        place = share(x(given))
        anchor = "end" if x(given) > 0.6 else "start"
        marks = [
            element("line", class_="reference", x1=place, x2=place, y1=0, y2=HEIGHT),
            element(
                "text",
                f"your costs: {quantity(given)}",
                class_="note",
                x=place,
                y=12,
                dx=-6 if anchor == "end" else 6,
                text_anchor=anchor,
            ),
        ]
    ends = points[0], points[-1]
    told = "; ".join(
        f"{words}: {quantity(ends[0][key])} at ratio 1, {quantity(ends[1][key])} at ratio 100"
        for key, _, words in COST_LINES
    )
    return plane.draw(
        "costs",
        "Cost per 1000 rows for other prices of a miss",
        f"In false alarms per 1000 rows. {told}.",
        curves=curves,
        marks=marks,
        x_ticks=[quantity(tick) for tick in x.ticks],
        y_ticks=[quantity(tick) for tick in plane.y.ticks],
        x_name="a miss costs this many false alarms →",
        y_name="↑ cost per 1000 rows, in false alarms",
        cut=True,
    )
