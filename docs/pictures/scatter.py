"""A row of scatter plots as one SVG, with plain Python: what a sampler saw, did and left.

``scatter(path, panels)`` is all there is. A panel is ``(title, points, labels, marks)`` or
``(title, points, labels, marks, lines)``:

- ``points``: n pairs of numbers; all panels share one scale;
- ``labels``: n class names; each class has a colour and a shape of its own;
- ``marks``: n words, "" for a row as it came, "gone" for one left out, "made" for a synthetic one,
  "copied" for one that stands there several times, "chosen" for one to point at;
- ``lines``: pairs of row numbers to join, such as a synthetic row and its parents.
"""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

PANEL, GAP, MARGIN, TITLE, LEGEND = 268, 18, 20, 34, 40
INSET = 14
# Okabe and Ito's colours, told apart by colour-blind readers too; shapes tell the classes a second time.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00")
SHAPES = ("circle", "triangle", "square", "diamond", "pentagon")
CORNERS = {"triangle": 3, "square": 4, "diamond": 4, "pentagon": 5}
INK, SOFT, FRAME, PAPER, GROUND = "#2b323b", "#66707c", "#d5dae0", "#ffffff", "#f6f8fa"
RADIUS = 3.4
# Lines; rows where others are marked; rows.
FAINT, FADED, PLAIN = 0.38, 0.45, 0.82
WORDS = {"gone": "left out", "made": "synthetic", "copied": "copied", "chosen": "chosen"}
LETTER = 7.2  # about the width of a letter in the legend


def corners(shape: str, x: float, y: float, radius: float) -> str:
    """Return the corners of a regular shape, as SVG wants them."""
    n = CORNERS[shape]
    turn = np.pi / 4 if shape == "square" else 0.0
    angles = turn + 2 * np.pi * np.arange(n) / n
    return " ".join(f"{x + radius * np.sin(a):.1f},{y - radius * np.cos(a):.1f}" for a in angles)


def symbol(x: float, y: float, place: int, mark: str, opacity: float = PLAIN) -> str:
    """Return one row: its class by colour and shape, what happened to it by how it is drawn."""
    colour, shape = COLOURS[place % len(COLOURS)], SHAPES[place % len(SHAPES)]
    if mark == "gone":
        r = RADIUS
        return (
            f'<path d="M{x - r:.1f} {y - r:.1f}L{x + r:.1f} {y + r:.1f}M{x - r:.1f} {y + r:.1f}'
            f'L{x + r:.1f} {y - r:.1f}" stroke="{colour}" stroke-width="1.7" stroke-linecap="round"/>'
        )
    look = f'fill="{colour}" fill-opacity="{opacity}"'
    if mark == "made":
        look = f'fill="{PAPER}" stroke="{colour}" stroke-width="1.5"'
    ring = ""
    if mark in ("copied", "chosen"):
        stroke = colour if mark == "copied" else INK
        ring = (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{2 * RADIUS:.1f}" fill="none" '
            f'stroke="{stroke}" stroke-width="1.2"/>'
        )
    if shape == "circle":
        return f'{ring}<circle cx="{x:.1f}" cy="{y:.1f}" r="{RADIUS}" {look}/>'
    return f'{ring}<polygon points="{corners(shape, x, y, 1.3 * RADIUS)}" {look}/>'


def words(text: str, x: float, y: float, *, size: int, fill: str = INK, weight: int = 400) -> str:
    """Return one line of text."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" '
        f'fill="{fill}">{escape(text)}</text>'
    )


def entries(classes: Sequence[Any], marks: Iterable[str]) -> list[tuple[float, str, int, str]]:
    """Return the legend: where each entry starts, its words, class and mark; the last is its end."""
    wanted = [(str(label), place, "") for place, label in enumerate(classes)]
    wanted += [(WORDS[mark], 0, mark) for mark in WORDS if mark in marks]
    x, placed = float(MARGIN), []
    for text, place, mark in wanted:
        placed.append((x, text, place, mark))
        x += 6 * RADIUS + LETTER * len(text) + GAP
    return [*placed, (x, "", 0, "")]


def panel(
    left: float,
    title: str,
    points: np.ndarray,
    places: np.ndarray,
    marks: Sequence[str],
    lines: Iterable[Sequence[int]],
) -> Iterable[str]:
    """Yield one panel; ``points`` lie in the unit square."""
    yield words(title, left + 1, TITLE - 10, size=13, weight=600)
    yield (
        f'<rect x="{left:.1f}" y="{TITLE}" width="{PANEL}" height="{PANEL}" rx="8" fill="{PAPER}" '
        f'stroke="{FRAME}"/>'
    )
    inside = PANEL - 2 * INSET
    x, y = left + INSET + inside * points[:, 0], TITLE + INSET + inside * (1 - points[:, 1])
    for start, stop in lines:
        yield (
            f'<line x1="{x[start]:.1f}" y1="{y[start]:.1f}" x2="{x[stop]:.1f}" y2="{y[stop]:.1f}" '
            f'stroke="{SOFT}" stroke-width="0.8" stroke-opacity="{FAINT}"/>'
        )
    # Marked rows on top, and larger classes below, so that none hides what matters more.
    happened = np.array([bool(mark) for mark in marks])
    opacity = FADED if happened.any() else PLAIN
    for row in np.lexsort((-np.bincount(places)[places], happened)).tolist():
        yield symbol(x[row], y[row], int(places[row]), marks[row], opacity)


def scatter(path: Path, panels: Sequence[tuple[Any, ...]]) -> None:
    """Write one row of panels.

    Parameters
    ----------
    path : Path
        The SVG file.
    panels : sequence of (title, points, labels, marks) or (title, points, labels, marks, lines)
    """
    everything = np.vstack([np.asarray(points, dtype=float) for _, points, *_ in panels])
    middle, size = (everything.max(axis=0) + everything.min(axis=0)) / 2, np.ptp(everything, axis=0).max()
    classes = list(
        dict.fromkeys(label for _, _, labels, *_ in panels for label in np.asarray(labels).tolist())
    )
    found = [np.asarray(labels).tolist() for _, _, labels, *_ in panels]
    classes.sort(key=lambda label: -max(labels.count(label) for labels in found))
    seen = {mark for _, _, _, marks, *_ in panels for mark in marks}
    *legend, end = entries(classes, seen)
    width = max(2 * MARGIN + len(panels) * (PANEL + GAP) - GAP, int(end[0]))
    height = TITLE + PANEL + LEGEND
    drawn = []
    for number, (title, points, labels, marks, *lines) in enumerate(panels):
        places = np.array([classes.index(label) for label in np.asarray(labels).tolist()])
        left = MARGIN + number * (PANEL + GAP)
        unit = 0.5 + (np.asarray(points, dtype=float) - middle) / size
        drawn += panel(left, title, unit, places, list(marks), lines[0] if lines else ())
    for x, text, place, mark in legend:
        drawn.append(symbol(x + 2 * RADIUS, height - 18, place, mark))
        drawn.append(words(text, x + 6 * RADIUS, height - 14, size=12, fill=SOFT))
    titles = "; ".join(title for title, *_ in panels)
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" font-family="system-ui, sans-serif" role="img">\n'
        f"<title>{escape(titles)}</title>\n"
        f'<rect width="{width}" height="{height}" rx="10" fill="{GROUND}"/>\n'
        + "\n".join(drawn)
        + "\n</svg>\n",
        encoding="utf-8",
    )
