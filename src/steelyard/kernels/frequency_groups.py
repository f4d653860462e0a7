"""Classes in three groups by how often they occur: head, medium and tail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import BadOption

__all__ = ["GROUPS", "frequency_groups"]

GROUPS = ("head", "medium", "tail")
THRESHOLDS, SIZES = 2, 3  # how many numbers say the one and the other


def frequency_groups(
    counts: Any, cuts: Sequence[float] | None = None, *, groups: Sequence[str] = GROUPS
) -> NDArray[np.str_]:
    """Name the group of each class, from the most frequent to the rarest.

    Parameters
    ----------
    counts : array of shape (k,)
        Rows of each class, 0 or more.
    cuts : sequence of 2 or 3 numbers, optional
        Three are how many classes each group has, and add up to k. Two are counts, the larger one first:
        head is above the first, tail below the second, medium what is left, both included. By default
        head and tail are a third of the classes each, rounded to the nearest whole number, and medium is
        the rest: 3, 4 and 3 of ten.
    groups : sequence of 3 str, default=("head", "medium", "tail")
        Their names.

    Returns
    -------
    ndarray of str, shape (k,)

    Raises
    ------
    BadOption
        Counts that are none, or cuts or names that make no sense.

    Notes
    -----
    Two classes are head and tail, a single one is head. Thirds keep classes of equal counts together, in
    the group in which the middle of them lies, the more frequent one if it lies on a border: classes that
    are all as large as each other are all medium (of one or two classes, head). Numbers of classes given
    in ``cuts`` are met exactly; among equals the earlier class is taken for the more frequent.

    References
    ----------
    Liu, Miao, Zhan, Wang, Gong and Yu, Large-scale long-tailed recognition in an open world, CVPR 2019,
    for the thresholds ``(100, 20)``.

    Examples
    --------
    >>> frequency_groups([500, 300, 100, 50, 20, 8]).tolist()
    ['head', 'head', 'medium', 'medium', 'tail', 'tail']
    >>> frequency_groups([500, 300, 100, 50, 20, 8], cuts=(100, 20)).tolist()
    ['head', 'head', 'medium', 'medium', 'medium', 'tail']
    """
    numbers = np.asarray(counts, dtype=np.float64)
    if numbers.ndim != 1 or not numbers.size or not np.isfinite(numbers).all() or (numbers < 0).any():
        raise BadOption(f"Counts must be one number of 0 or more a class. Got {counts!r} instead.")
    if len(groups) != len(GROUPS) or len(set(groups)) != len(GROUPS):
        raise BadOption(f"There must be three different names of groups. Got {tuple(groups)!r} instead.")
    if cuts is None:
        places = _thirds(numbers)
    elif len(cuts) == SIZES:
        places = _by_sizes(numbers, cuts)
    elif len(cuts) == THRESHOLDS:
        places = _by_thresholds(numbers, cuts)
    else:
        raise BadOption(
            "cuts must be three numbers of classes, such as (3, 4, 3), or two counts, such as (100, 20). "
            f"Got {cuts!r} instead."
        )
    return np.asarray(groups, dtype=np.str_)[places]


def _thirds(counts: NDArray[np.float64]) -> NDArray[np.intp]:
    k = counts.size
    outer = max(1, round(k / len(GROUPS))) if k > 1 else 1
    borders = np.array([outer, max(outer, k - outer)])
    ascending = np.sort(counts)
    # Ranks from the top: equal counts fill a stretch, in the middle of which they are all taken to be.
    above = k - np.searchsorted(ascending, counts, side="right")
    end = k - np.searchsorted(ascending, counts, side="left")
    return np.searchsorted(borders, (above + end) / 2, side="left")


def _by_sizes(counts: NDArray[np.float64], sizes: Sequence[float]) -> NDArray[np.intp]:
    if any(int(size) != size or size < 0 for size in sizes) or sum(sizes) != counts.size:
        raise BadOption(
            f"Three cuts are numbers of classes and must add up to {counts.size}. Got {sizes!r} instead."
        )
    places = np.empty(counts.size, dtype=np.intp)
    places[np.argsort(-counts, kind="stable")] = np.repeat(np.arange(len(GROUPS)), [int(n) for n in sizes])
    return places


def _by_thresholds(counts: NDArray[np.float64], cuts: Sequence[float]) -> NDArray[np.intp]:
    upper, lower = cuts
    if not upper >= lower:
        raise BadOption(f"Two cuts are counts, the larger one first. Got {cuts!r} instead.")
    return np.where(counts > upper, 0, np.where(counts < lower, 2, 1)).astype(np.intp)
