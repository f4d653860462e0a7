"""Steelyard: learning from imbalanced data of every kind.

Importing this door loads nothing else; each package below is imported when it is first touched::

    import steelyard as sy

    claims = sy.load("ecoli")
    sy.diagnose.checkup(claims)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from steelyard import (
        balance,
        data,
        decide,
        deep,
        diagnose,
        errors,
        evaluate,
        explain,
        flow,
        kernels,
        learn,
        metrics,
        recipes,
        records,
        report,
        store,
    )
    from steelyard.balance import Balanced
    from steelyard.data import load

__version__ = "0.1.0"

_PACKAGES = (
    "balance",
    "data",
    "decide",
    "deep",
    "diagnose",
    "errors",
    "evaluate",
    "explain",
    "flow",
    "guard",
    "kernels",
    "learn",
    "metrics",
    "recipes",
    "records",
    "report",
    "store",
)
_NAMES = {"Balanced": "steelyard.balance", "load": "steelyard.data"}

__all__ = [
    "Balanced",
    "__version__",
    "balance",
    "data",
    "decide",
    "deep",
    "diagnose",
    "errors",
    "evaluate",
    "explain",
    "flow",
    "guard",
    "kernels",
    "learn",
    "load",
    "metrics",
    "recipes",
    "records",
    "report",
    "store",
]


def __getattr__(name: str) -> Any:
    if name in _PACKAGES:
        return import_module(f"steelyard.{name}")
    if name in _NAMES:
        return getattr(import_module(_NAMES[name]), name)
    raise AttributeError(f"module 'steelyard' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
