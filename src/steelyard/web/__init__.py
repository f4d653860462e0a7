"""The local page: predictions for peptides and the main job for tables, without programming (extra ``web``).

The page asks the network for nothing: style and script are inlined, and everything it computes is computed
by the process that serves it. Importing this package loads no web framework.
"""

from __future__ import annotations

from steelyard.web.app import create_app as create_app
from steelyard.web.run_server import serve as serve

__all__ = ["create_app", "serve"]
