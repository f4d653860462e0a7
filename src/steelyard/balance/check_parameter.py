"""Refuse a parameter whose value makes no sense, in scikit-learn's words."""

from __future__ import annotations

from collections.abc import Collection
from numbers import Integral
from typing import Any

from steelyard.errors import BadOption

__all__ = ["check_choice", "check_flag", "check_whole"]


def _refuse(owner: Any, name: str, wanted: str, value: Any) -> BadOption:
    return BadOption(
        f"The {name!r} parameter of {type(owner).__name__} must be {wanted}. Got {value!r} instead."
    )


def check_whole(owner: Any, name: str, least: int = 1) -> int:
    """Return the parameter as an int of at least ``least``."""
    value = getattr(owner, name)
    if not isinstance(value, Integral) or isinstance(value, bool) or value < least:
        raise _refuse(owner, name, f"an int in the range [{least}, inf)", value)
    return int(value)


def check_flag(owner: Any, name: str) -> bool:
    """Return the parameter as a bool."""
    value = getattr(owner, name)
    if not isinstance(value, bool):
        raise _refuse(owner, name, "a bool", value)
    return value


def check_choice(owner: Any, name: str, choices: Collection[Any]) -> Any:
    """Return the parameter, one of ``choices``."""
    value = getattr(owner, name)
    if not isinstance(value, str) or value not in choices:
        raise _refuse(owner, name, f"a str among {sorted(choices)}", value)
    return value
