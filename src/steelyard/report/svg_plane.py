"""The frame of a picture with two axes: grid, ticks and names, fluid in width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from steelyard.report.scales import Scale
from steelyard.report.svg_element import chart, curve, element, share, stretched

__all__ = ["Plane", "tone_of"]

AXIS_ROOM = 44.0
"""Pixels under the plane for ticks and the name of the axis."""
TONES = ("first", "second", "third", "fourth")
DASHES = {"first": None, "second": "6 4", "third": "2 3", "fourth": "8 3 2 3"}


def tone_of(number: int) -> str:
    """Return the look of the line that comes as ``number``: colour and dashes, never colour alone."""
    return TONES[number % len(TONES)]


@dataclass(frozen=True)
class Plane:
    """A plane of ``height`` pixels; ``x`` and ``y`` give places, the methods give marks."""

    x: Scale
    y: Scale
    height: float = 260.0

    def down(self, value: float) -> float:
        """Return the pixel of ``value`` counted from above."""
        return self.height * (1.0 - self.y(value))

    def along(self, xs: Sequence[float], ys: Sequence[float]) -> list[tuple[float, float]]:
        """Return points in the stretched inner picture."""
        return [(100.0 * self.x(a), self.down(b)) for a, b in zip(xs, ys, strict=True)]

    def line(self, xs: Sequence[float], ys: Sequence[float], tone: str) -> Markup:
        """Return a curve."""
        return element(
            "path", class_=f"line {tone}", d=curve(self.along(xs, ys)), stroke_dasharray=DASHES.get(tone)
        )

    def band(self, xs: Sequence[float], low: Sequence[float], high: Sequence[float], tone: str) -> Markup:
        """Return the area between two curves."""
        outline = self.along(xs, high) + self.along(xs, low)[::-1]
        return element("path", class_=f"band {tone}", d=curve(outline, close=True))

    def draw(
        self,
        slug: str,
        title: str,
        description: str,
        *,
        curves: Sequence[Markup],
        marks: Sequence[Markup] = (),
        x_ticks: Sequence[str],
        y_ticks: Sequence[str],
        x_name: str,
        y_name: str,
        below: float = 0.0,
        cut: bool = False,
    ) -> Markup:
        """Return the whole picture: grid, curves, marks, with room of ``below`` pixels under it."""
        grid = []
        for tick, text in zip(self.y.ticks, y_ticks, strict=True):
            down = self.down(tick)
            grid.append(element("line", class_="grid", x1=0, x2="100%", y1=down, y2=down))
            grid.append(
                element("text", text, class_="tick-text", x=-8, y=down, dy="0.35em", text_anchor="end")
            )
        for tick, text in zip(self.x.ticks, x_ticks, strict=True):
            place = share(self.x(tick))
            grid.append(
                element("line", class_="tick", x1=place, x2=place, y1=self.height, y2=self.height + 5)
            )
            grid.append(
                element("text", text, class_="tick-text", x=place, y=self.height + 19, text_anchor="middle")
            )
        base = element("line", class_="base", x1=0, x2="100%", y1=self.height, y2=self.height)
        names = [
            element("text", y_name, class_="axis-name", x=-41, y=-16),
            element("text", x_name, class_="axis-name", x="100%", y=self.height + 38, text_anchor="end"),
        ]
        inner = stretched(self.height, curves, cut=cut)
        height = self.height + AXIS_ROOM + below
        return chart(slug, title, description, height, [*grid, inner, base, *marks, *names])
