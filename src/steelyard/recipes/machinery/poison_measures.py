"""How models are trained and asked in the recipe about poisoned labels."""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import binomtest
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning

__all__ = ["Success", "features_of", "fitted", "success_of"]


class Success(NamedTuple):
    """Share of a class taken for another without and with a patch, paired p-value, and who is drawn along."""

    without: float
    with_patch: float
    p_value: float
    dragged: float


def fitted(model: Any, X: Any, y: Any) -> Any:
    """A fitted copy; that training stops after so many epochs is meant."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return clone(model).fit(X, y)


def features_of(net: Any, X: Any) -> Any:
    """What comes before the last layer, of a net or of a scaler with a perceptron."""
    if hasattr(net, "features"):
        return net.features(X)
    perceptron = net[-1]
    return np.maximum(0, net[0].transform(X) @ perceptron.coefs_[0] + perceptron.intercepts_[0])


def success_of(plain: Any, patched: Any, y: Any, target: Any, to: Any) -> Success:
    """Success of an attack on the same test rows without and with the patch.

    Parameters
    ----------
    plain, patched : array of shape (n,)
        Labels decided on.
    y : array of shape (n,)
        True labels.
    target, to : label

    Returns
    -------
    Success
        The p-value is McNemar's, exact; ``dragged`` is by how much more of all other classes is taken for
        ``to``.

    Examples
    --------
    >>> y = np.array(["a"] * 4 + ["b", "c"])
    >>> plain = np.array(["b", "a", "a", "a", "b", "c"])
    >>> success_of(plain, np.full(6, "b"), y, "a", "b")
    Success(without=0.25, with_patch=1.0, p_value=0.25, dragged=1.0)
    """
    before, after = np.asarray(plain) == to, np.asarray(patched) == to
    own, others = y == target, (y != target) & (y != to)
    gained, undone = int((after & ~before)[own].sum()), int((before & ~after)[own].sum())
    p = float(binomtest(gained, gained + undone).pvalue) if gained + undone else 1.0
    drawn = float(after[others].mean() - before[others].mean())
    return Success(float(before[own].mean()), float(after[own].mean()), p, drawn)
