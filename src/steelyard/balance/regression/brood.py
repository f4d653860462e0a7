"""Synthetic rows with a number to learn: between two rows, or a row with a little noise."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from steelyard.balance.regression.base import Litter, RegressionTask
from steelyard.balance.space import Space
from steelyard.balance.tables.base import Children
from steelyard.errors import BadOption
from steelyard.kernels.interpolate import interpolate
from steelyard.kernels.mixed_distance import Points, pair_squared
from steelyard.kernels.neighborhood import Neighborhood

__all__ = ["between", "check_target_range", "clip_target", "noisy", "seeds_in_turn"]

OBSERVED = "observed"
HALF = 0.5


def seeds_in_turn(rows: NDArray[np.intp], n_new: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Seeds for ``n_new`` rows: every row equally often, the rest by lot without replacement."""
    rounds, rest = divmod(n_new, rows.shape[0])
    return np.concatenate([np.tile(rows, rounds), rng.choice(rows, size=rest, replace=False)])


def between(
    task: RegressionTask,
    space: Space,
    around: Neighborhood,
    seed: NDArray[np.intp],
    partner: NDArray[np.intp],
    rng: np.random.Generator,
    method: str,
) -> Litter:
    """Rows between two: numbers on the line, each category from either, the target by nearness.

    The target is the mean of the two parents' targets, each weighing as much as the other is far.
    """
    step = rng.random(seed.shape[0])
    from_partner = rng.integers(2, size=(seed.shape[0], len(space.categorical))).astype(bool)
    points = Points(around.numbers)
    squared = pair_squared(points, seed, points, partner)
    to_seed, to_partner = np.square(step) * squared, np.square(1 - step) * squared
    if space.codes is not None:
        differ = space.codes[seed] != space.codes[partner]
        to_seed = to_seed + around.mismatch**2 * (differ & from_partner).sum(axis=1)
        to_partner = to_partner + around.mismatch**2 * (differ & ~from_partner).sum(axis=1)
    near, far = np.sqrt(to_seed), np.sqrt(to_partner)
    total = near + far
    share = np.divide(near, total, out=np.full(total.shape, HALF), where=total > 0)
    values = task.target.values
    target = (1 - share) * values[seed] + share * values[partner]
    children = Children(
        base=seed,
        parents=np.c_[seed, partner],
        numeric=space.numeric,
        numbers=interpolate(space.numbers, seed, partner, step),
        categorical=space.categorical,
        cells_of=np.where(from_partner, partner[:, None], seed[:, None]),
        steps=step,
    )
    low, high = np.minimum(values[seed], values[partner]), np.maximum(values[seed], values[partner])
    return Litter(children, np.clip(target, low, high), np.full(seed.shape[0], method))


def noisy(
    task: RegressionTask,
    space: Space,
    rows: NDArray[np.intp],
    seed: NDArray[np.intp],
    size: NDArray[np.float64],
    rng: np.random.Generator,
    method: str,
) -> Litter:
    """Rows with Gaussian noise of ``size`` standard deviations of ``rows`` on numbers and target.

    Categories are drawn by lot from ``rows``, within the seed's group.
    """
    numbers = space.numbers[seed]
    spread = _spread(space.numbers[rows])
    if sparse.issparse(numbers):  # what is not stored stays so
        row_of = np.repeat(np.arange(seed.shape[0]), np.diff(numbers.indptr))
        noise = rng.standard_normal(numbers.nnz) * size[row_of] * spread[numbers.indices]
        numbers.data = numbers.data + noise.astype(numbers.dtype)
    else:
        noise = rng.standard_normal(numbers.shape) * size[:, None] * spread
        numbers = numbers + noise.astype(numbers.dtype)
    values = task.target.values
    target = values[seed] + rng.standard_normal(seed.shape[0]) * size * values[rows].std(ddof=1)
    cells = _by_lot(rows, seed, len(space.categorical), task.groups, rng)
    children = Children(
        base=seed,
        parents=np.c_[seed, cells],
        numeric=space.numeric,
        numbers=numbers,
        categorical=space.categorical,
        cells_of=cells,
    )
    return Litter(children, target, np.full(seed.shape[0], method))


def _spread(numbers: Any) -> NDArray[np.float64]:
    """Standard deviation (n - 1) of each column over the values that are there; 0 with fewer than two."""
    if sparse.issparse(numbers):
        n = numbers.shape[0]
        mean = np.asarray(numbers.mean(axis=0), dtype=np.float64).ravel()
        mean_square = np.asarray(numbers.power(2).mean(axis=0), dtype=np.float64).ravel()
        return np.sqrt(np.maximum(mean_square - mean**2, 0.0) * n / (n - 1))
    known = (~np.isnan(numbers)).sum(axis=0) > 1
    spread = np.zeros(numbers.shape[1])
    values = numbers[:, known].astype(np.float64)
    # Relative to the largest value, for the square of a large one may not fit.
    largest = np.nanmax(np.abs(values), axis=0, initial=0.0)
    largest[largest == 0] = 1.0
    spread[known] = np.nanstd(values / largest, axis=0, ddof=1) * largest
    return spread


def _by_lot(
    rows: NDArray[np.intp],
    seed: NDArray[np.intp],
    n_columns: int,
    groups: NDArray[Any] | None,
    rng: np.random.Generator,
) -> NDArray[np.intp]:
    """A row of the seed's group for each seed and column."""
    draw = rng.random((seed.shape[0], n_columns))
    cells = np.empty(draw.shape, dtype=np.intp)
    own = np.zeros(rows.shape[0]) if groups is None else groups[rows]
    asked = np.zeros(seed.shape[0]) if groups is None else groups[seed]
    for group in np.unique(asked):
        pool, mine = rows[own == group], asked == group
        cells[mine] = pool[(draw[mine] * pool.shape[0]).astype(np.intp)]
    return cells


def clip_target(owner: Any, litter: Litter, values: NDArray[np.float64]) -> Litter:
    """Keep synthetic targets within the sampler's ``target_range``."""
    given = owner.target_range
    if given is None:
        return litter
    low, high = (values.min(), values.max()) if isinstance(given, str) else given
    return Litter(litter.children, np.clip(litter.target, low, high), litter.method)


def check_target_range(owner: Any) -> None:
    """Refuse a ``target_range`` that is none."""
    given = owner.target_range
    if given is None or (isinstance(given, str) and given == OBSERVED):
        return
    try:
        low, high = (float(end) for end in given)
    except (TypeError, ValueError):
        low, high = np.nan, np.nan
    if not low < high:
        raise BadOption(
            f"The 'target_range' parameter of {type(owner).__name__} must be 'observed', None, or two "
            f"numbers, the smaller first. Got {given!r} instead."
        )
