"""What was promised against what was seen: points with intervals over a histogram of promises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from steelyard.report.scales import linear, logarithmic
from steelyard.report.svg_element import element, share
from steelyard.report.svg_plane import AXIS_ROOM, Plane, tone_of
from steelyard.report.write_numbers import count, percent

__all__ = ["reliability"]

HEIGHT = 240.0
HISTOGRAM = 46.0
GAP = 64.0
DOT = 3.6


def reliability(line: Mapping[str, Any], number: int) -> Markup:
    """Return the picture of one system; ``number`` gives its look."""
    scale = logarithmic(line["floor"], 1.0) if line["log"] else linear(0.0, 1.0, 2)
    plane = Plane(scale, scale, HEIGHT)
    tone = tone_of(number)
    points = line["points"]
    promised = [p["promised"] for p in points]
    # On an axis in powers of ten there is no place for none; such points are hollow, at its lower end.
    shown = [p for p in points if p["seen"] > 0 or not line["log"]]
    diagonal = element("path", class_="reference", d=f"M0 {HEIGHT} L100 0")
    curves = [
        diagonal,
        plane.band(promised, [p["low"] for p in points], [p["high"] for p in points], tone),
        plane.line([p["promised"] for p in shown], [p["seen"] for p in shown], tone),
    ]
    marks = []
    for p in points:
        x = share(scale(p["promised"]))
        words = (
            f"promised {percent(p['promised'])}, seen {percent(p['seen'])}"
            f" ({percent(p['low'])} to {percent(p['high'])}), {count(p['rows'])} rows"
        )
        marks.append(
            element(
                "g",
                element("title", words),
                element(
                    "circle",
                    class_=f"dot {tone}{'' if p in shown else ' hollow'}",
                    cx=x,
                    cy=plane.down(p["seen"]),
                    r=DOT,
                ),
            )
        )
    marks.extend(_histogram(line, scale, tone))
    ticks = [percent(tick) for tick in scale.ticks]
    told = (
        f"Mean probability {percent(line['promised'])}, share seen {percent(line['seen'])}. "
        + "; ".join(f"promised {percent(p['promised'])}, seen {percent(p['seen'])}" for p in points)
        + "."
    )
    return plane.draw(
        f"reliability-{number}",
        f"Calibration of {line['system']}",
        told,
        curves=curves,
        marks=marks,
        x_ticks=ticks,
        y_ticks=ticks,
        x_name="promised probability →",
        y_name="↑ share seen",
        below=GAP + HISTOGRAM - AXIS_ROOM + 4,
    )


def _histogram(line: Mapping[str, Any], scale: Any, tone: str) -> list[Markup]:
    """Return bars of the rows per bin under the axis, on a scale of roots so that few rows show."""
    most = max(p["rows"] for p in line["points"]) ** 0.5
    top = HEIGHT + GAP
    bars = []
    for p in line["points"]:
        left, right = scale(p["from"]), scale(p["to"])
        height = HISTOGRAM * p["rows"] ** 0.5 / most
        bars.append(
            element(
                "rect",
                class_=f"bar {tone} soft",
                x=share(left + 0.004),
                width=share(max(right - left - 0.008, 0.004)),
                y=top + HISTOGRAM - height,
                height=height,
            )
        )
    bars.append(element("line", class_="base", x1=0, x2="100%", y1=top + HISTOGRAM, y2=top + HISTOGRAM))
    bars.append(element("text", "rows", class_="tick-text", x=-8, y=top + HISTOGRAM, text_anchor="end"))
    return bars
