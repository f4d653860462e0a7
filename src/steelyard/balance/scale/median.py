"""The exact median of columns that are spread over parts, by counting digits.

A float's bits, turned so that they sort as the numbers do, are read 16 at a time: each pass counts
how many numbers that share the digits known so far go on with each next digit, and so fixes 16 bits
more of the number at the wanted rank. Four passes, whatever the size.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from steelyard.balance.scale.parts import Parts
from steelyard.balance.tables.arrow_table import ArrowTable

__all__ = ["digit_counts", "exact_medians", "float_of_key", "sort_key"]

BITS, DIGIT = 64, 16
DIGITS = 2**DIGIT
SIGN = np.uint64(2**63)
SHIFTS = range(BITS - DIGIT, -1, -DIGIT)


def sort_key(numbers: NDArray[np.float64]) -> NDArray[np.uint64]:
    """Whole numbers that are ordered as the floats are.

    Examples
    --------
    >>> key = sort_key(np.array([-2.0, -1.0, 0.0, 3.5]))
    >>> bool((np.diff(key.astype(object)) > 0).all())
    True
    """
    bits = np.ascontiguousarray(numbers, dtype=np.float64).view(np.uint64)
    return np.where(bits & SIGN, ~bits, bits | SIGN)


def float_of_key(key: int) -> float:
    """Return the float that `sort_key` turns into ``key``.

    Examples
    --------
    >>> float_of_key(int(sort_key(np.array([-2.5]))[0]))
    -2.5
    """
    bits = np.uint64(key)
    back = bits ^ SIGN if bits & SIGN else ~bits
    return float(np.array([back], dtype=np.uint64).view(np.float64)[0])


def digit_counts(keys: NDArray[np.uint64], prefix: int, shift: int) -> NDArray[np.int64]:
    """How many keys that begin with ``prefix`` have each digit next.

    Parameters
    ----------
    keys : ndarray of uint64
    prefix : int
        The digits before, as a number.
    shift : int
        Bits behind the digit that is counted.

    Returns
    -------
    ndarray of shape (65536,)
    """
    above = shift + DIGIT
    if above < BITS:
        keys = keys[(keys >> np.uint64(above)) == np.uint64(prefix)]
    digits = (keys >> np.uint64(shift)) & np.uint64(DIGITS - 1)
    return np.bincount(digits.astype(np.int64), minlength=DIGITS)


def _counts_in_part(table: pa.Table, wanted: list[tuple[str, int]], shift: int) -> NDArray[np.int64]:
    counts = np.empty((len(wanted), DIGITS), dtype=np.int64)
    keys: dict[str, NDArray[np.uint64]] = {}
    for row, (name, prefix) in enumerate(wanted):
        if name not in keys:
            numbers = ArrowTable(table.select([name])).numbers([0])[:, 0].astype(np.float64)
            keys = {name: sort_key(numbers[~np.isnan(numbers)])}
        counts[row] = digit_counts(keys[name], prefix, shift)
    return counts


def exact_medians(parts: Parts, present: dict[str, int], dtype: Any) -> dict[str, float]:
    """Median of each column over the numbers that are there.

    Parameters
    ----------
    parts : Parts
    present : dict of column to how many numbers it has, at least 1
    dtype : float32 or float64
        In which the mean of the two middle numbers is taken.

    Returns
    -------
    dict of column to median
    """
    ranks = {(name, rank): (0, rank) for name, n in present.items() for rank in {(n - 1) // 2, n // 2}}
    for shift in SHIFTS if ranks else ():
        wanted = sorted({(name, prefix) for (name, _), (prefix, _) in ranks.items()})
        total = np.zeros((len(wanted), DIGITS), dtype=np.int64)
        for _, counts in parts.map(_counts_in_part, "medians", wanted, shift, columns=sorted(present)):
            total += counts
        for (name, rank), (prefix, left) in ranks.items():
            up_to = np.cumsum(total[wanted.index((name, prefix))])
            digit = int(np.searchsorted(up_to, left, side="right"))
            before = int(up_to[digit - 1]) if digit else 0
            ranks[name, rank] = (prefix << DIGIT | digit, left - before)
    middle: dict[str, list[float]] = {name: [] for name in present}
    for (name, _), (key, _) in ranks.items():
        middle[name].append(float_of_key(key))
    return {name: float(np.mean(np.array(ends, dtype=dtype))) for name, ends in middle.items()}
