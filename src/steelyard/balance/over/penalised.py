"""Where a point lies between its class and the others, and how penalties move it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from steelyard.kernels.mates import vote_winners
from steelyard.kernels.neighborhood import Neighborhood
from steelyard.kernels.neighbors import neighbors_of

__all__ = ["Penalties", "Surroundings"]

Rows = NDArray[np.intp]
Values = NDArray[np.float64]
HALF = 0.5


@dataclass(frozen=True, eq=False)
class Surroundings:
    """The rows of a class and those of all others, ready to be searched from any point.

    ``around`` holds all rows; ``own`` and ``others`` are row numbers; ``k`` neighbours are looked at.
    """

    around: Neighborhood
    own: Rows
    others: Rows
    k: int

    def dense(self, rows: Rows) -> Values:
        """Numbers of these rows, in the units distances are measured in."""
        numbers = self.around.numbers[rows]
        return np.asarray(numbers.toarray() if sparse.issparse(numbers) else numbers, dtype=np.float64)

    def voted(self, rows: Rows, base: Rows, neighbors: Rows) -> NDArray[np.integer[Any]] | None:
        """Categories that points starting at ``rows[base]`` get: what their neighbours vote for."""
        codes = self.around.codes
        if codes is None:
            return None
        holders = vote_winners(codes[rows], neighbors)[base]
        return np.take_along_axis(codes[rows], holders, axis=0)

    def near(self, points: Values, cells: Any, pool: Rows, k: int) -> tuple[Rows, Values]:
        """Positions in ``pool`` of its rows nearest to points of these categories, and their distances."""
        numbers = self.around.numbers[pool]
        return neighbors_of(
            numbers,
            min(k, pool.size),
            queries=sparse.csr_array(points) if sparse.issparse(numbers) else points,
            codes=None if self.around.codes is None else self.around.codes[pool],
            query_codes=cells,
            mismatch=self.around.mismatch,
        )

    def middle(self, points: Values, cells: Any, pool: Rows) -> tuple[Values, Values]:
        """Mean of the k nearest rows of ``pool`` to each point, and the mean distance to them."""
        found, far = self.near(points, cells, pool, self.k)
        shape, (m, k) = (points.shape[0], pool.size), found.shape
        share = sparse.csr_array((np.full(m * k, 1 / k), found.ravel(), np.arange(0, m * k + 1, k)), shape)
        mean = share @ self.around.numbers[pool]
        return np.asarray(mean.toarray() if sparse.issparse(mean) else mean), far.mean(axis=1)

    def accepts(self, points: Values, cells: Any) -> NDArray[np.bool_]:
        """Whether the nearest row of the class is not farther than the nearest of another."""
        own = self.near(points, cells, self.own, 1)[1][:, 0]
        return np.asarray(own <= self.near(points, cells, self.others, 1)[1][:, 0])

    def distance_to_others(self, rows: Rows) -> Values:
        """Mean distance of rows of the class to the k nearest rows of other classes."""
        found = self.around.nearest(min(self.k, self.others.size), asked=rows, pool=self.others)
        return np.asarray(found[1].mean(axis=1))


@dataclass(frozen=True, eq=False)
class Penalties:
    """One gradient step on three penalties; ``core`` are the rows that cohesion draws towards."""

    cohesion: float
    separation: float
    fidelity: float
    core: Rows

    def moved(
        self, surroundings: Surroundings, base: Rows, partner: Rows, step: Values, cells: Any
    ) -> Values:
        """Points between rows and their partners, moved.

        Parameters
        ----------
        surroundings : Surroundings
        base, partner : ndarray of int, shape (m,)
            Row numbers.
        step : ndarray of shape (m,)
        cells : ndarray of int, shape (m, q), or None
            Categories of the points.

        Returns
        -------
        ndarray of shape (m, p)
            In the units distances are measured in.
        """
        start = surroundings.dense(base)
        way = surroundings.dense(partner) - start
        point = start + step[:, None] * way
        if not (self.cohesion or self.separation or self.fidelity):
            return point
        core_mean, core_far = surroundings.middle(point, cells, self.core)
        enemy_mean, enemy_far = surroundings.middle(point, cells, surroundings.others)
        off = point - enemy_mean
        length = np.linalg.norm(off, axis=1)
        too_near = np.maximum(0.0, core_far - enemy_far)
        # A point on the very mean of its enemies has no direction to leave them by.
        push = np.divide(too_near, length, out=np.zeros_like(length), where=length > 0)
        return np.asarray(
            point
            + self.cohesion * (core_mean - point)
            + self.separation * push[:, None] * off
            + self.fidelity * (HALF - step)[:, None] * way
        )
