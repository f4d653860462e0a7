"""How safe a row is among its neighbours: safe, borderline, rare or outlier.

The kind of a row is read off the share ``p`` of its nearest neighbours that carry its own label.
Checks report the kinds, samplers and cleaners act on them, so both read them here.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["BORDERLINE", "KIND_NAMES", "OUTLIER", "RARE", "SAFE", "row_kinds"]

SAFE: Final = 0
BORDERLINE: Final = 1
RARE: Final = 2
OUTLIER: Final = 3
KIND_NAMES: Final = ("safe", "borderline", "rare", "outlier")

# Shares at which one kind ends and the next begins; with k = 5 they fall between 4 and 3, 2 and 1,
# and 1 and 0 neighbours of the own class.
SAFE_ABOVE = 0.7
BORDERLINE_ABOVE = 0.3
RARE_ABOVE = 0.1


def row_kinds(
    neighbor_codes: ArrayLike, codes: ArrayLike, *, neighbors: ArrayLike | None = None
) -> NDArray[np.int8]:
    """Kind of each row: 0 safe, 1 borderline, 2 rare, 3 outlier.

    With k = 5, a row with 5 or 4 neighbours of its own class is safe, with 3 or 2 borderline, with 1
    rare, with 0 an outlier; other k follow the same shares (above 0.7, above 0.3, above 0.1).

    Parameters
    ----------
    neighbor_codes : array of int, shape (n, k)
        Class codes of the k nearest neighbours of each row, the row itself not among them.
    codes : array of int, shape (n,)
        Class code of each row.
    neighbors : array of int, shape (n, k), optional
        Positions of those neighbours, for rows searched among themselves. With them the paper's
        condition on rare rows is applied: a row is rare only if every neighbour of its own class
        has no further support, that is, has no neighbour of that class but, at most, the row
        itself; otherwise the row lies at the edge of a larger group and is borderline.

    Returns
    -------
    ndarray of int8, shape (n,)
        Positions in ``KIND_NAMES``.

    Raises
    ------
    ValueError
        The shapes do not fit each other.

    References
    ----------
    Napierala and Stefanowski, Types of minority class examples and their influence on learning
    classifiers from imbalanced data, Journal of Intelligent Information Systems 46, 2016, section 3.

    Examples
    --------
    >>> row_kinds([[0, 0, 0, 0, 1], [1, 1, 1, 0, 0], [1, 1, 1, 1, 0], [1, 1, 1, 1, 1]], [0, 0, 0, 0])
    array([0, 1, 2, 3], dtype=int8)
    """
    around = np.asarray(neighbor_codes)
    own = np.asarray(codes)
    if around.ndim != 2 or around.shape[1] == 0 or own.shape != (around.shape[0],):
        raise ValueError(
            "neighbor_codes must have shape (n, k) with k at least 1, and codes shape (n,). "
            f"Got {around.shape} and {own.shape} instead."
        )
    same = around == own[:, None]
    share = same.mean(axis=1)
    kinds = np.select(
        [share > SAFE_ABOVE, share > BORDERLINE_ABOVE, share > RARE_ABOVE],
        [SAFE, BORDERLINE, RARE],
        default=OUTLIER,
    ).astype(np.int8)
    if neighbors is not None:
        kinds[_at_the_edge_of_a_group(kinds, same, np.asarray(neighbors))] = BORDERLINE
    return kinds


def _at_the_edge_of_a_group(
    kinds: NDArray[np.int8], same: NDArray[np.bool_], neighbors: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Rows that look rare, but whose friend has friends besides them."""
    rare = np.flatnonzero(kinds == RARE)
    friends = neighbors[rare]
    others = (same[friends] & (neighbors[friends] != rare[:, None, None])).any(axis=2)
    edge: NDArray[np.intp] = rare[(others & same[rare]).any(axis=1)]
    return edge
