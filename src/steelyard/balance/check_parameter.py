"""Refuse a parameter whose value makes no sense, in scikit-learn's words."""

from __future__ import annotations

import math
from collections.abc import Collection
from numbers import Integral, Real
from typing import Any

from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

from steelyard.errors import BadOption

__all__ = [
    "check_choice",
    "check_flag",
    "check_number",
    "check_whole",
    "read_exactness",
    "read_neighbors",
    "read_voters",
]

# imbalanced-learn's convention: an object given for k neighbours is set to find k + 1, the row itself
# being one of them.
THE_ROW_ITSELF = 1


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


def check_number(
    owner: Any, name: str, low: float = -math.inf, high: float = math.inf, *, above: bool = False
) -> float:
    """Return the parameter as a float from ``low`` to ``high``, both included, never infinite.

    With ``above`` it must be more than ``low``.
    """
    value = getattr(owner, name)
    fits = isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)
    if not fits or not low <= value <= high or (above and value == low):
        left = "(" if above or low == -math.inf else "["
        right = ")" if high == math.inf else "]"
        raise _refuse(owner, name, f"a float in the range {left}{low:g}, {high:g}{right}", value)
    return float(value)


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


def read_neighbors(owner: Any, name: str, *, extra: int = THE_ROW_ITSELF) -> tuple[int, Any]:
    """Return how many neighbours to ask for, and the user's object that finds them, None for an int.

    Parameters
    ----------
    owner : sampler
    name : str
        The parameter: a number of neighbours, or an object with ``fit``, ``kneighbors`` and ``n_neighbors``.
    extra : int
        By how much the object's ``n_neighbors`` exceeds what is asked for.

    Returns
    -------
    k : int
    engine : object or None

    Raises
    ------
    BadOption
        It is neither, or would leave no neighbour to ask for.
    """
    value = getattr(owner, name)
    if not hasattr(value, "kneighbors") or isinstance(value, type):
        if isinstance(value, Integral):
            return check_whole(owner, name), None
        raise _refuse(owner, name, "an int in the range [1, inf) or an object with fit and kneighbors", value)
    found = getattr(value, "n_neighbors", None)
    if not hasattr(value, "fit") or not isinstance(found, Integral) or found - extra < 1:
        raise _refuse(
            owner, name, f"an object with fit, kneighbors and n_neighbors of at least {1 + extra}", value
        )
    return int(found) - extra, value


def read_voters(owner: Any) -> tuple[int, Any]:
    """Return how many stored rows vote on another, and the user's object that finds them, None for an int.

    The parameter ``n_neighbors`` may be None, for one, and a `KNeighborsClassifier`, which imbalanced-learn
    takes there. An object's own number counts whole: a row that is asked is none of the stored ones.

    Parameters
    ----------
    owner : sampler

    Returns
    -------
    k : int
    engine : object or None
    """
    if owner.n_neighbors is None:
        return 1, None
    k, engine = read_neighbors(owner, "n_neighbors", extra=0)
    if isinstance(engine, KNeighborsClassifier):
        known, given = NearestNeighbors().get_params(), engine.get_params()
        engine = NearestNeighbors(**{name: given[name] for name in known if name in given})
    return k, engine


def read_exactness(owner: Any) -> tuple[bool, float | None]:
    """Return the parameters ``exact`` and ``recall``: whether neighbours may be approximate, and how much.

    Parameters
    ----------
    owner : sampler

    Returns
    -------
    exact : bool
    recall : float or None

    Raises
    ------
    BadOption
        ``exact`` is no bool, or ``recall`` no number in (0, 1].
    """
    exact, recall = check_flag(owner, "exact"), owner.recall
    if recall is None:
        return exact, None
    if not isinstance(recall, Real) or isinstance(recall, bool) or not 0 < recall <= 1:
        raise _refuse(owner, "recall", "a float in the range (0, 1] or None", recall)
    return exact, float(recall)
