"""Jaya: a search that moves towards the best of a population and away from the worst.

Any function of bit vectors can be maximised; there is no parameter besides the size of the population
and the number of rounds, which is the method's point.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import BadOption
from steelyard.kernels.subset_search import Objective, Subset

__all__ = ["jaya_maximize"]

HALF = 0.5
STEEPNESS = 10.0  # of the sigmoid between a place in [0, 1] and the chance of a bit
BINARISATIONS = ("threshold", "sigmoid")


def jaya_maximize(
    objective: Objective,
    n_bits: int,
    *,
    rng: np.random.Generator,
    population: int = 20,
    iterations: int = 50,
    patience: int | None = None,
    start: NDArray[np.bool_] | None = None,
    binarise: str = "threshold",
) -> Subset:
    """Search for the bits with the largest value.

    Parameters
    ----------
    objective : callable
        Takes a boolean matrix (m, n_bits), of which no row is empty, and returns m numbers.
    n_bits : int
    rng : Generator
    population : int
        Bit vectors held at a time, at least 2.
    iterations : int
        Rounds; each asks for ``population`` values.
    patience : int, optional
        Stop after so many rounds without a better value.
    start : ndarray of bool, shape (n_bits,), optional
        One member of the first population; all bits by default, so that what is found is never worse.
    binarise : {"threshold", "sigmoid"}
        A bit is set where its place exceeds one half, or with a chance that rises with its place.

    Returns
    -------
    Subset
        ``trace`` holds the best value before the first round and after each.

    Raises
    ------
    BadOption
        A number is too small, or ``binarise`` unknown.

    Notes
    -----
    Each vector is a place ``x`` in the unit cube. In a round every coordinate becomes
    ``x + r1 (best - |x|) - r2 (worst - |x|)``, clipped to [0, 1], with fresh uniform ``r1`` and ``r2``, and
    the new place is kept only if its value is larger. Where no bit would be set, the largest coordinate
    sets one. With "sigmoid" the bits drawn stay with the place they were drawn for.

    References
    ----------
    Rao, Jaya: A simple and new optimization algorithm for solving constrained and unconstrained
    optimization problems, International Journal of Industrial Engineering Computations 7, 2016.

    Examples
    --------
    >>> target = np.array([True, False, True, True, False, False])
    >>> found = jaya_maximize(
    ...     lambda bits: (bits == target).mean(axis=1), 6, rng=np.random.default_rng(0), iterations=30
    ... )
    >>> found.bits.astype(int).tolist(), found.value
    ([1, 0, 1, 1, 0, 0], 1.0)
    """
    _check(n_bits, population, iterations, binarise)
    places = rng.random((population, n_bits))
    places[0] = 1.0 if start is None else start
    bits = _bits(places, rng, binarise)
    bits[0] = places[0] > HALF
    bits[0] = _never_empty(bits[:1], places[:1])[0]
    values = np.asarray(objective(bits), dtype=np.float64)
    trace = [float(values.max())]
    idle = 0
    for _ in range(iterations):
        best, worst = places[values.argmax()], places[values.argmin()]
        towards, away = rng.random(places.shape), rng.random(places.shape)
        moved = places + towards * (best - np.abs(places)) - away * (worst - np.abs(places))
        moved = np.clip(moved, 0.0, 1.0)
        moved_bits = _bits(moved, rng, binarise)
        moved_values = np.asarray(objective(moved_bits), dtype=np.float64)
        better = moved_values > values
        places[better], bits[better], values[better] = moved[better], moved_bits[better], moved_values[better]
        idle = 0 if values.max() > trace[-1] else idle + 1
        trace.append(float(values.max()))
        if patience is not None and idle >= patience:
            break
    winner = int(values.argmax())
    return Subset(bits[winner], float(values[winner]), tuple(trace))


def _check(n_bits: int, population: int, iterations: int, binarise: str) -> None:
    for name, value, least in (
        ("n_bits", n_bits, 1),
        ("population", population, 2),
        ("iterations", iterations, 0),
    ):
        if value < least:
            raise BadOption(f"The {name!r} parameter of jaya_maximize must be at least {least}. Got {value}.")
    if binarise not in BINARISATIONS:
        raise BadOption(
            f"The 'binarise' parameter of jaya_maximize must be one of {BINARISATIONS}. "
            f"Got {binarise!r} instead."
        )


def _bits(places: NDArray[np.float64], rng: np.random.Generator, binarise: str) -> NDArray[np.bool_]:
    if binarise == "threshold":
        return _never_empty(places > HALF, places)
    chance = 1 / (1 + np.exp(-STEEPNESS * (places - HALF)))
    return _never_empty(chance > rng.random(places.shape), places)


def _never_empty(bits: NDArray[np.bool_], places: NDArray[np.float64]) -> NDArray[np.bool_]:
    empty = np.flatnonzero(~bits.any(axis=1))
    bits[empty, places[empty].argmax(axis=1)] = True
    return bits
