"""Nearest neighbours: exact, never the row itself, ties by row number, within a memory budget.

Everything that looks around a row asks here: samplers, cleaners, checks. The answer is defined by
the plain rule "sort all rows by (distance, row number) and take the first k", with distances as
sums of squared differences in double precision, and does not depend on threads or on the engine.

How it gets there: scikit-learn's search proposes a few more candidates than asked for; their
distances are computed again in difference form and sorted with ties by row number; wherever a row
that was not proposed could still belong (a tie at the edge, or a gap smaller than the rounding of
the engine), that query is searched among all rows. Tables with codes always go that last way, and
of many equal rows only the first few that can win a tie are looked at.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any, Literal

import numpy as np
from joblib import effective_n_jobs
from numpy.typing import NDArray
from scipy import sparse
from sklearn.neighbors import NearestNeighbors
from threadpoolctl import threadpool_limits

from steelyard.errors import BadOption, BadTable
from steelyard.kernels.batching import DEFAULT_MEMORY_MB, row_chunks
from steelyard.kernels.mixed_distance import Points, block_squared, pair_squared, rounding_slack

__all__ = ["neighbors_of"]

Found = tuple[NDArray[np.intp], NDArray[np.float64]]

# Candidates beyond k that the engine is asked for: one may be the row itself, the others show
# whether the k-th place is clear.
EXTRA_CANDIDATES = 4
DOUBLE_BYTES = 8
# The block of distances, a copy to partition, and the flags and lists of those near enough.
BLOCK_COPIES = 5
# Beyond this the square of a difference of two numbers overflows.
LARGEST = {np.dtype(np.float32): 1e18, np.dtype(np.float64): 1e150}


def neighbors_of(
    X: Any,
    k: int,
    *,
    queries: Any = None,
    own: NDArray[np.intp] | None = None,
    codes: NDArray[np.integer[Any]] | None = None,
    query_codes: NDArray[np.integer[Any]] | None = None,
    mismatch: float = 1.0,
    metric: Literal["euclidean"] = "euclidean",
    n_jobs: int | None = None,
    memory_mb: float = DEFAULT_MEMORY_MB,
) -> Found:
    """Find the k nearest rows of ``X`` for each query.

    Parameters
    ----------
    X : array or sparse matrix of shape (n, p)
        Finite numbers; float32 stays float32, everything else becomes float64. ``p`` may be 0 when
        there are codes.
    k : int
        Rows to find. It is never clipped here: a caller that may have fewer rows decides and says so.
    queries : array or sparse matrix of shape (m, p), optional
        Without them each row of ``X`` is asked for its neighbours among the others, and is never its
        own neighbour, duplicates or not.
    own : array of int, shape (m,), optional
        Position in ``X`` of each query, -1 for one that is not there: a row that is never among its
        own neighbours. Only with ``queries``.
    codes, query_codes : array of int, shape (n, q) and (m, q), optional
        Categories as whole numbers.
    mismatch : float
        Distance that one differing code stands for; its square is added to the squared distance.
    metric : "euclidean"
    n_jobs : int, optional
        Threads; the result is the same for any number.
    memory_mb : float
        Scratch space in MiB, beyond the result and one copy of the numbers.

    Returns
    -------
    indices : ndarray of int, shape (m, k)
        Nearest first; among equal distances the smaller row number first.
    distances : ndarray of float64, shape (m, k)

    Raises
    ------
    BadOption
        ``k`` is below 1 or more than there are rows to find, or the metric is another one.
    BadTable
        The numbers are not all finite, or too large for their squares.

    Examples
    --------
    >>> indices, distances = neighbors_of([[0.0], [1.0], [1.0], [5.0]], 2)
    >>> indices.tolist()
    [[1, 2], [2, 0], [1, 0], [1, 2]]
    >>> distances[3].tolist()
    [4.0, 4.0]
    """
    if metric != "euclidean":
        raise BadOption(f"metric must be 'euclidean'. Got {metric!r} instead.")
    points = Points(_checked(X), codes, mismatch**2)
    asked = points if queries is None else Points(_checked(queries), query_codes, mismatch**2)
    own = np.arange(len(points)) if queries is None else own
    _check_k(k, len(points), itself=own is not None and bool((own >= 0).any()))
    if points.numeric.dtype != asked.numeric.dtype:
        points, asked = _as_double(points), _as_double(asked)
    with _threads(n_jobs):
        return _Search(points, asked, k, own, n_jobs, memory_mb).run()


def _checked(values: Any) -> Any:
    """Numbers as a dense array or CSR matrix of float32 or float64."""
    array = values.tocsr() if sparse.issparse(values) else np.asarray(values)
    if array.ndim != 2:
        raise BadTable(f"Neighbours are sought in tables of shape (n, p). Got shape {array.shape} instead.")
    if array.dtype == np.float16:
        array = array.astype(np.float32)
    elif array.dtype not in LARGEST:
        array = array.astype(np.float64)
    held = array.data if sparse.issparse(array) else array
    largest = float(np.abs(held).max(initial=0.0))
    if not np.isfinite(largest):
        raise BadTable(
            "Neighbours can be found among finite numbers only, and the table holds NaN or infinity. "
            "Fill the gaps or leave those rows out."
        )
    if array.dtype == np.float32 and largest > LARGEST[array.dtype]:
        array = array.astype(np.float64)
    if largest > LARGEST[array.dtype]:
        raise BadTable(
            f"Distances overflow: the table holds {largest:.3g}, and squares of more than "
            f"{LARGEST[array.dtype]:.0e} cannot be held. Rescale the columns."
        )
    return array


def _check_k(k: int, n_rows: int, *, itself: bool) -> None:
    available = n_rows - 1 if itself else n_rows
    if not 1 <= k <= available:
        why = " and none is its own neighbour" if itself else ""
        raise BadOption(
            f"k must be between 1 and {available}, for there are {n_rows} rows{why}. Got {k} instead."
        )


def _as_double(points: Points) -> Points:
    return Points(points.numeric.astype(np.float64), points.codes, points.price)


def _threads(n_jobs: int | None) -> AbstractContextManager[Any]:
    """Hold the matrix products to ``n_jobs`` threads; None leaves the machine's setting."""
    return nullcontext() if n_jobs is None else threadpool_limits(limits=effective_n_jobs(n_jobs))


