"""Neighbours from an object of the user's: anything with scikit-learn's ``fit`` and ``kneighbors``."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from steelyard.errors import BadOption

__all__ = ["ask_engine"]


def ask_engine(
    engine: Any, numbers: Any, k: int, *, queries: Any, own: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Fit a copy of ``engine`` on ``numbers`` and ask it for ``k`` others of each query.

    Parameters
    ----------
    engine : object with ``fit``, ``kneighbors`` and ``get_params``
        It stays as it is.
    numbers : array or CSR matrix of shape (n, p)
    k : int
    queries : array or CSR matrix of shape (m, p)
    own : ndarray of int, shape (m,)
        Row of each query among ``numbers``, -1 for one that is not there; it is left out by number.

    Returns
    -------
    indices : ndarray of int, shape (m, k)
        In the order the engine gives.
    distances : ndarray of float64, shape (m, k)

    Raises
    ------
    BadOption
        The engine's answer is not of the shape asked for, or names rows that are not there.

    Examples
    --------
    >>> from sklearn.neighbors import NearestNeighbors
    >>> X = np.array([[0.0], [1.0], [5.0]])
    >>> ask_engine(NearestNeighbors(), X, 1, queries=X, own=np.arange(3))[0].ravel().tolist()
    [1, 0, 1]
    """
    n_rows, n_asked = numbers.shape[0], queries.shape[0]
    itself = bool((own >= 0).any())
    if not 1 <= k <= n_rows - itself:
        raise BadOption(
            f"k must be between 1 and {n_rows - itself}, for there are {n_rows} rows. Got {k} instead."
        )
    wanted = k + itself
    fitted = clone(engine).fit(numbers)
    answer = fitted.kneighbors(queries, n_neighbors=wanted, return_distance=True)
    distances, indices = np.asarray(answer[0], dtype=np.float64), np.asarray(answer[1], dtype=np.intp)
    shape = (n_asked, wanted)
    if indices.shape != shape or distances.shape != shape:
        raise BadOption(
            f"{type(engine).__name__}.kneighbors must return distances and indices of shape {shape}. Got "
            f"{distances.shape} and {indices.shape} instead."
        )
    if n_asked and not (indices.min() >= 0 and indices.max() < n_rows):
        raise BadOption(
            f"{type(engine).__name__}.kneighbors returned indices outside of the {n_rows} rows it knows."
        )
    if not itself:
        return indices, distances
    # The row itself leaves, or the last one where the engine did not name the row itself.
    is_own = indices == own[:, None]
    is_own[~is_own.any(axis=1), -1] = True
    first_own = is_own.argmax(axis=1)
    keep = np.arange(wanted) != first_own[:, None]
    return indices[keep].reshape(n_asked, k), distances[keep].reshape(n_asked, k)
