"""The clusters of one class as rows: the real row nearest to each middle, or the middle itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from steelyard.balance.space import Space
from steelyard.balance.tables.base import Children
from steelyard.kernels.kmeans import Clusters

__all__ = ["ClusteredClass"]

# Rows of a cluster that are recorded as the parents of its middle, for all of them would be long lists.
N_PARENTS = 5
MOST_MISSING = 0.5  # share of a cluster beyond which its middle has a gap, too


@dataclass(frozen=True, eq=False)
class ClusteredClass:
    """The rows of one class, by their numbers in the table, in clusters of which none is empty."""

    rows: NDArray[np.intp]
    found: Clusters
    weight: NDArray[np.float64]

    @property
    def mass(self) -> NDArray[np.float64]:
        """Rows (or weight) that each cluster stands for."""
        return self.found.mass

    def medoids(self) -> NDArray[np.intp]:
        """Row of the table nearest to the middle of each cluster."""
        return self.rows[self.found.medoids()]

    def in_largest_group(self, groups: NDArray[Any]) -> NDArray[np.bool_]:
        """Which rows belong to the group that weighs most in their cluster, the first of equal ones."""
        _, group = np.unique(groups[self.rows], return_inverse=True)
        n_groups = int(group.max()) + 1
        pair, place = np.unique(self.found.member * n_groups + group, return_inverse=True)
        total = np.bincount(place, weights=self.weight) + np.finfo(float).tiny * np.bincount(place)
        order = np.lexsort((pair, -total, pair // n_groups))
        first = np.searchsorted((pair // n_groups)[order], np.arange(self.mass.size))
        return np.asarray((pair[order[first]] % n_groups)[self.found.member] == group)

    def middles(self, space: Space, counted: NDArray[np.bool_] | None) -> Children:
        """The middle of each cluster as a synthetic row: means of numbers, most frequent categories.

        ``counted`` says which rows of the class enter; all do by default.
        """
        distance = self.found.squared if counted is None else np.where(counted, self.found.squared, np.inf)
        weight = self.weight if counted is None else self.weight * counted
        weight = self._somewhere(weight, counted)
        near = self._nearest(distance, counted)
        return Children(
            base=near[:, 0],
            parents=near,
            numeric=space.numeric,
            numbers=self._means(space.numbers, weight),
            categorical=space.categorical,
            cells_of=self._modes(space, weight, distance),
        )

    def _somewhere(
        self, weight: NDArray[np.float64], counted: NDArray[np.bool_] | None
    ) -> NDArray[np.float64]:
        """Weights with which every cluster weighs something."""
        total = np.bincount(self.found.member, weights=weight, minlength=self.mass.size)
        lost = (total == 0)[self.found.member]
        return np.where(lost, 1.0 if counted is None else counted.astype(np.float64), weight)

    def _nearest(self, distance: NDArray[np.float64], counted: NDArray[np.bool_] | None) -> NDArray[np.intp]:
        """The rows nearest to each middle, nearest first, -1 where the cluster has no more."""
        order = np.lexsort((distance, self.found.member))
        if counted is not None:
            order = order[counted[order]]
        member = self.found.member[order]
        first = np.searchsorted(member, np.arange(self.mass.size))
        ends = np.searchsorted(member, np.arange(self.mass.size), side="right")
        place = first[:, None] + np.arange(N_PARENTS)
        near = self.rows[order[np.minimum(place, order.size - 1)]]
        return np.where(place < ends[:, None], near, -1)

    def _means(self, numbers: Any, weight: NDArray[np.float64]) -> Any:
        some, k = numbers[self.rows], self.mass.size
        belongs = sparse.csr_array(
            (weight, (self.found.member, np.arange(weight.size))), shape=(k, weight.size)
        )
        total = np.asarray(belongs.sum(axis=1)).ravel()[:, None]
        if sparse.issparse(some):
            return sparse.csr_array(sparse.diags_array(1 / total.ravel()) @ (belongs @ some))
        there = ~np.isnan(some)
        if there.all():
            return self._weighted_mean(belongs, total, some)
        held = belongs @ there.astype(np.float64)
        sums = belongs @ np.where(there, some, 0.0)
        means = np.divide(sums, held, out=np.full(sums.shape, np.nan), where=held > 0)
        return np.where(held < (1 - MOST_MISSING) * total, np.nan, means)

    @staticmethod
    def _weighted_mean(belongs: Any, total: NDArray[np.float64], some: NDArray[Any]) -> NDArray[np.float64]:
        largest = np.abs(some).max(axis=0, initial=0.0)
        largest = np.where(largest > 0, largest, 1.0)
        return np.asarray(belongs @ (some / largest) / total * largest)

    def _modes(
        self, space: Space, weight: NDArray[np.float64], distance: NDArray[np.float64]
    ) -> NDArray[np.intp]:
        """For each cluster and column the row nearest to the middle that holds the most frequent category."""
        k, member = self.mass.size, self.found.member
        cells = np.empty((k, len(space.categorical)), dtype=np.intp)
        for column in range(cells.shape[1] if space.codes is not None else 0):
            _, code = np.unique(space.codes[self.rows, column], return_inverse=True)
            pair, place = np.unique(member * (code.max() + 1) + code, return_inverse=True)
            total = np.bincount(place, weights=weight)
            order = np.lexsort((pair, -total, pair // (code.max() + 1)))
            best = order[np.searchsorted((pair // (code.max() + 1))[order], np.arange(k))]
            mode = place == best[member]
            nearest = np.lexsort((distance, ~mode, member))
            cells[:, column] = self.rows[nearest[np.searchsorted(member[nearest], np.arange(k))]]
        return cells
