"""Strings that are alike: groups for splitting, and the nearest training string of a new one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from steelyard.data.check_parameter import check_whole
from steelyard.data.encode_peptide.residues import as_sequences
from steelyard.errors import BadTable
from steelyard.kernels.kmers import kmer_codes, own_kmers

__all__ = ["Overlap", "as_strings", "nearest_overlap", "shared_kmer_groups"]

NOBODY = -1


def shared_kmer_groups(strings: Any, k: int = 8) -> NDArray[np.intp]:
    """Number strings so that two with a common run of ``k`` letters have the same number.

    Likeness is passed on: where a is like b and b like c, all three are one group. Splitting by these groups
    (``StratifiedGroupKFold``, ``groups=``) keeps copies, variants and tiles of one sequence on one side.

    Parameters
    ----------
    strings : sequence of n str, or a table with one column
        Of any letters; capitals and small letters differ.
    k : int, default=8
        A string shorter than that is grouped with its equals alone.

    Returns
    -------
    ndarray of int, shape (n,)
        Numbers in order of first appearance, from 0.

    Raises
    ------
    BadTable
        Something that is no string.
    BadOption
        ``k`` below 1.

    Notes
    -----
    Strings and runs are the two sides of a graph; groups are its connected parts.

    Examples
    --------
    >>> shared_kmer_groups(["abcd", "bcde", "cdef", "xyz"], k=3).tolist()
    [0, 0, 0, 1]
    """
    check_whole("shared_kmer_groups", "k", k, 1)
    texts = as_strings(strings)
    n = len(texts)
    rows, codes = own_kmers(texts, k)
    short = np.array([row for row, text in enumerate(texts) if len(text) < k], dtype=np.intp)
    kinds, run = np.unique(codes, return_inverse=True)
    _, whole = np.unique([texts[row] for row in short], return_inverse=True)
    place = n + np.concatenate([run, kinds.size + whole]).astype(np.intp)
    row = np.concatenate([rows, short])
    size = n + kinds.size + short.size
    graph = sparse.coo_matrix((np.ones(row.size, dtype=np.int8), (row, place)), shape=(size, size))
    part = connected_components(graph, directed=False)[1][:n]
    _, first, number = np.unique(part, return_index=True, return_inverse=True)
    order = np.empty(first.size, dtype=np.intp)
    order[np.argsort(first)] = np.arange(first.size)
    return order[number]


@dataclass(frozen=True, eq=False)
class Overlap:
    """The longest run of letters that each string shares with any training string.

    ``length`` (m,) letters of it; ``row`` (m,) a training string that has it, -1 where no letter is shared;
    ``start`` (m,) where it begins in the new string, ``train_start`` (m,) where in the training string.
    """

    length: NDArray[np.intp]
    row: NDArray[np.intp]
    start: NDArray[np.intp]
    train_start: NDArray[np.intp]


def nearest_overlap(train: Any, test: Any) -> Overlap:
    """Find the longest common run of letters of each test string with any training string.

    Parameters
    ----------
    train : sequence of n str, or a table with one column
    test : sequence of m str, or a table with one column

    Returns
    -------
    Overlap
        Of several training strings the shortest, then the first; of several places the first.

    Raises
    ------
    BadTable
        Something that is no string, or no training string.

    Notes
    -----
    Whether a string shares a run of k letters can be looked up in an index of all training runs of that
    length. What shares k letters shares fewer too, so the longest is found by doubling and halving k.

    Examples
    --------
    >>> near = nearest_overlap(["abcdef", "xbcdx"], ["zbcdz", "ef", "q"])
    >>> near.length.tolist(), near.row.tolist(), near.start.tolist()
    ([3, 2, 0], [1, 0, -1], [1, 0, 0])
    """
    known, asked = as_strings(train), as_strings(test)
    if not known:
        raise BadTable("Expected at least one training string, got none.")
    m = len(asked)
    told = Overlap(
        np.zeros(m, dtype=np.intp),
        np.full(m, NOBODY, dtype=np.intp),
        np.zeros(m, dtype=np.intp),
        np.zeros(m, dtype=np.intp),
    )
    # Of equals the index keeps the first, so the preferred training strings come first.
    order = np.array(sorted(range(len(known)), key=lambda row: (len(known[row]), row)), dtype=np.intp)
    index = _Index([known[row] for row in order])
    for rows, k in _lengths(index, asked):
        found = index.look_up([asked[row] for row in rows], k)
        told.length[rows] = k
        told.row[rows], told.start[rows], told.train_start[rows] = (
            order[found.row],
            found.start,
            found.train_start,
        )
    return told


def _lengths(index: _Index, asked: list[str]) -> Iterator[tuple[NDArray[np.intp], int]]:
    """Rows and the length of the longest run they share, rows that share none left out."""
    alive, low = np.arange(len(asked)), 0
    waiting = []
    while alive.size:
        k = max(1, 2 * low)
        shares = index.shares([asked[row] for row in alive], k)
        waiting.append((alive[~shares], low, k))
        alive, low = alive[shares], k
    while waiting:
        rows, low, high = waiting.pop()
        if not rows.size:
            continue
        if high - low <= 1:
            if low:
                yield rows, low
            continue
        middle = (low + high) // 2
        shares = index.shares([asked[row] for row in rows], middle)
        waiting += [(rows[shares], middle, high), (rows[~shares], low, middle)]


class _Index:
    """All runs of k letters of the training strings, for one k after another."""

    def __init__(self, strings: list[str]) -> None:
        self.strings = strings
        self.runs: dict[int, NDArray[np.uint64]] = {}

    def shares(self, asked: list[str], k: int) -> NDArray[np.bool_]:
        """Whether each string shares a run of ``k`` letters."""
        if k not in self.runs:
            self.runs[k] = np.unique(kmer_codes(self.strings, k)[2])
        rows, _, codes = kmer_codes(asked, k)
        shared = np.isin(codes, self.runs[k])
        return np.bincount(rows[shared], minlength=len(asked)) > 0

    def look_up(self, asked: list[str], k: int) -> Overlap:
        """Where the first shared run of ``k`` letters stands; every string has one."""
        owners, places, known = kmer_codes(self.strings, k)
        runs, first = np.unique(known, return_index=True)
        rows, starts, codes = kmer_codes(asked, k)
        at = np.minimum(np.searchsorted(runs, codes), runs.size - 1)
        shared = runs[at] == codes
        # The preferred training string over all shared runs of a row, then the first run.
        rank = np.where(shared, first[at], known.size)
        best = np.lexsort((starts, owners[np.minimum(rank, known.size - 1)], ~shared, rows))
        chosen = best[np.unique(rows[best], return_index=True)[1]]
        owner = first[at[chosen]]
        return Overlap(np.full(len(asked), k), owners[owner], starts[chosen], places[owner])


def as_strings(given: Any) -> list[str]:
    """The strings of a list, an array, a series or a table with one column.

    Raises
    ------
    BadTable
        Something that is no string; the message names the row.
    """
    texts = as_sequences(given)
    for row, text in enumerate(texts):
        if not isinstance(text, str):
            raise BadTable(f"Expected strings, got {text!r} in row {row}. Leave it out, or write it as text.")
    return texts
