"""Which rows have no chance left after a complete repeat."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from steelyard.evaluate.nadeau_bengio import corrected_interval

__all__ = ["RULE", "hopeless"]

LEVEL = 0.99
RULE = "after a complete repeat, when the 99% interval of the difference to the best row is below zero"


def hopeless(values: Mapping[str, NDArray[np.float64]], candidates: set[str], ratio: float) -> dict[str, str]:
    """Find rows that are worse than the best one even in the most hopeful reading.

    Parameters
    ----------
    values : mapping of system to ndarray of shape (J,)
        Fold values so far, turned so that more is better.
    candidates : set of str
        Rows that may be dropped; baselines are not among them.
    ratio : float
        Rows tested over rows trained on.

    Returns
    -------
    dict of system to sentence

    Examples
    --------
    >>> sorted(hopeless({"a": np.array([.8, .81, .8]), "b": np.array([.3, .3, .31])}, {"a", "b"}, 0.5))
    ['b']
    """
    means = {name: np.nanmean(fold) for name, fold in values.items() if not np.isnan(fold).all()}
    if not means:
        return {}
    best = max(means, key=means.__getitem__)
    found = {}
    for name in means:
        if name not in candidates or name == best:
            continue
        difference = corrected_interval(values[name] - values[best], ratio, level=LEVEL)
        if difference.high < 0:
            folds = int((~np.isnan(difference.values)).sum())
            found[name] = f"Dropped after {folds} folds: at best {difference.high:+.3g} to {best!r}."
    return found
