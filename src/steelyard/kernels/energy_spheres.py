"""Spheres that grow around rare rows, each until its energy is spent on the rows it swallows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["energy_radius"]


def energy_radius(distances: NDArray[np.float64], energy: float) -> tuple[float, int]:
    """Grow one sphere: a step of its radius costs that step times one more than the rows inside.

    Parameters
    ----------
    distances : ndarray of shape (m,)
        Distances of rows of other classes, ascending; those of at least ``energy`` may be missing.
    energy : float
        More than 0.

    Returns
    -------
    radius : float
    n_inside : int
        Rows inside the sphere: the first so many.

    References
    ----------
    Koziarski and Wozniak, CCR: A combined cleaning and resampling algorithm for imbalanced data
    classification, International Journal of Applied Mathematics and Computer Science 27, 2017.

    Examples
    --------
    >>> energy_radius(np.array([0.5, 2.0]), 1.5)
    (1.0, 1)
    """
    places = np.arange(1, distances.shape[0] + 1)
    before = np.cumsum(distances) - distances
    # What it costs to reach each row: its place times its distance, less the distances before it.
    cost = places * distances - before
    n_inside = int(np.searchsorted(cost, energy, side="left"))
    reached = 0.0 if n_inside == 0 else float(distances[n_inside - 1])
    spent = 0.0 if n_inside == 0 else float(cost[n_inside - 1])
    return reached + (energy - spent) / (n_inside + 1), n_inside
