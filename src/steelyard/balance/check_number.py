"""Refuse a real number outside its range, in scikit-learn's words."""

from __future__ import annotations

import math
from numbers import Real
from typing import Any

from steelyard.errors import BadOption

__all__ = ["check_number"]


def check_number(owner: Any, name: str, low: float = -math.inf, high: float = math.inf) -> float:
    """Return the parameter as a float from ``low`` to ``high``, both included, never infinite."""
    value = getattr(owner, name)
    fits = isinstance(value, Real) and not isinstance(value, bool)
    if not (fits and math.isfinite(value) and low <= value <= high):
        left, right = "(" if low == -math.inf else "[", ")" if high == math.inf else "]"
        raise BadOption(
            f"The {name!r} parameter of {type(owner).__name__} must be a float in the range "
            f"{left}{low:g}, {high:g}{right}. Got {value!r} instead."
        )
    return float(value)
