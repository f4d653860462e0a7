"""Plain searches for a good subset, which any clever one has to beat: greedy, and a draw by lot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import BadOption

__all__ = ["Objective", "Subset", "greedy_maximize", "random_subset"]

#: Takes a boolean matrix (m, n_bits) and returns m numbers.
Objective = Callable[[NDArray[np.bool_]], NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class Subset:
    """The bits that were found, their value, and the best value after each step of the search."""

    bits: NDArray[np.bool_]
    value: float
    trace: tuple[float, ...]


def greedy_maximize(objective: Objective, n_bits: int) -> Subset:
    """Set one bit after another, each time the one that helps most, until none helps.

    Parameters
    ----------
    objective : callable
        Takes a boolean matrix (m, n_bits), of which no row is empty, and returns m numbers.
    n_bits : int

    Returns
    -------
    Subset
        Among equally good bits the first is set.

    Raises
    ------
    BadOption
        There is no bit to set.

    Examples
    --------
    >>> found = greedy_maximize(lambda bits: bits @ np.array([3.0, -1.0, 2.0]), 3)
    >>> found.bits.astype(int).tolist(), found.trace
    ([1, 0, 1], (3.0, 5.0))
    """
    if n_bits < 1:
        raise BadOption(f"The 'n_bits' parameter of greedy_maximize must be at least 1. Got {n_bits}.")
    bits, trace = np.zeros(n_bits, dtype=np.bool_), [-np.inf]
    while not bits.all():
        tried = bits | np.eye(n_bits, dtype=np.bool_)[~bits]
        values = np.asarray(objective(tried), dtype=np.float64)
        best = int(values.argmax())
        if not values[best] > trace[-1]:
            break
        bits = tried[best]
        trace.append(float(values[best]))
    return Subset(bits, trace[-1], tuple(trace[1:]))


def random_subset(objective: Objective, n_bits: int, size: int, rng: np.random.Generator) -> Subset:
    """Set so many bits by lot, whatever their value: what any search of that size must beat.

    Parameters
    ----------
    objective : callable
        Asked once, for the value of what was drawn.
    n_bits, size : int
    rng : Generator

    Returns
    -------
    Subset

    Raises
    ------
    BadOption
        ``size`` is not between 1 and ``n_bits``.

    Examples
    --------
    >>> found = random_subset(lambda bits: bits.sum(axis=1), 5, 2, np.random.default_rng(0))
    >>> int(found.bits.sum()), found.value
    (2, 2.0)
    """
    if not 1 <= size <= n_bits:
        raise BadOption(f"The 'size' parameter of random_subset must be from 1 to {n_bits}. Got {size}.")
    bits = np.zeros(n_bits, dtype=np.bool_)
    bits[rng.choice(n_bits, size=size, replace=False)] = True
    value = float(np.asarray(objective(bits[None]))[0])
    return Subset(bits, value, (value,))
