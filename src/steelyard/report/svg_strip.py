"""One-line pictures beside a text that says the same: a bar, an interval on an axis, the axis itself.

They are hidden from screen readers, for the figures stand next to them in words.
"""

from __future__ import annotations

from markupsafe import Markup

from steelyard.report.scales import Scale
from steelyard.report.svg_element import element, share

__all__ = ["axis", "bar", "interval_strip"]

BAR_HEIGHT = 12
STRIP_HEIGHT = 26
OVERLAP = 8
"""Pixels by which a reference line leaves its strip, so that it joins the next row's."""
DOT = 4.5
LEAST_BAR = "max(2px, {})"


def _strip(height: float, *marks: Markup, class_: str = "strip") -> Markup:
    return element("svg", *marks, class_=class_, width="100%", height=height, aria_hidden="true")


def bar(fraction: float, tone: str = "common", height: float = BAR_HEIGHT) -> Markup:
    """Return a bar over ``fraction`` of the width; what is not zero stays visible."""
    width = share(min(max(fraction, 0.0), 1.0))
    mark = element(
        "rect",
        class_=f"bar {tone}",
        x=0,
        y=0,
        width=width,
        height=height,
        rx=1,
        style=f"width:{LEAST_BAR.format(width)}" if fraction > 0 else None,
    )
    track = element("rect", class_="track", x=0, y=0, width="100%", height=height, rx=1)
    return _strip(height, track, mark)


def interval_strip(
    mean: float | None,
    low: float | None,
    high: float | None,
    scale: Scale,
    *,
    tone: str = "common",
    reference: float | None = None,
) -> Markup:
    """Return a dot with its interval on the axis of ``scale``, and a line at ``reference``."""
    middle = STRIP_HEIGHT / 2
    marks = [element("line", class_="rail", x1=0, x2="100%", y1=middle, y2=middle)]
    if reference is not None:
        place = share(scale(reference))
        marks.append(
            element("line", class_="reference", x1=place, x2=place, y1=-OVERLAP, y2=STRIP_HEIGHT + OVERLAP)
        )
    if low is not None and high is not None:
        marks.append(
            element(
                "line",
                class_=f"whisker {tone}",
                x1=share(scale(low)),
                x2=share(scale(high)),
                y1=middle,
                y2=middle,
            )
        )
    if mean is not None:
        marks.append(element("circle", class_=f"dot {tone}", cx=share(scale(mean)), cy=middle, r=DOT))
    return _strip(STRIP_HEIGHT, *marks)


def axis(scale: Scale, written: list[str], reference: float | None = None) -> Markup:
    """Return the ticks under a column of strips; the first and last lean inwards."""
    marks = []
    last = len(scale.ticks) - 1
    for number, (tick, text) in enumerate(zip(scale.ticks, written, strict=True)):
        place = share(scale(tick))
        strong = reference is not None and abs(tick - reference) < 1e-12
        anchor = "start" if number == 0 else "end" if number == last else "middle"
        marks.append(element("line", class_="tick", x1=place, x2=place, y1=0, y2=5))
        marks.append(
            element(
                "text",
                text,
                class_="tick-text strong" if strong else "tick-text",
                x=place,
                y=18,
                text_anchor=anchor,
            )
        )
    return _strip(24, *marks, class_="strip axis")
