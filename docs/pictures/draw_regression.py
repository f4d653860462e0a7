"""Draws what SMOGN does to a skewed target: targets and relevance, and the rows that are made.

Run it as ``python docs/pictures/draw_regression.py``; it writes ``regression.svg`` beside itself.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from markupsafe import Markup
from sklearn.datasets import load_diabetes

from steelyard.balance.regression import SMOGN, relevance
from steelyard.report.svg_element import element

HERE = Path(__file__).parent
POINTS = [[200, 0], [280, 1]]
WIDTH, HEIGHT = 760, 520
MARGIN, GAP, TOP = 46, 34, 30
PANEL_WIDTH = (WIDTH - 2 * MARGIN - GAP) / 2
BARS_HEIGHT, ROWS_HEIGHT = 130, 270
MOST_IN_A_BAR = 60
TARGET_RANGE, BMI_RANGE = (20.0, 360.0), (17.0, 43.0)
GREY, INK, BLUE, ORANGE = "#b8bec6", "#333b45", "#1f6feb", "#d9730d"
COLOURS = {"": GREY, "SMOTER": BLUE, "GaussianNoise": ORANGE}
NAMES = {"": "rows as they came", "SMOTER": "made between neighbours", "GaussianNoise": "made with noise"}


def across(value: float, low: float, high: float, left: float) -> float:
    """Where a value lies within a panel that starts at ``left``."""
    return float(left + (value - low) / (high - low) * PANEL_WIDTH)


def up(value: float, low: float, high: float, bottom: float, height: float) -> float:
    """Where a value lies above ``bottom``."""
    return float(bottom - (value - low) / (high - low) * height)


def words(text: str, x: float, y: float, *, size: int = 12, anchor: str = "start", fill: str = INK) -> Markup:
    """Return a line of text."""
    return element("text", text, x=x, y=y, font_size=size, text_anchor=anchor, fill=fill)


def bars(y: np.ndarray, left: float, title: str) -> Iterable[Markup]:
    """Yield a histogram of targets, coloured where they are rare, under the curve of relevance."""
    bottom = TOP + BARS_HEIGHT
    yield words(title, left, TOP - 10, size=13)
    edges = np.linspace(*TARGET_RANGE, 35)
    for count, start, stop in zip(np.histogram(y, edges)[0].tolist(), edges, edges[1:], strict=False):
        height = count / MOST_IN_A_BAR * BARS_HEIGHT
        x = across(start, *TARGET_RANGE, left)
        rare = relevance([(start + stop) / 2], POINTS)[0] >= 0.5
        width = across(stop, *TARGET_RANGE, left) - x - 1
        yield element("rect", x=x, y=bottom - height, width=width, height=height, fill=INK if rare else GREY)
    grid = np.linspace(*TARGET_RANGE, 120)
    curve = " ".join(
        f"{across(value, *TARGET_RANGE, left):.1f},{up(height, 0, 1, bottom, BARS_HEIGHT):.1f}"
        for value, height in zip(grid, relevance(grid, POINTS), strict=True)
    )
    yield element("polyline", points=curve, fill="none", stroke=BLUE, stroke_width=1.5)
    yield words("relevance", left + PANEL_WIDTH, TOP - 4, size=11, anchor="end", fill=BLUE)
    for value in (100, 200, 300):
        yield words(str(value), across(value, *TARGET_RANGE, left), bottom + 14, size=11, anchor="middle")


def rows(bmi: np.ndarray, y: np.ndarray, left: float, sampler: SMOGN | None) -> Iterable[Markup]:
    """Yield the rows as points, those that were made in colour and joined to their seed."""
    top = TOP + BARS_HEIGHT + 34
    bottom = top + ROWS_HEIGHT
    method = np.full(len(y), "") if sampler is None else sampler.method_
    yield element("rect", x=left, y=top, width=PANEL_WIDTH, height=ROWS_HEIGHT, fill="none", stroke=GREY)
    for name, colour in COLOURS.items():
        for row in np.flatnonzero(method == name).tolist():
            x = across(bmi[row], *BMI_RANGE, left)
            height = up(y[row], *TARGET_RANGE, bottom, ROWS_HEIGHT)
            if name and sampler is not None:
                seed = int(np.flatnonzero(sampler.origin_ == sampler.parents_[row, 0])[0])
                yield element(
                    "line",
                    x1=x,
                    y1=height,
                    x2=across(bmi[seed], *BMI_RANGE, left),
                    y2=up(y[seed], *TARGET_RANGE, bottom, ROWS_HEIGHT),
                    stroke=colour,
                    stroke_width=0.7,
                )
            yield element("circle", cx=x, cy=height, r=2.2, fill=colour)
    for value in (100, 200, 300):
        yield words(
            str(value), left - 6, up(value, *TARGET_RANGE, bottom, ROWS_HEIGHT) + 4, size=11, anchor="end"
        )
    for value in (20, 30, 40):
        yield words(str(value), across(value, *BMI_RANGE, left), bottom + 15, size=11, anchor="middle")
    yield words("body mass index", left + PANEL_WIDTH, bottom + 30, size=11, anchor="end")


def draw() -> Markup:
    """Return the whole picture."""
    X, y = load_diabetes(return_X_y=True, scaled=False)
    measured = X[:, [2, 3, 8]]  # body mass index, blood pressure, a blood serum
    sampler = SMOGN(relevance=POINTS, standardize=True, random_state=0)
    made, y_new = sampler.fit_resample(measured, y)
    right = MARGIN + PANEL_WIDTH + GAP
    marks = [element("rect", width=WIDTH, height=HEIGHT, fill="white")]
    marks += bars(y, MARGIN, f"{len(y)} rows: progression of diabetes")
    marks += bars(y_new, right, f"{len(y_new)} rows after SMOGN")
    marks += rows(measured[:, 0], y, MARGIN, None)
    marks += rows(made[:, 0], y_new, right, sampler)
    for place, (name, colour) in enumerate(COLOURS.items()):
        x = MARGIN + 190 * place
        marks.append(element("circle", cx=x + 4, cy=HEIGHT - 14, r=4, fill=colour))
        marks.append(words(NAMES[name], x + 14, HEIGHT - 10))
    return element(
        "svg",
        element("title", "A skewed target, and the rows SMOGN makes"),
        *marks,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        width=WIDTH,
        height=HEIGHT,
        font_family="system-ui, sans-serif",
    )


if __name__ == "__main__":
    (HERE / "regression.svg").write_text(str(draw()) + "\n", encoding="utf-8")
