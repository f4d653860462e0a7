"""How many rows of a budget each class gets: in proportion, equally, in between, or at least cost, exactly.

An allocation is an array of whole numbers, one a class, each at least 1 and at most the class's cap,
that adds up to the budget.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import BadOption

__all__ = ["equal_allocation", "power_allocation", "ratio_allocation", "separable_allocation"]

Counts = NDArray[np.intp]

HALVINGS = 200  # of the interval in which the common factor of all shares is sought
ROUNDING = 1e-9  # a share this near below a whole number is that number


def _checked(caps: Any, budget: int) -> Counts:
    """Caps as an array, or a refusal of a budget they cannot hold."""
    array = np.asarray(caps, dtype=np.intp)
    if array.ndim != 1 or not array.size or (array < 1).any():
        raise BadOption(f"Every class must have at least one row to give. Got {array.tolist()} instead.")
    if not array.size <= budget <= array.sum():
        raise BadOption(
            f"budget must be between {array.size}, one row a class, and {array.sum()}, all rows. "
            f"Got {budget} instead."
        )
    return array


def ratio_allocation(counts: Any, budget: int) -> Counts:
    """Give each class the whole part of its proportional share, at least one row.

    What is missing or too much then falls to the class that keeps the most rows back.

    Parameters
    ----------
    counts : array of int, shape (C,)
        Rows of each class.
    budget : int

    Returns
    -------
    ndarray of int, shape (C,)

    Raises
    ------
    BadOption
        The budget is below one row a class or above the number of rows.

    Examples
    --------
    >>> ratio_allocation([900, 90, 10], 20).tolist()
    [18, 1, 1]
    """
    has = _checked(counts, budget)
    given: Counts = np.clip(np.floor(budget / has.sum() * has).astype(np.intp), 1, has)
    while (missing := budget - int(given.sum())) != 0:
        # Those that can still move, the one with the most rows left first.
        room = np.where(given < has, has - given, 0) if missing > 0 else np.where(given > 1, has - given, -1)
        place = int(np.argmax(room))
        if missing > 0:
            given[place] += min(missing, int(has[place] - given[place]))
        else:
            given[place] -= min(-missing, int(given[place]) - 1)
    return given


def power_allocation(counts: Any, budget: int, power: float) -> Counts:
    """Give rows in proportion to a power of the class sizes: 1 is proportional, 0 is equal.

    A class never gets more rows than it has nor fewer than one; what that leaves goes to the others in
    the same proportions, and fractions are rounded by the largest remainder, earlier classes first.

    Parameters
    ----------
    counts : array of int, shape (C,)
    budget : int
    power : float

    Returns
    -------
    ndarray of int, shape (C,)

    Raises
    ------
    BadOption
        The budget is below one row a class or above the number of rows.

    Examples
    --------
    >>> power_allocation([900, 90, 10], 30, 0.5).tolist()
    [21, 7, 2]
    """
    has = _checked(counts, budget)
    weight = (has / has.max()) ** power
    low, high = 0.0, float(budget / weight.min())
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if np.clip(middle * weight, 1, has).sum() < budget:
            low = middle
        else:
            high = middle
    share = np.clip(high * weight, 1, has)
    given: Counts = np.floor(share + ROUNDING).astype(np.intp)
    order = np.argsort(given - share, kind="stable")
    order = order[given[order] < has[order]]
    given[order[: budget - int(given.sum())]] += 1
    return given


def equal_allocation(counts: Any, budget: int) -> Counts:
    """Give every class the same number of rows, as far as it has them.

    Parameters
    ----------
    counts : array of int, shape (C,)
    budget : int

    Returns
    -------
    ndarray of int, shape (C,)

    Examples
    --------
    >>> equal_allocation([900, 90, 4], 30).tolist()
    [13, 13, 4]
    """
    return power_allocation(counts, budget, 0.0)


def separable_allocation(tables: Sequence[NDArray[np.float64]], budget: int) -> Counts:
    """Find the allocation of least total cost, exactly, where each class's cost depends on its rows alone.

    A min-plus dynamic programme over the classes: after each class, the least cost of every number of
    rows given so far. It takes time of the order of C budget squared and asks nothing of the costs,
    which need be neither convex nor decreasing.

    Parameters
    ----------
    tables : sequence of arrays of shape (u_c,)
        ``tables[c][k - 1]`` is the cost of giving k rows to class c.
    budget : int

    Returns
    -------
    ndarray of int, shape (C,)
        Among equally cheap allocations the one that gives later classes less.

    Raises
    ------
    BadOption
        The budget is below one row a class or above what all tables hold.

    Examples
    --------
    >>> separable_allocation([np.array([9.0, 5.0, 4.0]), np.array([8.0, 1.0, 0.5])], 4).tolist()
    [2, 2]
    """
    caps = _checked([len(table) for table in tables], budget)
    n_classes = caps.size
    best = np.full(budget + 1, np.inf)
    best[1 : caps[0] + 1] = np.asarray(tables[0], dtype=np.float64)[:budget]
    choices = [np.arange(budget + 1)]
    for place in range(1, n_classes):
        table = np.asarray(tables[place], dtype=np.float64)
        # The last class must use up the budget; before it every class to come needs one row.
        top = budget - (n_classes - 1 - place)
        first = budget if place == n_classes - 1 else place + 1
        after, choice = np.full(budget + 1, np.inf), np.zeros(budget + 1, dtype=np.intp)
        for k in range(1, min(int(caps[place]), top - place) + 1):
            totals = slice(max(first, place + k), top + 1)
            cost = best[totals.start - k : top + 1 - k] + table[k - 1]
            cheaper = cost < after[totals]
            np.copyto(after[totals], cost, where=cheaper)
            np.copyto(choice[totals], k, where=cheaper)
        best = after
        choices.append(choice)
    given, left = np.zeros(n_classes, dtype=np.intp), budget
    for place in reversed(range(n_classes)):
        given[place] = choices[place][left]
        left -= int(given[place])
    return given
