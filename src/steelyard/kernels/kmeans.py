"""k-means for condensing: on so many rows a centre, and the same bits for any number of threads.

scikit-learn's k-means adds up what its threads found in the order in which they end; here the table is
cut into chunks that depend on its shape alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from steelyard.errors import BadOption
from steelyard.kernels.batching import row_chunks
from steelyard.kernels.threads import for_each, threads_for

__all__ = ["POINTS_PER_CENTER", "Clusters", "clusters_of", "kmeans", "nearest_centers", "spread_centers"]

Floats = NDArray[np.floating[Any]]

POINTS_PER_CENTER = 256
ROUNDS = 15
SETTLED = 1e-4  # relative fall of the error below which a round was the last
CANDIDATES_PER_CENTER = 8
LEAST_CANDIDATES, MOST_CANDIDATES = 2_000, 20_000
LEAST_TRIALS = 2  # rows tried for each new centre, beside the logarithm of how many there are
SCORES_MB = 1.0  # of scores at a time, which stay in the processor's cache
PRODUCT_PER_THREAD = 2e7  # multiplications below which threads do not pay
# Small matrix products are held to one thread each even where ours are not used: others wait spinning.
ALWAYS = float(2**16)


@dataclass(frozen=True, eq=False)
class Clusters:
    """Rows in clusters, none of them empty.

    ``centers`` (k, p) are the means of the rows by weight, ``member`` (n,) is each row's cluster,
    ``squared`` (n,) its squared distance to the mean, ``mass`` (k,) the weight of each cluster and
    ``sse`` (k,) its weighted sum of squares.
    """

    centers: NDArray[np.float64]
    member: NDArray[np.intp]
    squared: NDArray[np.float64]
    mass: NDArray[np.float64]
    sse: NDArray[np.float64]

    def medoids(self) -> NDArray[np.intp]:
        """Return for each cluster its row nearest to the mean, the first of equally near ones."""
        order = np.lexsort((self.squared, self.member))
        first = np.searchsorted(self.member[order], np.arange(self.mass.size))
        return order[first]


def _block(X: Any, part: Any) -> Floats:
    """Some rows as a dense array."""
    rows = X[part]
    return np.asarray(rows.toarray() if sparse.issparse(rows) else rows)


def nearest_centers(
    X: Any, centers: Floats, *, exact: bool = True, n_jobs: int | None = None
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Find the nearest centre of each row, some rows at a time.

    Parameters
    ----------
    X : array or CSR matrix of shape (n, p)
    centers : ndarray of shape (k, p)
    exact : bool
        Whether squared distances are sums of squared differences; from a product they are quicker and
        off by rounding.
    n_jobs : int, optional
        Threads; None stands for as many as matrix products may use.

    Returns
    -------
    member : ndarray of int, shape (n,)
    squared : ndarray of shape (n,)

    Examples
    --------
    >>> nearest_centers(np.array([[0.0], [3.0], [9.0]]), np.array([[1.0], [8.0]]))
    (array([0, 0, 1]), array([1., 4., 1.]))
    """
    n, width = X.shape
    kind = X.dtype if X.dtype in (np.float32, np.float64) else np.dtype(np.float64)
    middles = centers.astype(kind)
    tilted = np.ascontiguousarray(-2 * middles.T)
    norms = np.einsum("ij,ij->i", middles, middles)
    member, squared = np.empty(n, dtype=np.intp), np.empty(n)

    def score(part: slice) -> None:
        rows = _block(X, part).astype(kind, copy=False)
        scores = rows @ tilted
        scores += norms
        found = scores.argmin(axis=1)
        member[part] = found
        if exact:
            gap = rows - middles[found]
            squared[part] = np.einsum("ij,ij->i", gap, gap)
        else:
            least = np.take_along_axis(scores, found[:, None], axis=1)[:, 0]
            squared[part] = np.maximum(least + np.einsum("ij,ij->i", rows, rows), 0)

    # Chunks depend on the table alone, so the same products are made by any number of threads.
    chunks = list(row_chunks(n, (len(middles) + width) * kind.itemsize, SCORES_MB))
    worth = max(1, min(len(chunks), int(n * len(middles) * width / PRODUCT_PER_THREAD)))
    with threads_for(n_jobs, most=ALWAYS) as allowed:
        for_each(score, chunks, min(allowed, worth))
    return member, squared


