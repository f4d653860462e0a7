"""The versions a result depends on."""

from __future__ import annotations

import platform
from importlib.metadata import version

from steelyard import __version__

__all__ = ["versions"]

PACKAGES = ("numpy", "scipy", "scikit-learn", "imbalanced-learn", "pandas", "skops")


def versions() -> dict[str, str]:
    """Return the version of Python and of each package whose numbers a run depends on.

    Examples
    --------
    >>> sorted(versions())[:2]
    ['imbalanced-learn', 'numpy']
    """
    return {
        "steelyard": __version__,
        **{name: version(name) for name in PACKAGES},
        "python": platform.python_version(),
    }
