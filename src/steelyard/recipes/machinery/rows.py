"""Values as they were measured, and the rows of the table that are made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from steelyard.recipes.machinery.paired import mean_interval
from steelyard.recipes.machinery.paper import Paper

__all__ = ["Row", "Value", "mean_row", "row_of", "seed_means"]


@dataclass(frozen=True)
class Value:
    """One metric of one system on one seed; None where it is not defined."""

    dataset: str
    protocol: str
    system: str
    metric: str
    seed: int
    value: float | None


@dataclass(frozen=True)
class Row:
    """One metric of one system on one data set, over the seeds.

    ``paper`` is what the paper printed; None with ``in_paper`` is a cell that nobody could read.
    """

    dataset: str
    protocol: str
    system: str
    metric: str
    mean: float | None
    low: float | None
    high: float | None
    seeds: int
    in_paper: bool
    paper: float | None
    difference: float | None


def row_of(
    paper: Paper, dataset: str, protocol: str, system: str, metric: str, values: Sequence[float | None]
) -> Row:
    """Return the row of some values, one a seed, beside what the paper printed."""
    known = [value for value in values if value is not None]
    mean, low, high = mean_interval(known) if known else (None, None, None)
    in_paper, printed = paper.printed(dataset, system, metric)
    difference = mean - printed if mean is not None and printed is not None else None
    return Row(dataset, protocol, system, metric, mean, low, high, len(known), in_paper, printed, difference)


def mean_row(
    paper: Paper, protocol: str, system: str, metric: str, values: Mapping[tuple[str, int], float]
) -> Row | None:
    """Return the row of the mean over data sets; None for a single set, or where no seed ran on all."""
    sets = list(dict.fromkeys(dataset for dataset, _ in values))
    by_seed = seed_means(values)
    if len(sets) < 2 or not by_seed:
        return None
    mean, low, high = mean_interval(list(by_seed.values()))
    cells = [paper.printed(dataset, system, metric) for dataset in sets]
    seen = [value for _, value in cells if value is not None]
    printed = sum(seen) / len(sets) if len(seen) == len(sets) else None
    difference = mean - printed if printed is not None else None
    name, in_paper = f"mean of {len(sets)} data sets", all(there for there, _ in cells)
    return Row(name, protocol, system, metric, mean, low, high, len(by_seed), in_paper, printed, difference)


def seed_means(values: Mapping[tuple[str, int], float]) -> dict[int, float]:
    """Mean over data sets for each seed that was run on all of them.

    Parameters
    ----------
    values : mapping of (data set, seed) to float

    Returns
    -------
    dict of int to float

    Examples
    --------
    >>> seed_means({("a", 0): 1.0, ("b", 0): 3.0, ("a", 1): 5.0})
    {0: 2.0}
    """
    sets = list(dict.fromkeys(dataset for dataset, _ in values))
    return {
        seed: sum(values[dataset, seed] for dataset in sets) / len(sets)
        for seed in dict.fromkeys(seed for _, seed in values)
        if all((dataset, seed) in values for dataset in sets)
    }
