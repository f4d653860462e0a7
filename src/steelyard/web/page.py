"""The page as one document: style and script inlined, and a policy that allows these and nothing else."""

from __future__ import annotations

import base64
import hashlib
from functools import cache

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from steelyard import __version__
from steelyard.web import limits

__all__ = ["page"]

STYLES = ("screen.css", "serve.css")  # the report's own sheet first: one look for both
SCRIPTS = ("page.js", "peptides.js", "card.js", "tables.js")


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def page() -> tuple[str, str]:
    """Return the document and its Content-Security-Policy.

    Examples
    --------
    >>> text, policy = page()
    >>> text.startswith("<!doctype html>"), "unsafe" in policy, "https:" in policy
    (True, False, False)
    """
    environment = Environment(
        loader=ChoiceLoader([PackageLoader("steelyard.web"), PackageLoader("steelyard.report")]),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    loader = environment.loader
    if loader is None:  # never: it was given above
        raise RuntimeError("the page has no templates")
    styles, scripts = (
        "\n" + "\n".join(loader.get_source(environment, name)[0] for name in names) + "\n"
        for names in (STYLES, SCRIPTS)
    )
    text = environment.get_template("page.html").render(
        styles=Markup(styles),
        script=Markup(scripts),
        version=__version__,
        limits=limits,
    )
    policy = (
        f"default-src 'none'; script-src {_digest(scripts)}; style-src {_digest(styles)}; img-src data:; "
        "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return text, policy
