"""Which rows of a class an attack touches, and their new labels; the same for every attack."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import BadOption
from steelyard.kernels.class_labels import read_class_labels
from steelyard.kernels.rng import child

__all__ = ["choose_rows", "relabelled", "shown"]

STREAM = "rows an attack touches"
CLASSES_LISTED = 12


def shown(labels: NDArray[Any]) -> str:
    """The classes there are, for a message."""
    names = np.unique(labels).tolist()
    more = f" and {len(names) - CLASSES_LISTED} more" if len(names) > CLASSES_LISTED else ""
    return f"{names[:CLASSES_LISTED]}{more}"


def choose_rows(attack: Any, y: Any) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """Return the labels as an array, and the sorted positions of the rows to touch.

    Parameters
    ----------
    attack : object with target, to, n, share and random_state
    y : array of shape (n,)

    Raises
    ------
    BadOption, BadTarget
        See `LabelFlip.apply`.
    """
    name = type(attack).__name__
    labels = read_class_labels(y, name)
    same = attack.target == attack.to
    if not isinstance(same, (bool, np.bool_)) or same:
        raise BadOption(
            f"The 'to' parameter of {name} must be another class than 'target'. Got {attack.to!r} instead."
        )
    for parameter in ("target", "to"):
        label = getattr(attack, parameter)
        if not np.any(labels == label):
            raise BadOption(
                f"The {parameter!r} parameter of {name} must be a class of y, which has {shown(labels)}. "
                f"Got {label!r} instead."
            )
    own = np.flatnonzero(labels == attack.target)
    count = _how_many(attack, own.size)
    order = child(attack.random_state, STREAM, attack.target).permutation(own)
    return labels, np.sort(order[:count])


def _how_many(attack: Any, n_own: int) -> int:
    """Rows to touch out of the class's ``n_own``."""
    name, n, share = type(attack).__name__, attack.n, attack.share
    if (n is None) == (share is None):
        raise BadOption(f"{name} takes one of 'n' and 'share'. Got n={n!r} and share={share!r} instead.")
    if n is not None:
        if not isinstance(n, Integral) or isinstance(n, bool) or not 1 <= n <= n_own:
            raise BadOption(
                f"The 'n' parameter of {name} must be an int in the range [1, {n_own}], for there are "
                f"{n_own} rows of {attack.target!r}. Got {n!r} instead."
            )
        return int(n)
    if not isinstance(share, Real) or isinstance(share, bool) or not 0 < share <= 1:
        raise BadOption(
            f"The 'share' parameter of {name} must be a float in the range (0, 1]. Got {share!r} instead."
        )
    return max(1, round(float(share) * n_own))


def relabelled(y: Any, labels: NDArray[Any], rows: NDArray[np.intp], to: Any) -> Any:
    """Return a copy of the labels with those of ``rows`` changed: a Series where one came, else an array."""
    label = labels[np.flatnonzero(labels == to)[0]]  # as the data write it, so that no type changes
    if hasattr(y, "iloc"):
        series = y.copy()
        series.iloc[rows] = label
        return series
    flipped = labels.copy()
    flipped[rows] = label
    return flipped
