"""One rare square among as many as it takes: what 1 in 43 looks like."""

from __future__ import annotations

import math

from markupsafe import Markup

from steelyard.report.svg_element import element

__all__ = ["MOST_SQUARES", "waffle"]

MOST_SQUARES = 600
PITCH = 10.0
SIDE = 7.6
WIDEST = 40
LARGEST = 2.2
"""Pixels for each unit of the drawing, at most."""


def waffle(share: float, label: str, words: str) -> Markup | None:
    """Return one marked square among 1 / share, or None where there would be too many or too few."""
    if share <= 0 or share > 0.2:
        return None
    n = round(1.0 / share)
    if n > MOST_SQUARES:
        return None
    across = min(WIDEST, max(10, math.ceil(math.sqrt(n * 2.6))))
    down = math.ceil(n / across)
    marked = (down // 2) * across + min(across // 3, max(0, n - (down // 2) * across - 1))
    marks = [
        element(
            "rect",
            class_="square rare" if i == marked else "square",
            x=(i % across) * PITCH,
            y=(i // across) * PITCH,
            width=SIDE,
            height=SIDE,
            rx=1.2,
        )
        for i in range(n)
    ]
    wide, high = across * PITCH - PITCH + SIDE, down * PITCH - PITCH + SIDE
    return element(
        "svg",
        element("title", f"{words} is “{label}”", id="waffle-title"),
        element("desc", f"{n} squares, one of them marked.", id="waffle-desc"),
        *marks,
        class_="waffle",
        role="img",
        viewBox=f"0 0 {wide:.1f} {high:.1f}",
        style=f"max-width:{wide * LARGEST:.0f}px",
        aria_labelledby="waffle-title waffle-desc",
    )
