"""A recipe's table as one HTML page that needs nothing else, in the look of the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from steelyard import __version__
from steelyard.recipes.machinery.about_blocks import inline_pieces
from steelyard.recipes.machinery.collect_page import collect_page
from steelyard.recipes.machinery.results import Table
from steelyard.recipes.machinery.verdict import CANNOT_TELL, DOES_NOT_HOLD, HOLDS
from steelyard.report.scales import Scale
from steelyard.report.svg_strip import interval_strip

__all__ = ["to_html"]

SHEETS = ("screen.css", "print.css", "recipe.css")
AXIS_ROOM = 0.05
TONES = {HOLDS: "held", DOES_NOT_HOLD: "failed", CANNOT_TELL: "unclear"}
MARKS = {"code": "code", "strong": "strong"}


@cache
def _environment() -> Environment:
    """Return the templates, those of the report among them; everything is escaped but our own markup."""
    environment = Environment(
        loader=ChoiceLoader(
            [PackageLoader("steelyard.recipes.machinery"), PackageLoader("steelyard.report")]
        ),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["inline"] = _inline
    environment.globals.update(TONES=TONES, strip=_strip, version=__version__)
    return environment


def to_html(table: Table) -> str:
    """Return the page of a table.

    Parameters
    ----------
    table : Table

    Returns
    -------
    str
        One HTML document, UTF-8 when written.
    """
    page = collect_page(table)
    environment = _environment()
    loader: Any = environment.loader
    styles = Markup("\n".join(loader.get_source(environment, name)[0] for name in SHEETS))
    axes = {
        (i, metric): _axis(group, metric) for i, group in enumerate(page["groups"]) for metric in page["main"]
    }
    return environment.get_template("recipe.html").render(page=page, styles=styles, axes=axes)


def _inline(text: str) -> Markup:
    """Text with its code and emphasis marked, and everything in it escaped."""
    written = []
    for kind, piece in inline_pieces(text):
        if kind == "link":
            written.append(Markup('<a href="{0}">{0}</a>').format(piece))
        elif kind in MARKS:
            written.append(Markup("<{0}>{1}</{0}>").format(MARKS[kind], piece))
        else:
            written.append(escape(piece))
    return Markup("").join(written)


def _axis(group: Mapping[str, Any], metric: str) -> Scale | None:
    """Return the axis that the strips of one metric share within a data set."""
    cells: Sequence[Mapping[str, Any]] = [
        line["cells"][metric] for line in group["rows"] if metric in line["cells"]
    ]
    ends = [
        cell[name]
        for cell in cells
        for name in ("mean", "low", "high", "reference")
        if cell[name] is not None
    ]
    if not ends:
        return None
    low, high = min(ends), max(ends)
    room = AXIS_ROOM * (high - low) or 1.0
    return Scale(low - room, high + room, ())


def _strip(cell: Mapping[str, Any], scale: Scale) -> Markup:
    """A dot with its interval, and a line where the paper's figure lies."""
    return interval_strip(
        cell["mean"], cell["low"], cell["high"], scale, tone="first", reference=cell["reference"]
    )
