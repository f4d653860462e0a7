"""Rows whose nearest neighbours carry another label."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import BadOption, BadTable
from steelyard.guard.detect.read_rows import quoted, read_codes
from steelyard.guard.detect.suspects import Suspects, rank_suspects
from steelyard.kernels.neighbors import neighbors_of

__all__ = ["neighbour_disagreement"]

NAME = "neighbour_disagreement"
K = 10
HALF = 0.5
NOBODY = -1
WIDER = 2


def neighbour_disagreement(
    X: Any,
    y: Any,
    *,
    k: int = K,
    groups: Any = None,
    recall: float | None = None,
    n_jobs: int | None = None,
) -> Suspects:
    """Find rows that more than half of their nearest neighbours label otherwise, all of them one way.

    Parameters
    ----------
    X : array or sparse matrix of shape (n, d)
        Finite numbers in the units distances are to be measured in: a prepared table, or an embedding.
    y : array of shape (n,)
        Given labels.
    k : int
        Neighbours; all others where there are fewer.
    groups : array of shape (n,), optional
        Rows of a row's own group are not its neighbours: copies of one recording carry one label, right or
        wrong.
    recall : float, optional
        Share of true neighbours that is enough in searches of more than 10^9 pairs of rows.
    n_jobs : int, optional
        Threads; the result does not depend on it.

    Returns
    -------
    Suspects
        The score is the share of neighbours with another label.

    Raises
    ------
    BadTable, BadTarget, BadOption

    Notes
    -----
    A row is left out of its own vote; among equally near rows the first ones count.

    *What it cannot do.* A rare row among common ones is contradicted whether its label is right or not, and a
    class of no more than half of ``k`` rows is always outvoted. Where most rows of a region are flipped, the
    ones that are right are called wrong.

    Examples
    --------
    >>> X = np.r_[0:6, 20:26].astype(float)[:, None]
    >>> y = np.array(["a"] * 6 + ["b"] * 6)
    >>> y[1] = "b"
    >>> found = neighbour_disagreement(X, y, k=3)
    >>> found.rows.tolist(), found.suggested.tolist(), found.evidence
    ([1], ['a'], ("3 of 3 nearest rows are 'a'",))
    """
    if not isinstance(k, (int, np.integer)) or isinstance(k, bool) or k < 1:
        raise BadOption(
            f"The 'k' parameter of {NAME} must be an int in the range [1, inf). Got {k!r} instead."
        )
    codes, names = read_codes(y, NAME)
    if X.shape[0] != codes.size:
        raise BadTable(f"{NAME} needs one label for each row, got {X.shape[0]} rows and {codes.size} labels.")
    near = _nearest(X, int(k), groups, recall=recall, n_jobs=n_jobs)
    some = near != NOBODY
    votes = np.zeros((codes.size, names.size), dtype=np.intp)
    asked, place = np.nonzero(some)
    np.add.at(votes, (asked, codes[near[asked, place]]), 1)
    n_near = some.sum(axis=1)
    rows = np.arange(codes.size)
    agree = votes[rows, codes]
    with np.errstate(invalid="ignore"):
        every = np.where(n_near > 0, 1 - agree / np.maximum(n_near, 1), np.nan)
    votes[rows, codes] = NOBODY
    best = votes.argmax(axis=1)
    against = votes[rows, best]
    labels = names.tolist()

    def say(row: int) -> str:
        return f"{against[row]} of {n_near[row]} nearest rows are {labels[best[row]]!r}"

    notes = _notes(codes, names, int(k), n_near)
    return rank_suspects(NAME, against > HALF * n_near, every, codes, best, names, say, notes)


def _nearest(X: Any, k: int, groups: Any, **search: Any) -> NDArray[np.intp]:
    """The k nearest rows of other groups, nearest first, -1 where there are fewer."""
    n = X.shape[0]
    if groups is None:
        return neighbors_of(X, min(k, n - 1), **search)[0]
    member = np.unique(np.asarray(groups), return_inverse=True)[1]
    if member.shape != (n,):
        raise BadTable(f"{NAME} needs one group for each row, got {n} rows and {member.shape} groups.")
    found = np.full((n, k), NOBODY, dtype=np.intp)
    open_, width = np.arange(n), min(k + 1, n - 1)
    while open_.size:
        near = neighbors_of(X, width, queries=X[open_], own=open_, **search)[0]
        foreign = member[near] != member[open_][:, None]
        first = np.argsort(~foreign, axis=1, kind="stable")[:, :k]
        kept = np.take_along_axis(np.where(foreign, near, NOBODY), first, axis=1)
        found[open_, : kept.shape[1]] = kept
        open_ = open_[foreign.sum(axis=1) < k] if width < n - 1 else open_[:0]
        width = min(WIDER * width, n - 1)
    return found


def _notes(codes: NDArray[np.intp], names: NDArray[Any], k: int, n_near: NDArray[np.intp]) -> list[str]:
    notes = []
    if int(n_near.min()) < k:
        notes.append(f"Some rows have fewer than {k} others to ask.")
    few = np.bincount(codes, minlength=names.size) <= k // 2
    if few.any():
        notes.append(
            f"Outvoted whatever their labels are, for they have no more than {k // 2} rows: "
            f"{quoted(names, few)}."
        )
    return notes
