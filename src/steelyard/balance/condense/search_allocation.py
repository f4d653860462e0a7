"""How many clusters each class shall have: errors read from curves, and the searches for the least."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.kernels.allocate import ratio_allocation, separable_allocation
from steelyard.kernels.distortion_curve import distortion_curve, filled_curve, geometric_grid
from steelyard.kernels.donate import Move, first_improvement
from steelyard.kernels.rng import child

__all__ = ["CURVE_SAVING", "SEARCHES", "ClassCurves", "search_allocation"]

CURVE_SAVING = 2  # a curve is measured with so many times fewer rows a centre
SEARCHES = ("dp", "equal", "hfils", "ratio", "tempered")


@dataclass(frozen=True, eq=False)
class ClassCurves:
    """What each number of clusters of each class adds to the error.

    ``tables[c][k - 1]`` is ``n_c ** -gamma * D_c(k)``; ``measured_points`` are the numbers of clusters
    and errors it was read from.
    """

    tables: list[NDArray[np.float64]]
    measured_points: list[tuple[NDArray[np.intp], NDArray[np.float64]]]

    @classmethod
    def of_points(
        cls,
        points: Sequence[Any],
        sizes: NDArray[Any],
        names: Sequence[Any],
        budget: int,
        sampler: Any,
        seed: int,
        weights: Sequence[NDArray[np.float64]] | None = None,
    ) -> ClassCurves:
        """Measure the curve of every class.

        Parameters
        ----------
        points : for each class its rows, or some of them, as points
        sizes : array of shape (C,)
            Rows (or weight) of each class, which the error is brought up to.
        names : for each class its name
        budget : int
        sampler : ClassAdaptiveClustering
            Whose ``gamma``, ``n_curve_points``, ``points_per_centroid`` and ``n_jobs`` hold.
        seed : int
        weights : for each class the weight of each row, optional

        Returns
        -------
        ClassCurves
        """
        tables, measured = [], []
        for code, (rows, name, size) in enumerate(zip(points, names, sizes.tolist(), strict=True)):
            weight = None if weights is None else weights[code]
            most = min(budget - len(names) + 1, rows.shape[0])
            ks = geometric_grid(most, sampler.n_curve_points)
            errors = distortion_curve(
                rows,
                ks,
                child(seed, "class", name, "curve"),
                weight=weight,
                points_per_center=max(1, sampler.points_per_centroid // CURVE_SAVING),
                n_jobs=sampler.n_jobs,
            )
            looked_at = rows.shape[0] if weight is None else float(weight.sum())
            errors = errors * (size / looked_at if looked_at else 1.0)
            tables.append((size or 1.0) ** -sampler.gamma * filled_curve(ks, errors, most))
            measured.append((ks, errors))
        return cls(tables, measured)

    def cost(self, allocation: NDArray[np.intp]) -> float:
        """Error of an allocation; a number of clusters beyond the curve counts as its last."""
        each = zip(self.tables, allocation.tolist(), strict=True)
        return sum(float(table[min(k, table.size) - 1]) for table, k in each)


def search_allocation(
    curves: ClassCurves,
    counts: NDArray[np.intp],
    budget: int,
    search: str,
    rng: np.random.Generator,
    **limits: Any,
) -> list[Move]:
    """Search from the proportional allocation for one of less error.

    Parameters
    ----------
    curves : ClassCurves
    counts : ndarray of int, shape (C,)
    budget : int
    search : {"dp", "hfils"}
    rng : Generator
    **limits
        Of the local search; see `first_improvement`.

    Returns
    -------
    list of Move
        The last is the allocation found.
    """
    start = ratio_allocation(counts, budget)
    if search == "hfils":
        caps = np.array([table.size for table in curves.tables], dtype=np.intp)
        return first_improvement(start, caps, curves.cost, rng, **limits)
    best = separable_allocation(curves.tables, budget)
    moves = [Move(0, tuple(start.tolist()), curves.cost(start))]
    if curves.cost(best) < moves[0].cost:
        moves.append(Move(1, tuple(best.tolist()), curves.cost(best)))
    return moves
