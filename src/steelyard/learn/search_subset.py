"""The searches for a subset of members, by name."""

from __future__ import annotations

from steelyard.kernels.jaya import jaya_maximize
from steelyard.kernels.rng import child
from steelyard.kernels.subset_search import Objective, Subset, greedy_maximize, random_subset

__all__ = ["SEARCHES", "search_subset"]

SEARCHES = ("jaya", "greedy", "random")


def search_subset(
    score: Objective,
    n_members: int,
    search: str,
    seed: int,
    *,
    population: int,
    iterations: int,
    patience: int | None,
) -> Subset:
    """Choose members.

    Parameters
    ----------
    score : callable
        Value of each row of a boolean matrix.
    n_members : int
    search : {"jaya", "greedy", "random"}
        "random" draws as many as Jaya would choose.
    seed : int
    population, iterations, patience
        Of Jaya.

    Returns
    -------
    Subset

    Examples
    --------
    >>> import numpy as np
    >>> worth = np.array([1.0, -1.0, 2.0])
    >>> settings = {"population": 5, "iterations": 5, "patience": None}
    >>> search_subset(lambda bits: bits @ worth, 3, "greedy", 0, **settings).value
    3.0
    """
    if search == "greedy":
        return greedy_maximize(score, n_members)
    found = jaya_maximize(
        score,
        n_members,
        rng=child(seed, "jaya"),
        population=population,
        iterations=iterations,
        patience=patience,
    )
    if search == "jaya":
        return found
    return random_subset(score, n_members, int(found.bits.sum()), child(seed, "random subset"))
