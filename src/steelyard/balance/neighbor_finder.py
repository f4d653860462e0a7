"""The neighbours engine as a scikit-learn estimator, for samplers that take one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted, validate_data

from steelyard.balance.check_parameter import check_whole, read_exactness
from steelyard.errors import BadOption
from steelyard.kernels.batching import DEFAULT_MEMORY_MB
from steelyard.kernels.neighbors import neighbors_of
from steelyard.kernels.neighbors_approximate import DEFAULT_RECALL

__all__ = ["NeighborFinder"]

KINDS = ("float64", "float32")
GRAPHS = ("connectivity", "distance")


class NeighborFinder(BaseEstimator):
    """Find nearest rows, for any sampler that accepts an object with ``kneighbors``.

    It has the face of scikit-learn's ``NearestNeighbors`` (Euclidean distance only) and can stand for
    ``k_neighbors``, ``n_neighbors`` or ``m_neighbors`` of imbalanced-learn's samplers, except SMOTEN,
    which hands over a matrix of distances, and NeighbourhoodCleaningRule, which needs a classifier.

    Parameters
    ----------
    n_neighbors : int, default=5
        Rows to find. Samplers that ask about the fitted rows themselves count the row itself as one
        of them, so five neighbours need ``n_neighbors=6``.
    n_jobs : int or None, default=None
        Threads; the result is the same for any number.
    memory_mb : float, default=64
        Scratch space in MiB.
    exact : bool, default=True
        False accepts a few rows that are not the nearest, in searches of more than 10^9 pairs.
    recall : float or None, default=None
        The share of true neighbours that is enough (0.99 if only ``exact=False`` is given).

    Attributes
    ----------
    n_samples_fit_ : int
    n_features_in_ : int
    feature_names_in_ : ndarray of str
        Only for tables whose column names are all strings.
    recall_ : float or None
        Measured share of true neighbours in the last answer; None if it was exact.

    Notes
    -----
    *The row itself.* If the rows asked about are the fitted ones, all of them in their order, each is
    answered first with itself at distance 0, even where others equal it: callers that drop the first
    column drop the right row. Asked about any other rows, equal fitted rows come first in the order of
    their numbers.

    *Ties* go to the smaller row number. NaN and infinity are refused.

    Examples
    --------
    >>> from imblearn.over_sampling import SMOTE
    >>> rows = [[0.0], [0.0], [0.0], [5.0], [6.0], [7.0], [8.0]]
    >>> NeighborFinder(n_neighbors=2).fit(rows).kneighbors(rows, return_distance=False)[:3].tolist()
    [[0, 1], [1, 0], [2, 0]]
    >>> X, y = SMOTE(k_neighbors=NeighborFinder(n_neighbors=3)).fit_resample(rows, [1, 1, 1, 0, 0, 0, 0])
    >>> len(X)
    8
    """

    def __init__(
        self,
        n_neighbors: int = 5,
        *,
        n_jobs: int | None = None,
        memory_mb: float = DEFAULT_MEMORY_MB,
        exact: bool = True,
        recall: float | None = None,
    ) -> None:
        self.n_neighbors = n_neighbors
        self.n_jobs = n_jobs
        self.memory_mb = memory_mb
        self.exact = exact
        self.recall = recall

    def fit(self, X: Any, y: Any = None) -> NeighborFinder:
        """Keep the rows to search.

        Parameters
        ----------
        X : array or sparse matrix of shape (n, p)
        y : ignored

        Returns
        -------
        self
        """
        check_whole(self, "n_neighbors")
        read_exactness(self)
        self._rows = self._read(X, reset=True)
        self.n_samples_fit_ = self._rows.shape[0]
        self.recall_: float | None = None
        return self

    def kneighbors(
        self, X: Any = None, n_neighbors: int | None = None, return_distance: bool = True
    ) -> tuple[NDArray[np.float64], NDArray[np.intp]] | NDArray[np.intp]:
        """Find the nearest fitted rows.

        Parameters
        ----------
        X : array or sparse matrix of shape (m, p), optional
            Without it each fitted row is asked for its neighbours among the others.
        n_neighbors : int, optional
            Instead of the parameter.
        return_distance : bool, default=True

        Returns
        -------
        distances : ndarray of shape (m, n_neighbors)
            Only with ``return_distance``.
        indices : ndarray of int, shape (m, n_neighbors)

        Raises
        ------
        BadOption
            More neighbours are asked for than there are rows.
        """
        check_is_fitted(self)
        k = self.n_neighbors if n_neighbors is None else n_neighbors
        asked = None if X is None else self._read(X, reset=False)
        available = self.n_samples_fit_ - (X is None)
        if not 1 <= k <= available:
            raise BadOption(
                f"Expected n_neighbors <= n_samples_fit, but n_neighbors = {k}, n_samples_fit = "
                f"{self.n_samples_fit_}, n_samples = {available if asked is None else asked.shape[0]}: "
                f"between 1 and {available} can be found."
            )
        if asked is None:
            indices, distances = self._search(k)
        elif self._are_the_fitted(asked):
            indices, distances = self._with_itself(k)
        else:
            indices, distances = self._search(k, queries=asked)
        return (distances, indices) if return_distance else indices

    def kneighbors_graph(
        self, X: Any = None, n_neighbors: int | None = None, mode: str = "connectivity"
    ) -> Any:
        """Write the neighbours as a sparse matrix.

        Parameters
        ----------
        X : array or sparse matrix of shape (m, p), optional
        n_neighbors : int, optional
        mode : {"connectivity", "distance"}, default="connectivity"
            Ones, or the distances.

        Returns
        -------
        CSR matrix of shape (m, n)
        """
        if mode not in GRAPHS:
            raise BadOption(f"mode must be one of {GRAPHS}. Got {mode!r} instead.")
        distances, indices = self.kneighbors(X, n_neighbors)
        values = np.ones(indices.size) if mode == "connectivity" else distances.ravel()
        starts = np.arange(indices.shape[0] + 1) * indices.shape[1]
        shape = (indices.shape[0], self.n_samples_fit_)
        return sparse.csr_matrix((values, indices.ravel(), starts), shape=shape)

    def _read(self, X: Any, *, reset: bool) -> Any:
        return validate_data(self, X, reset=reset, accept_sparse="csr", dtype=KINDS, order="C")

    def _are_the_fitted(self, asked: Any) -> bool:
        """Whether these are all fitted rows in their order."""
        if asked is self._rows:
            return True
        if asked.shape != self._rows.shape or sparse.issparse(asked) != sparse.issparse(self._rows):
            return False
        if sparse.issparse(asked):
            return (asked != self._rows).nnz == 0
        return np.array_equal(asked, self._rows)

    def _with_itself(self, k: int) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Each fitted row itself, then its nearest others."""
        itself = np.arange(self.n_samples_fit_)[:, None]
        if k == 1:
            return itself, np.zeros(itself.shape)
        indices, distances = self._search(k - 1)
        return np.hstack([itself, indices]), np.hstack([np.zeros(itself.shape), distances])

    def _search(self, k: int, queries: Any = None) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        exact, recall = read_exactness(self)
        measured: list[float] = []
        found = neighbors_of(
            self._rows,
            k,
            queries=queries,
            n_jobs=self.n_jobs,
            memory_mb=self.memory_mb,
            recall=DEFAULT_RECALL if recall is None and not exact else recall,
            recalls=measured,
        )
        self.recall_ = min(measured, default=None)
        return found

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags
