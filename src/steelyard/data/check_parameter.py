"""Parameter checks with scikit-learn's wording."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from steelyard.errors import BadOption

__all__ = ["check_choice", "check_whole"]


def check_choice(owner: str, name: str, value: Any, choices: Sequence[str]) -> None:
    """Refuse a value that is not among the choices.

    Examples
    --------
    >>> check_choice("Scale", "unit", "g", ("g", "kg"))
    """
    if not isinstance(value, str) or value not in choices:
        raise BadOption(
            f"The {name!r} parameter of {owner} must be one of {tuple(choices)}. Got {value!r} instead."
        )


def check_whole(owner: str, name: str, value: Any, low: int, high: float = np.inf) -> None:
    """Refuse what is no whole number from ``low`` to ``high``.

    Examples
    --------
    >>> check_whole("Scale", "arms", 2, 1)
    """
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole or not low <= value <= high:
        raise BadOption(
            f"The {name!r} parameter of {owner} must be an int in the range [{low}, {high}]. "
            f"Got {value!r} instead."
        )
