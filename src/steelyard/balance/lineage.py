"""Where the rows of an output came from, kept small and written out only when somebody asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.tables.base import Children
from steelyard.kernels.batching import row_chunks
from steelyard.kernels.priors import class_prior

__all__ = ["Lineage"]

# Large arrays that come and go leave holes in the process's memory, and the output needs its room.
SCRATCH_MB = 0.5


@dataclass(frozen=True, eq=False)
class Lineage:
    """Kept or copied rows, followed by synthetic ones.

    ``kept`` holds the source rows of the former, or how many there are where that is all of them in
    order; ``parents`` (m, r) and ``steps`` (m,) belong to the latter, ``base`` (m,) is the row each of
    them starts from. ``method`` names what made each of them, or all; None is the sampler itself.
    """

    kept: NDArray[np.intp] | int
    base: NDArray[np.integer[Any]]
    parents: NDArray[np.integer[Any]]
    steps: NDArray[np.floating[Any]] | None
    method: NDArray[np.str_] | str | None = None

    @classmethod
    def of(
        cls,
        kept: NDArray[np.intp] | int,
        children: Children | None,
        method: NDArray[np.str_] | str | None = None,
    ) -> Lineage:
        """What is remembered of an output."""
        if children is None:
            return cls(kept, np.empty(0, dtype=np.intp), np.empty((0, 1), dtype=np.intp), None)
        return cls(kept, children.base, children.parents, children.steps, method)

    @property
    def n_kept(self) -> int:
        """Rows that are no synthetic ones."""
        return self.kept if isinstance(self.kept, int) else int(self.kept.shape[0])

    @property
    def n_made(self) -> int:
        """Synthetic rows."""
        return int(self.parents.shape[0])

    @property
    def _sources(self) -> NDArray[np.intp]:
        return np.arange(self.kept) if isinstance(self.kept, int) else self.kept

    def origin(self) -> NDArray[np.intp]:
        """Source row of each row, -1 for a synthetic one."""
        if self.n_made == 0:
            return self._sources
        return np.concatenate([self._sources, np.full(self.n_made, -1)])

    def all_parents(self) -> NDArray[np.intp]:
        """Source rows that each row was made from, -1 where there is none."""
        parents = np.full((self.n_kept + self.n_made, self.parents.shape[1]), -1)
        parents[self.n_kept :] = self.parents
        return parents

    def all_steps(self) -> NDArray[np.float64]:
        """Weight of each row's second parent, NaN where it has none."""
        steps = np.full(self.n_kept + self.n_made, np.nan)
        if self.steps is not None:
            steps[self.n_kept :] = self.steps
        return steps

    def all_methods(self, name: str) -> NDArray[np.str_]:
        """What made each row, ``name`` where nothing else is known; empty for a row that came in."""
        made = np.broadcast_to(name if self.method is None else self.method, self.n_made)
        return np.concatenate([np.full(self.n_kept, ""), made])

    def take(self, values: NDArray[Any]) -> NDArray[Any]:
        """One value per source row, as each row that came out has it from the row it starts from."""
        kept = values if isinstance(self.kept, int) else values[self.kept]
        return np.concatenate([kept, values[self.base]]) if self.n_made else kept.copy()

    def take_mean(self, weight: NDArray[np.float64]) -> NDArray[np.float64]:
        """The weight of each kept row, and the mean weight of each synthetic one's parents."""
        out = self.take(weight)
        if self.n_made:
            known = self.parents >= 0
            out[self.n_kept :] = np.where(known, weight[self.parents], 0.0).sum(axis=1) / known.sum(axis=1)
        return out

    def counts(self, codes: NDArray[np.intp], n_classes: int) -> NDArray[np.intp]:
        """Rows of each class that came out."""
        kept = codes if isinstance(self.kept, int) else codes[self.kept]
        total = np.bincount(kept, minlength=n_classes)
        for part in row_chunks(self.n_made, codes.itemsize, SCRATCH_MB):
            total += np.bincount(codes[self.base[part]], minlength=n_classes)
        return total

    def prior(
        self, codes: NDArray[np.intp], n_classes: int, weight: NDArray[np.float64] | None
    ) -> NDArray[np.float64]:
        """Share of each class that came out, by the weights of the rows that did."""
        if weight is not None:
            return class_prior(self.take(codes), n_classes, weight)
        counts = self.counts(codes, n_classes)
        return np.asarray(counts / counts.sum())
