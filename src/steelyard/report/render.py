"""A report's dict becomes one HTML page that needs nothing else: no network, no script, no font."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from steelyard.report import svg_strip, write_numbers
from steelyard.report.collect_protocol import duration
from steelyard.report.metric_words import metric_words
from steelyard.report.scales import Scale, linear
from steelyard.report.svg_costs import COST_LINES, cost_lines
from steelyard.report.svg_exposure import CURVES_DRAWN, exposure_lines
from steelyard.report.svg_plane import DASHES, tone_of
from steelyard.report.svg_precision_recall import precision_recall
from steelyard.report.svg_reliability import reliability
from steelyard.report.svg_waffle import waffle

__all__ = ["render"]

GAINS_SHOWN = 16
AXIS_ROOM = 0.05
CLASSES_SHOWN = 12
LARGE_CELLS = 4
UPRIGHT_HEADS = 6


@cache
def _environment() -> Environment:
    """Return the templates with everything in them escaped unless it is markup of our own."""
    environment = Environment(
        loader=PackageLoader("steelyard.report"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name in ("figure", "signed", "count", "mean_count", "quantity", "percent", "probability", "one_in"):
        environment.filters[name] = getattr(write_numbers, name)
    environment.filters["duration"] = duration
    environment.globals.update(
        interval=write_numbers.interval,
        bar=svg_strip.bar,
        interval_strip=svg_strip.interval_strip,
        metric_words=metric_words,
        linear=linear,
        waffle=waffle,
        precision_recall=precision_recall,
        reliability=reliability,
        cost_lines=cost_lines,
        exposure_lines=exposure_lines,
        tone_of=tone_of,
        EXPOSURES_DRAWN=CURVES_DRAWN,
        DASHES={tone: dashes for tone, dashes in DASHES.items() if dashes},
        cost_legend=[(tone, words) for _, tone, words in COST_LINES],
        tones=lambda lines: [(tone_of(i), line["system"]) for i, line in enumerate(lines)],
        GAINS_SHOWN=GAINS_SHOWN,
        CLASSES_SHOWN=CLASSES_SHOWN,
        LARGE_CELLS=LARGE_CELLS,
        UPRIGHT_HEADS=UPRIGHT_HEADS,
    )
    return environment


def render(report: Mapping[str, Any]) -> str:
    """Return the page of a report.

    Parameters
    ----------
    report : mapping
        What :func:`steelyard.report.collect` returned.

    Returns
    -------
    str
        One HTML document, UTF-8 when written.

    Examples
    --------
    >>> import numpy as np
    >>> from steelyard.records import Dataset
    >>> from steelyard.report import collect
    >>> page = render(collect(Dataset(np.zeros((4, 1)), np.array(["a", "a", "a", "<b>"]))))
    >>> page.startswith("<!doctype html>"), "<b>" in page
    (True, False)
    """
    template = _environment().get_template("report.html")
    return template.render(report=report, axes=_axes(report), axis=_axis, styles=_styles())


def _styles() -> Markup:
    """Return the style sheets; they are ours and hold nothing of the user's."""
    loader: Any = _environment().loader
    sheets = [loader.get_source(_environment(), name)[0] for name in ("screen.css", "print.css")]
    return Markup("\n".join(sheets))


def _axis(scale: Scale, *, sign: bool = False, reference: float | None = None, share: bool = False) -> Markup:
    """Return the ticks of ``scale`` as differences, shares or plain figures."""
    step = scale.ticks[1] - scale.ticks[0] if len(scale.ticks) > 1 else 1.0
    digits = max(0, next((d for d in range(9) if abs(round(step, d) - step) < step * 1e-6), 8))
    write = write_numbers.signed if sign else write_numbers.figure
    written = [
        write_numbers.percent(t) if share else "0" if sign and t == 0 else write(t, digits)
        for t in scale.ticks
    ]
    return svg_strip.axis(scale, written, reference)


def _padded(low: float, high: float) -> Scale:
    """Return an axis without ticks that leaves a little room at both ends."""
    room = AXIS_ROOM * (high - low) or 1.0
    return Scale(low - room, high + room, ())


def _axes(report: Mapping[str, Any]) -> dict[str, Scale]:
    """Return the axes that several strips share."""
    axes = {"share": linear(0.0, 1.0, 4)}
    systems = report["systems"]
    if systems and systems["axis"]:
        axes["systems"] = _padded(*systems["axis"])
    gains = report["gains"]
    if gains:
        ends = [
            end
            for row in gains["rows"][:GAINS_SHOWN]
            for end in (row["low"], row["mean"], row["high"])
            if end is not None
        ]
        axes["gains"] = linear(min([0.0, *ends]), max([0.0, *ends]), 4)
    drivers = report["drivers"]
    if drivers and drivers["importance"]:
        ends = [
            end
            for line in drivers["importance"]
            for end in (line.get("low"), line.get("mean"), line.get("high"))
            if end is not None
        ]
        axes["importance"] = linear(min([0.0, *ends]), max([0.0, *ends]), 4)
    return axes
