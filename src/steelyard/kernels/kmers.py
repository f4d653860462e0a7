"""The runs of k letters in strings, as numbers that can be sorted and looked up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from steelyard.kernels.duplicates import GOLDEN, MIX_1, MIX_2

__all__ = ["kmer_codes", "own_kmers"]

LETTER_BITS = 7  # an ASCII letter
MOST_PACKED = 9  # letters that fit in 63 bits; the last bit says that a code is a hash
ASCII_END = 1 << LETTER_BITS
HASHED = np.uint64(1) << np.uint64(63)

Kmers = tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.uint64]]


def kmer_codes(strings: Sequence[str], k: int) -> Kmers:
    """Every run of ``k`` letters of every string.

    Parameters
    ----------
    strings : sequence of str
    k : int
        At least 1. A string shorter than that has none.

    Returns
    -------
    rows : ndarray of shape (m,)
        The string each run is of, in order.
    starts : ndarray of shape (m,)
        Where it begins in that string.
    codes : ndarray of uint64, shape (m,)
        Equal runs have equal codes, in this and in any other call with the same ``k``. Up to nine ASCII
        letters are packed and never collide; other runs are hashed to 63 bits, where ``n`` different runs
        collide with a chance of about ``n**2 / 2**64``.

    Examples
    --------
    >>> rows, starts, codes = kmer_codes(["abab", "b", "xab"], 2)
    >>> rows.tolist(), starts.tolist()
    ([0, 0, 0, 2, 2], [0, 1, 2, 0, 1])
    >>> bool(codes[0] == codes[2] == codes[4]), bool(codes[0] == codes[1])
    (True, False)
    """
    lengths = np.array([len(string) for string in strings], dtype=np.intp)
    letters = np.frombuffer("".join(strings).encode("utf-32-le", "surrogatepass"), dtype="<u4")
    per_row = np.maximum(lengths - k + 1, 0)
    rows = np.repeat(np.arange(lengths.size), per_row)
    starts = np.arange(per_row.sum()) - np.repeat(np.cumsum(per_row) - per_row, per_row)
    first = np.repeat(np.cumsum(lengths) - lengths, per_row) + starts
    return rows, starts, _codes(letters, first, k)


def _codes(letters: NDArray[np.uint32], first: NDArray[np.intp], k: int) -> NDArray[np.uint64]:
    if k > MOST_PACKED:
        return _hashed(letters, first, k) | HASHED
    packed = np.zeros(first.size, dtype=np.uint64)
    plain = np.ones(first.size, dtype=np.bool_)
    for step in range(k):
        letter = letters[first + step].astype(np.uint64)
        plain &= letter < ASCII_END
        packed = (packed << np.uint64(LETTER_BITS)) | letter
    return packed if plain.all() else np.where(plain, packed, _hashed(letters, first, k) | HASHED)


def _hashed(letters: NDArray[np.uint32], first: NDArray[np.intp], k: int) -> NDArray[np.uint64]:
    """A hash of each run, joined from those of runs whose lengths are powers of two."""
    piece, length = _mixed(letters.astype(np.uint64) + np.uint64(1)), 1
    total, at = np.zeros(first.size, dtype=np.uint64), first
    with np.errstate(over="ignore"):
        while True:
            if k & length:
                total, at = _mixed(total * GOLDEN + piece[at]), at + length
            if 2 * length > k:
                return total
            piece = _mixed(piece[:-length] * GOLDEN + piece[length:])
            length *= 2


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    with np.errstate(over="ignore"):
        z = (values ^ (values >> np.uint64(30))) * MIX_1
        z = (z ^ (z >> np.uint64(27))) * MIX_2
    return z ^ (z >> np.uint64(31))


def own_kmers(strings: Sequence[str], k: int) -> tuple[NDArray[np.intp], NDArray[np.uint64]]:
    """The different runs of ``k`` letters of each string, each once.

    Parameters
    ----------
    strings : sequence of str
    k : int

    Returns
    -------
    rows : ndarray of shape (m,)
    codes : ndarray of uint64, shape (m,)
        As from `kmer_codes`; sorted by row, then by code.

    Examples
    --------
    >>> own_kmers(["abab"], 2)[0].tolist()
    [0, 0]
    """
    rows, _, codes = kmer_codes(strings, k)
    order = np.lexsort((codes, rows))
    rows, codes = rows[order], codes[order]
    fresh = np.ones(rows.size, dtype=np.bool_)
    fresh[1:] = (rows[1:] != rows[:-1]) | (codes[1:] != codes[:-1])
    return rows[fresh], codes[fresh]
