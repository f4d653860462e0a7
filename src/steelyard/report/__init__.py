"""One page that says what to use, how sure that is, and where every figure comes from.

``collect`` makes a plain dict of the records, ``render`` draws it as one self-contained HTML page and
``summary`` as a few lines for the terminal.
"""

from steelyard.report.collect import REPORT_VERSION as REPORT_VERSION
from steelyard.report.collect import collect as collect
from steelyard.report.render import render as render
from steelyard.report.terminal import findings_summary as findings_summary
from steelyard.report.terminal import summary as summary
from steelyard.report.terminal import to_text as to_text

__all__ = ["REPORT_VERSION", "collect", "findings_summary", "render", "summary", "to_text"]
