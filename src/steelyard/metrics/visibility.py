"""How much of a broken class a figure can show, and how many rows it takes to see it."""

from __future__ import annotations

import math
from numbers import Real
from typing import Any

from scipy import stats

from steelyard.errors import BadOption

__all__ = ["accuracy_visibility_bound", "accuracy_would_notice", "items_needed"]

TWO_SD = 2.0


def _share(owner: str, name: str, value: Any, *, open_: bool = False) -> float:
    """Return a share from 0 to 1; with ``open_`` neither end is one."""
    fits = isinstance(value, Real) and not isinstance(value, bool)
    if not fits or not (0 < value < 1 if open_ else 0 <= value <= 1):
        wanted = "(0, 1)" if open_ else "[0, 1]"
        raise BadOption(
            f"The {name!r} parameter of {owner} must be a float in the range {wanted}. Got {value!r} instead."
        )
    return float(value)


def accuracy_visibility_bound(share: float, recall: float) -> float:
    """The most that accuracy can fall when one class is lost and nothing else changes.

    Parameters
    ----------
    share : float
        Share of the class among the rows.
    recall : float
        Share of the class that was found before.

    Returns
    -------
    float

    Raises
    ------
    BadOption
        Not two shares.

    Notes
    -----
    Accuracy is the sum over classes of share times recall, so losing all of one class costs ``share *
    recall``. The premise is that the other classes are found as before; where they are found less often
    accuracy may fall by more. It bounds accuracy and every other mean over *rows*; balanced accuracy, a
    mean over classes, falls by ``recall / k``, however rare the class is.

    References
    ----------
    Dahme, Poisoned Acoustics, arXiv 2602.22258, 2026 (the bound with a recall of 1; the premise is ours).

    Examples
    --------
    >>> round(accuracy_visibility_bound(0.03, 0.8), 3)
    0.024
    """
    owner = "accuracy_visibility_bound"
    return _share(owner, "share", share) * _share(owner, "recall", recall)


def accuracy_would_notice(
    share: float, recall: float, *, accuracy: float, n_test: int, z: float = TWO_SD
) -> bool:
    """Whether the loss of a whole class would show in accuracy on so many test rows.

    Parameters
    ----------
    share, recall : float
        Of the class, as in `accuracy_visibility_bound`.
    accuracy : float
        Before.
    n_test : int
        Rows that accuracy is measured on.
    z : float
        Standard deviations of accuracy by chance that a fall must reach.

    Returns
    -------
    bool
        False: even the loss of the whole class is within what another draw of test rows would do.

    Examples
    --------
    >>> accuracy_would_notice(0.01, 0.8, accuracy=0.9, n_test=1000)
    False
    >>> accuracy_would_notice(0.01, 0.8, accuracy=0.9, n_test=100_000)
    True
    """
    owner = "accuracy_would_notice"
    known = _share(owner, "accuracy", accuracy)
    if not isinstance(n_test, int) or isinstance(n_test, bool) or n_test < 1:
        raise BadOption(
            f"The 'n_test' parameter of {owner} must be an int in the range [1, inf). Got {n_test!r} instead."
        )
    noise = z * math.sqrt(known * (1 - known) / n_test)
    return accuracy_visibility_bound(share, recall) > noise


def items_needed(r0: float, r1: float, alpha: float = 0.05, beta: float = 0.2) -> int:
    """Rows of a class that must be held out to see its recall fall from ``r0`` to ``r1``.

    Parameters
    ----------
    r0, r1 : float
        Recall before, and the lower one that must not be missed.
    alpha : float
        How often a class that is found as before may raise an alarm.
    beta : float
        How often the fall may be missed.

    Returns
    -------
    int
        For the one-sided test of a share against ``r0``, in the normal approximation; at least 1.

    Raises
    ------
    BadOption
        ``r1`` is not below ``r0``, or a share outside its range.

    Examples
    --------
    >>> items_needed(0.8, 0.5), items_needed(0.8, 0.7)
    (13, 109)
    """
    owner = "items_needed"
    before, after = _share(owner, "r0", r0), _share(owner, "r1", r1)
    if after >= before:
        raise BadOption(f"Expected r1 below r0, got r0={r0!r} and r1={r1!r}. Give the recall after the fall.")
    za = float(stats.norm.isf(_share(owner, "alpha", alpha, open_=True)))
    zb = float(stats.norm.isf(_share(owner, "beta", beta, open_=True)))
    reach = za * math.sqrt(before * (1 - before)) + zb * math.sqrt(after * (1 - after))
    return max(1, math.ceil((max(reach, 0.0) / (before - after)) ** 2))