class _Search:
    """One search: the rows, the queries, and what all blocks of it share."""

    def __init__(
        self,
        points: Points,
        asked: Points,
        k: int,
        own: NDArray[np.intp] | None,
        n_jobs: int | None,
        memory_mb: float,
    ) -> None:
        self.points, self.asked, self.k, self.own = points, asked, k, own
        self.n_jobs, self.memory_mb = n_jobs, memory_mb
        # Values near their mean lose the fewest digits in a matrix product. Results are computed from
        # the values as given; these copies only choose candidates.
        self.near, self.near_asked = self._centred()
        self.norms = self.near.squared_norms
        self.asked_norms = self.norms if points is asked else self.near_asked.squared_norms
        self.searched = np.arange(len(points))
        self.indices = np.empty((len(asked), k), dtype=np.intp)
        self.squared = np.empty((len(asked), k))

    def run(self) -> Found:
        wanted = self.k + (self.own is not None) + EXTRA_CANDIDATES
        if self.points.codes is not None or wanted >= len(self.points):
            self._among_all(np.arange(len(self.asked)))
        else:
            self._among_all(self._among_candidates(wanted))
        return self.indices, np.sqrt(self.squared)

    def _centred(self) -> tuple[Points, Points]:
        if self.points.is_sparse or self.points.numeric.shape[1] == 0 or len(self.points) == 0:
            return self.points, self.asked
        middle = self.points.numeric.mean(axis=0)
        near = Points(self.points.numeric - middle, self.points.codes, self.points.price)
        if self.points is self.asked:
            return near, near
        return near, Points(self.asked.numeric - middle, self.asked.codes, self.asked.price)

    def _among_candidates(self, wanted: int) -> NDArray[np.intp]:
        """Answer what the engine's candidates settle; return the queries they do not settle."""
        algorithm = "brute" if self.points.is_sparse else "auto"
        engine = NearestNeighbors(n_neighbors=wanted, algorithm=algorithm, n_jobs=self.n_jobs)
        engine.fit(self.near.numeric)
        unsettled = [np.empty(0, dtype=np.intp)]
        bytes_per_row = wanted * DOUBLE_BYTES * BLOCK_COPIES
        for part in row_chunks(len(self.asked), bytes_per_row, self.memory_mb):
            reach, candidates = engine.kneighbors(self.near_asked.numeric[part])
            rows = np.arange(part.start, part.stop)
            exact = self._exact(np.repeat(rows, wanted), candidates.ravel()).reshape(candidates.shape)
            order = np.lexsort((candidates, exact), axis=1)[:, : self.k]
            self.indices[rows] = np.take_along_axis(candidates, order, axis=1)
            self.squared[rows] = np.take_along_axis(exact, order, axis=1)
            # No row left out is nearer than the last candidate, save for the engine's rounding.
            edge = np.square(reach[:, -1].astype(np.float64))
            slack = rounding_slack(self.near, self.asked_norms[rows], edge)
            unsettled.append(rows[self.squared[rows, -1] >= edge - slack])
        return np.concatenate(unsettled)

    def _among_all(self, rows: NDArray[np.intp]) -> None:
        """Answer these queries from their distances to all rows, some queries at a time."""
        if rows.shape[0] == 0:
            return
        self._leave_out_copies()
        bytes_per_row = self.searched.shape[0] * DOUBLE_BYTES * BLOCK_COPIES
        for part in row_chunks(rows.shape[0], bytes_per_row, self.memory_mb):
            self._one_block(rows[part])

    def _leave_out_copies(self) -> None:
        """Search only the first k + 1 of equal rows: the others lose every tie against them."""
        if self.points.is_sparse:
            return
        parts = (
            [self.points.numeric] if self.points.codes is None else [self.points.numeric, self.points.codes]
        )
        flat = np.hstack([np.ascontiguousarray(part).view(np.uint8).reshape(len(part), -1) for part in parts])
        group = np.unique(flat.view(f"V{flat.shape[1]}").ravel(), return_inverse=True)[1]
        by_group = np.argsort(group, kind="stable")
        starts = np.searchsorted(group[by_group], np.arange(group.max() + 1))
        copy = np.empty_like(group)
        copy[by_group] = np.arange(group.shape[0]) - starts[group[by_group]]
        self.searched = np.flatnonzero(copy <= self.k)
        self.near, self.norms = self.near.take(self.searched), self.norms[self.searched]

    def _one_block(self, rows: NDArray[np.intp]) -> None:
        norms = self.asked_norms[rows]
        rough = block_squared(self.near_asked.take(rows), self.near, norms, self.norms)
        if self.own is not None:
            rough[self.own[rows, None] == self.searched] = np.inf
        edge = np.partition(rough, self.k - 1, axis=1)[:, self.k - 1]
        # Twice: the k-th may itself be too small by the slack, and a true neighbour too large by it.
        limit = edge + 2 * rounding_slack(self.near, norms, edge)
        places, positions = np.nonzero(rough <= limit[:, None])
        candidates = self.searched[positions]
        exact = self._exact(rows[places], candidates)
        order = np.lexsort((candidates, exact, places))
        first = np.searchsorted(places, np.arange(rows.shape[0]))
        chosen = order[first[:, None] + np.arange(self.k)]
        self.indices[rows] = candidates[chosen]
        self.squared[rows] = exact[chosen]

    def _exact(self, rows: NDArray[np.intp], candidates: NDArray[np.intp]) -> NDArray[np.float64]:
        """Squared distances in difference form; a row is infinitely far from itself."""
        exact = pair_squared(self.asked, rows, self.points, candidates, self.memory_mb)
        if self.own is not None:
            exact[self.own[rows] == candidates] = np.inf
        return exact
