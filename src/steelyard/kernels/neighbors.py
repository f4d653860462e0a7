"""Nearest neighbours: exact, never the row itself, ties by row number, within a memory budget.

Everything that looks around a row asks here: samplers, cleaners, checks. The answer is defined by
the plain rule "sort all rows by (distance, row number) and take the first k", with distances as
sums of squared differences in double precision, and does not depend on threads or on the engine.

How it gets there: an engine proposes candidates that surely include the k nearest, whatever rounding
and ties do; their distances are computed in difference form and sorted with ties by row number.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from steelyard.errors import BadOption, BadTable
from steelyard.kernels.batching import DEFAULT_MEMORY_MB
from steelyard.kernels.exact_search import answer_exactly
from steelyard.kernels.mixed_distance import Points, compact_codes
from steelyard.kernels.neighbors_approximate import answer_nearly, may_be_approximate
from steelyard.kernels.overflow import LARGEST, largest_size, refuse_huge
from steelyard.kernels.search_job import SearchJob

__all__ = ["neighbors_of"]

Found = tuple[NDArray[np.intp], NDArray[np.float64]]


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
    recall: float | None = None,
    recalls: list[float] | None = None,
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
        Scratch space in MiB of all threads, beyond the result and one copy of the numbers.
    recall : float, optional
        Share of true neighbours that is enough. It makes searches of more than 10^9 pairs of dense
        rows of numbers approximate; all others are exact.
    recalls : list, optional
        Where the measured share of an approximate search is written to.

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
    points, asked = _points(X, queries, codes, query_codes, mismatch**2)
    if queries is None:
        own = np.arange(len(points))
    elif own is not None and not (own >= 0).any():
        own = None
    _check_k(k, len(points), itself=own is not None)
    job = SearchJob(points, asked, k, own, memory_mb)
    if recall is None or not may_be_approximate(job):
        answer_exactly(job, n_jobs)
    else:
        measured = answer_nearly(job, recall, n_jobs)
        if recalls is not None:
            recalls.append(measured)
    return job.indices, np.sqrt(job.squared)


def _points(X: Any, queries: Any, codes: Any, query_codes: Any, price: float) -> tuple[Points, Points]:
    """Rows and queries, in one type."""
    numbers = _checked(X)
    if codes is not None:
        codes, *others = compact_codes([codes] if query_codes is None else [codes, query_codes])
        query_codes = others[0] if others else None
    if queries is None:
        points = Points(numbers, codes, price)
        return points, points
    asked = _checked(queries)
    if numbers.dtype != asked.dtype:
        numbers, asked = numbers.astype(np.float64), asked.astype(np.float64)
    return Points(numbers, codes, price), Points(asked, query_codes, price)


def _checked(values: Any) -> Any:
    """Numbers as a dense array or CSR matrix of float32 or float64."""
    array = values.tocsr() if sparse.issparse(values) else np.ascontiguousarray(values)
    if array.ndim != 2:
        raise BadTable(f"Neighbours are sought in tables of shape (n, p). Got shape {array.shape} instead.")
    if array.dtype == np.float16:
        array = array.astype(np.float32)
    elif array.dtype not in LARGEST:
        array = array.astype(np.float64)
    largest = largest_size(array)
    if not np.isfinite(largest):
        raise BadTable(
            "Neighbours can be found among finite numbers only, and the table holds NaN or infinity. "
            "Fill the gaps or leave those rows out."
        )
    if array.dtype == np.float32 and largest > LARGEST[array.dtype]:
        array = array.astype(np.float64)
    refuse_huge(array)
    return array


def _check_k(k: int, n_rows: int, *, itself: bool) -> None:
    available = n_rows - 1 if itself else n_rows
    if not 1 <= k <= available:
        why = " and none is its own neighbour" if itself else ""
        raise BadOption(
            f"k must be between 1 and {available}, for there are {n_rows} rows{why}. Got {k} instead."
        )
