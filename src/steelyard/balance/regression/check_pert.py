"""Refuse an amount of noise that makes no sense."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np

from steelyard.errors import BadOption

__all__ = ["check_pert"]


def check_pert(owner: Any) -> None:
    """Refuse a ``pert`` that is no finite number above 0."""
    value = owner.pert
    if isinstance(value, bool) or not isinstance(value, Real) or not np.isfinite(value) or value <= 0:
        raise BadOption(
            f"The 'pert' parameter of {type(owner).__name__} must be a number above 0. Got {value!r} instead."
        )