def _means(
    X: Any, weight: Floats, member: NDArray[np.intp], k: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and weight of each cluster; rows without weight count alike where all of a cluster have none."""
    n = member.size
    mass = np.bincount(member, weights=weight, minlength=k).astype(np.float64)
    if not mass.all():
        weight = np.where(mass[member] > 0, weight, 1.0)
    total = np.bincount(member, weights=weight, minlength=k)
    share = weight / total[member]
    belongs = sparse.csr_array((share, (member, np.arange(n))), shape=(k, n))
    sums = belongs @ X
    return np.asarray(sums.toarray() if sparse.issparse(sums) else sums, dtype=np.float64), mass


def _fill_empty(member: NDArray[np.intp], squared: NDArray[np.float64], k: int) -> bool:
    """Give every cluster without rows the farthest row of one that has several; whether any was empty."""
    size = np.bincount(member, minlength=k)
    empty = np.flatnonzero(size == 0).tolist()
    if not empty:
        return False
    farthest = iter(np.argsort(-squared, kind="stable").tolist())
    for cluster in empty:
        row = next(row for row in farthest if size[member[row]] > 1)
        size[member[row]] -= 1
        member[row], squared[row] = cluster, 0.0
        size[cluster] = 1
    return True


def _settle(X: Any, weight: Floats, centers: Floats, rounds: int, n_jobs: int | None) -> Floats:
    """Lloyd's rounds: rows to their nearest centre, centres to the mean of their rows."""
    least = np.inf
    for _ in range(rounds):
        member, squared = nearest_centers(X, centers, exact=False, n_jobs=n_jobs)
        error = float(squared @ weight)
        if error > (1 - SETTLED) * least:
            break
        least = error
        _fill_empty(member, squared, len(centers))
        centers = _means(X, weight, member, len(centers))[0]
    return centers


def spread_centers(X: Any, k: int, rng: np.random.Generator, *, weight: Floats | None = None) -> Floats:
    """Draw rows that lie apart as centres to start from: greedy k-means++ among rows drawn by lot.

    Parameters
    ----------
    X : array or CSR matrix of shape (n, p)
        At least ``k`` rows.
    k : int
    rng : Generator
    weight : ndarray of shape (n,), optional

    Returns
    -------
    ndarray of shape (k, p)

    References
    ----------
    Arthur and Vassilvitskii, k-means++: the advantages of careful seeding, SODA 2007.

    Examples
    --------
    >>> X = np.array([[0.0], [0.0], [8.0], [8.0]])
    >>> sorted(spread_centers(X, 2, np.random.default_rng(0)).ravel().tolist())
    [0.0, 8.0]
    """
    wanted = min(max(CANDIDATES_PER_CENTER * k, LEAST_CANDIDATES), MOST_CANDIDATES)
    n_drawn = min(X.shape[0], max(k, wanted))
    rows = np.sort(rng.permutation(X.shape[0])[:n_drawn])
    points = _block(X, rows)
    mass = np.ones(n_drawn) if weight is None else np.asarray(weight, dtype=np.float64)[rows]
    norms = np.einsum("ij,ij->i", points, points)
    left = np.full(n_drawn, np.inf)
    chosen = np.empty(k, dtype=np.intp)
    n_trials = LEAST_TRIALS + int(np.log(k))
    for place in range(k):
        ends = np.cumsum(mass if place == 0 else mass * left)
        if ends[-1] <= 0:  # all that weighs is a centre already
            chosen[place:] = np.setdiff1d(np.arange(n_drawn), chosen[:place])[: k - place]
            break
        tried = np.searchsorted(ends, rng.random(n_trials) * ends[-1], side="right")
        gap = np.maximum(norms[:, None] - 2 * (points @ points[tried].T) + norms[tried], 0)
        gap[tried, np.arange(n_trials)] = 0.0
        after = np.minimum(left[:, None], gap)
        best = int(np.argmin(mass @ after))
        chosen[place], left = tried[best], after[:, best]
    return points[chosen]


def kmeans(
    X: Any,
    k: int,
    rng: np.random.Generator,
    *,
    weight: Floats | None = None,
    points_per_center: int = POINTS_PER_CENTER,
    rounds: int = ROUNDS,
    n_jobs: int | None = None,
) -> Floats:
    """Find the centres of ``k`` clusters.

    Parameters
    ----------
    X : array or CSR matrix of shape (n, p)
    k : int
        At most n.
    rng : Generator
    weight : ndarray of shape (n,), optional
    points_per_center : int
        Rows for each centre that are looked at, drawn by lot.
    rounds : int
        Lloyd's rounds; fewer where the error falls no more.
    n_jobs : int, optional
        Threads; the result is the same for any number.

    Returns
    -------
    ndarray of shape (k, p)

    Examples
    --------
    >>> X = np.array([[0.0], [1.0], [8.0], [9.0]])
    >>> sorted(kmeans(X, 2, np.random.default_rng(0)).ravel().tolist())
    [0.5, 8.5]
    """
    n = X.shape[0]
    if not 1 <= k <= n:
        raise BadOption(f"k must be between 1 and the number of rows, {n}. Got {k} instead.")
    mass = np.ones(n) if weight is None else np.asarray(weight, dtype=np.float64)
    if k == 1:
        return _means(X, mass, np.zeros(n, dtype=np.intp), 1)[0]
    if k * points_per_center < n:
        rows = np.sort(rng.choice(n, size=k * points_per_center, replace=False))
        X, mass = X[rows], mass[rows]
    with threads_for(n_jobs, most=ALWAYS) as allowed:
        return _settle(X, mass, spread_centers(X, k, rng, weight=mass), rounds, allowed)


def clusters_of(
    X: Any, centers: Floats, *, weight: Floats | None = None, n_jobs: int | None = None
) -> Clusters:
    """Put every row into the cluster of its nearest centre, and take the means of what came together.

    Parameters
    ----------
    X : array or CSR matrix of shape (n, p)
        At least as many rows as centres.
    centers : ndarray of shape (k, p)
    weight : ndarray of shape (n,), optional
    n_jobs : int, optional

    Returns
    -------
    Clusters
        A centre that no row is nearest to gets the row that is farthest from its own.

    Examples
    --------
    >>> found = clusters_of(np.array([[0.0], [2.0], [9.0]]), np.array([[0.0], [8.0]]))
    >>> found.centers.ravel().tolist(), found.mass.tolist(), found.sse.tolist()
    ([1.0, 9.0], [2.0, 1.0], [2.0, 0.0])
    """
    k = len(centers)
    mass = np.ones(X.shape[0]) if weight is None else np.asarray(weight, dtype=np.float64)
    member, squared = nearest_centers(X, centers, n_jobs=n_jobs)
    _fill_empty(member, squared, k)
    means, total = _means(X, mass, member, k)
    for part in row_chunks(X.shape[0], X.shape[1] * means.itemsize, SCORES_MB):
        gap = _block(X, part) - means[member[part]]
        squared[part] = np.einsum("ij,ij->i", gap, gap)
    sse = np.bincount(member, weights=squared * mass, minlength=k).astype(np.float64)
    return Clusters(means, member, squared, total, sse)
