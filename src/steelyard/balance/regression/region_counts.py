"""Rows each stretch of rare or common values shall have."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import BadOption

__all__ = ["wanted_counts"]

NAMES = {"over": ("balance",), "under": ("balance",), "both": ("balance", "extreme")}


def wanted_counts(owner: Any, counts: NDArray[np.intp], rare: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Rows wanted of each region under the sampler's ``sampling_strategy``.

    Parameters
    ----------
    owner : sampler
        Its ``how`` says whether regions may grow ("over"), shrink ("under"), or both.
    counts, rare : ndarray of shape (r,)

    Returns
    -------
    ndarray of int, shape (r,)

    Raises
    ------
    BadOption
        A strategy that makes no sense here.
    """
    strategy = owner.sampling_strategy
    if isinstance(strategy, str):
        if strategy not in NAMES[owner.how]:
            raise _refused(owner, counts.shape[0])
        return _named(strategy, owner.how, counts, rare)
    factors = np.asarray(strategy, dtype=np.float64) if np.ndim(strategy) == 1 else np.empty(0)
    fits = factors.shape == counts.shape and bool(np.isfinite(factors).all()) and bool((factors >= 0).all())
    grows, shrinks = bool((factors > 1).any()), bool((factors < 1).any())
    if not fits or (owner.how == "over" and shrinks) or (owner.how == "under" and grows):
        raise _refused(owner, counts.shape[0])
    wanted = np.rint(counts * factors).astype(np.intp)
    if wanted.sum() == 0:
        raise _refused(owner, counts.shape[0])
    return wanted


def _named(strategy: str, how: str, counts: NDArray[np.intp], rare: NDArray[np.bool_]) -> NDArray[np.intp]:
    if how == "over":
        level = np.full(counts.shape[0], counts[~rare].sum() / rare.sum())
    elif how == "under":
        level = np.full(counts.shape[0], counts[rare].sum() / (~rare).sum())
    else:
        level = np.full(counts.shape[0], counts.sum() / counts.shape[0])
        if strategy == "extreme":
            inverse = level**2 / counts
            level = inverse * counts.sum() / inverse.sum()
    level = np.maximum(np.rint(level), 1)
    grown = np.maximum(counts, level) if how != "under" else counts
    shrunk = np.minimum(counts, level) if how != "over" else counts
    return np.where(rare, grown, shrunk).astype(np.intp)


def _refused(owner: Any, n_regions: int) -> BadOption:
    names = " or ".join(repr(name) for name in NAMES[owner.how])
    bounds = {"over": " of at least 1", "under": " between 0 and 1", "both": ""}[owner.how]
    return BadOption(
        f"The 'sampling_strategy' parameter of {type(owner).__name__} must be {names}, or one "
        f"factor{bounds} for each of the {n_regions} stretches of rare and common values, from the "
        f"smallest up. Got {owner.sampling_strategy!r} instead."
    )
