"""What is found of each rare class as more of its training labels are wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from steelyard.report.scales import linear
from steelyard.report.svg_plane import Plane, tone_of
from steelyard.report.write_numbers import percent

__all__ = ["CURVES_DRAWN", "exposure_lines"]

HEIGHT = 240.0
CURVES_DRAWN = 4
"""As many as there are looks of a line; the table has them all."""


def exposure_lines(panel: Mapping[str, Any]) -> Markup:
    """Return the picture of the first classes of a panel."""
    curves = panel["curves"][:CURVES_DRAWN]
    most = max(point["share"] for curve in curves for point in curve["points"])
    plane = Plane(linear(0.0, most), linear(0.0, 1.0), HEIGHT)
    lines, told = [], []
    for number, curve in enumerate(curves):
        xs = [point["share"] for point in curve["points"]]
        ys = [point["recall"]["mean"] for point in curve["points"]]
        lines.append(plane.line(xs, ys, tone_of(number)))
        told.append(f"{curve['target']}: {percent(ys[0])} at none, {percent(ys[-1])} at {percent(xs[-1])}")
    return plane.draw(
        "exposure-lines",
        "What is found of each class as its labels are flipped",
        f"Share found by share of training labels flipped. {'; '.join(told)}.",
        curves=lines,
        x_ticks=[percent(tick) for tick in plane.x.ticks],
        y_ticks=[percent(tick) for tick in plane.y.ticks],
        x_name="share of the class's training labels flipped →",
        y_name="↑ share of the class found",
    )
