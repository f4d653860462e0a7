"""Class shares as a user writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import BadOption

__all__ = ["read_prior"]

TOLERANCE = 1e-6


def read_prior(prior: Any, names: list[Any], name: str) -> NDArray[np.float64]:
    """Read one share per class.

    Parameters
    ----------
    prior : mapping of label to share, or sequence of shares in class order
    names : list of labels, sorted
    name : str
        Of the parameter, for messages.

    Returns
    -------
    ndarray of shape (k,)

    Raises
    ------
    BadOption
        Not one share per class, or the shares do not sum to one.

    Examples
    --------
    >>> read_prior({"ok": 0.99, "fraud": 0.01}, ["fraud", "ok"], "deployment_prior")
    array([0.01, 0.99])
    """
    if isinstance(prior, Mapping):
        if set(prior) != set(names):
            raise BadOption(f"{name} must give one share for each of {names}. Got {dict(prior)!r} instead.")
        prior = [prior[label] for label in names]
    try:
        shares = np.asarray(prior, dtype=np.float64)
    except (TypeError, ValueError):
        shares = np.empty(0)
    if shares.shape != (len(names),) or not (shares >= 0).all() or abs(shares.sum() - 1) > TOLERANCE:
        raise BadOption(
            f"{name} must hold one share for each of {names}, none negative, summing to 1. "
            f"Got {prior!r} instead."
        )
    return shares
