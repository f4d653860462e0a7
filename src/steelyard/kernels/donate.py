"""Improve an allocation step by step: one class gives rows away, and what lowers the cost stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Move", "first_improvement", "soft_donation"]

Counts = NDArray[np.intp]

STEP_DECAY = 2  # the longest donation is cut by this after each improvement
RELEASED_TOL = 0.01  # absolute, in the authors' second release


def soft_donation(given: Counts, caps: Counts, source: int, amount: int, rng: np.random.Generator) -> Counts:
    """Let one class give rows away, to the others in proportion to the room below their caps.

    Parameters
    ----------
    given, caps : ndarray of int, shape (C,)
    source : int
        The class that gives.
    amount : int
        Rows to give; fewer are given where the others have no more room.
    rng : Generator
        Draws the one class that gets all, by its room, where no share is a whole row.

    Returns
    -------
    ndarray of int, shape (C,)
        A new allocation with the same sum.

    Examples
    --------
    >>> soft_donation(np.array([9, 1, 1]), np.array([9, 5, 3]), 0, 3, np.random.default_rng(0)).tolist()
    [6, 3, 2]
    """
    after = given.copy()
    room = caps - given
    room[source] = 0
    left = min(amount, int(room.sum()))
    after[source] -= left
    shares = left * room // max(1, int(room.sum()))
    if left and not shares.any():
        lucky = int(rng.choice(room.size, p=room / room.sum()))
        shares[lucky] = min(left, int(room[lucky]))
    after += shares
    room -= shares
    left -= int(shares.sum())
    while left:
        open_ = np.flatnonzero(room > 0)
        some = open_[np.argsort(-room[open_], kind="stable")][:left]
        after[some] += 1
        room[some] -= 1
        left -= some.size
    return after


@dataclass(frozen=True)
class Move:
    """A step of the search that lowered the cost: its turn, the allocation after it and its cost."""

    turn: int
    allocation: tuple[int, ...]
    cost: float


def first_improvement(
    start: Counts,
    caps: Counts,
    cost: Callable[[Counts], float],
    rng: np.random.Generator,
    *,
    max_turns: int = 1000,
    patience: int = 10,
    tol: float = 1e-4,
    as_released: bool = False,
) -> list[Move]:
    """Improve an allocation by donations of random size, taking each one that lowers the cost.

    A turn draws a class that has more than one row and a number of rows up to the longest step, which
    starts at the standard deviation of the allocation and is halved at each improvement.

    Parameters
    ----------
    start, caps : ndarray of int, shape (C,)
    cost : callable
        Of an allocation.
    rng : Generator
    max_turns : int
    patience : int
        Moves in a row that are rejected and change the cost by less than the tolerance end the search.
    tol : float
        Tolerance relative to the cost.
    as_released : bool
        Do as the authors' code does: a class that starts at one row gives none later unless it has reached
        its cap, and the tolerance is 0.01 whatever the cost.

    Returns
    -------
    list of Move
        The start, as turn 0, and every improvement.

    Examples
    --------
    >>> uneven = lambda given: float((given**2).sum())
    >>> moves = first_improvement(np.array([9, 2, 1]), np.array([9, 9, 9]), uneven, np.random.default_rng(0))
    >>> moves[-1].allocation, [move.cost for move in moves[:2]]
    ((4, 4, 4), [86.0, 74.0])
    """
    given, now = start.copy(), cost(start)
    moves = [Move(0, tuple(given.tolist()), now)]
    sources, step, idle = given > 1, max(1, int(np.std(given))), 0
    for turn in range(1, max_turns + 1):
        open_ = np.flatnonzero(sources & (given > 1))
        if not open_.size or not (given < caps).any():
            break
        source, amount = int(open_[rng.integers(open_.size)]), int(rng.integers(1, step + 1))
        if given[source] - amount < 1:
            continue
        after = soft_donation(given, caps, source, amount, rng)
        change = cost(after) - now
        if change < 0:
            given, now, step, idle = after, now + change, max(1, step // STEP_DECAY), 0
            moves.append(Move(turn, tuple(given.tolist()), now))
            sources = (sources | (given == caps)) if as_released else given > 1
            continue
        idle = idle + 1 if change < (RELEASED_TOL if as_released else tol * abs(now)) else 0
        if idle >= patience:
            break
    return moves
