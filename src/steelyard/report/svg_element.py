"""The one place where SVG text is written: every attribute and text escaped, every number rounded.

Pictures here are fluid: horizontal places are percentages of the width, vertical ones pixels, so that
letters keep their size on a phone. Curves sit in an inner ``svg`` that stretches, with strokes that do not.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

__all__ = ["chart", "curve", "element", "share", "stretched"]


def _written(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".") if math.isfinite(value) else "0"
    return str(value)


def element(name: str, *children: object, **attributes: object) -> Markup:
    """Return one element; ``class_`` is class, ``stroke_width`` is stroke-width, None leaves it out.

    >>> print(element("text", "<b>", x=1.0, class_="label", text_anchor=None))
    <text x="1" class="label">&lt;b&gt;</text>
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_written(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    inside = Markup("").join(escape(child) for child in children)
    return Markup(f"<{name}{written}>{inside}</{name}>")


def share(fraction: float) -> str:
    """Return a fraction of the width as SVG writes it.

    >>> share(0.25)
    '25%'
    """
    return f"{_written(100.0 * float(fraction))}%"


def chart(slug: str, title: str, description: str, height: float, marks: Iterable[object]) -> Markup:
    """Return a whole picture that a screen reader can name and describe."""
    return element(
        "svg",
        element("title", title, id=f"{slug}-title"),
        element("desc", description, id=f"{slug}-desc"),
        *marks,
        class_="chart",
        role="img",
        width="100%",
        height=height,
        aria_labelledby=f"{slug}-title {slug}-desc",
    )


def stretched(height: float, marks: Iterable[object], *, cut: bool = False) -> Markup:
    """Return an inner picture 100 wide and ``height`` high; ``cut`` hides what leaves it."""
    return element(
        "svg",
        *marks,
        x=0,
        y=0,
        width="100%",
        height=height,
        viewBox=f"0 0 100 {_written(height)}",
        preserveAspectRatio="none",
        overflow="hidden" if cut else "visible",
    )


def curve(points: Sequence[tuple[float, float]], *, close: bool = False) -> str:
    """Return the path through ``points``."""
    if not points:
        return ""
    steps = " L".join(f"{_written(float(x))} {_written(float(y))}" for x, y in points)
    return f"M{steps}{'Z' if close else ''}"
