"""What a prior estimation module learns of a class whose features are one point, by formula."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import wrightomega

__all__ = ["own_log_prior_at_rest", "own_log_prior_in_flow"]

NEWTON_STEPS = 60  # it converges from one side, and far sooner


def own_log_prior_in_flow(shares: ArrayLike, norms: ArrayLike, time: float) -> NDArray[np.float64]:
    """Minus the own output after ``time`` of gradient flow without weight decay.

    Parameters
    ----------
    shares : array of shape (k,)
        Of the classes.
    norms : array of shape (k,), or float
        Squared length of each class's features, the 1 of the bias counted.
    time : float
        Summed learning rates, over one minus the momentum.

    Returns
    -------
    ndarray of shape (k,)
        The ``u`` with ``u + e^u = 1 + share * norm * time``. After long it is the logarithm of the share
        plus that of the norm, a constant apart.

    Examples
    --------
    >>> u = own_log_prior_in_flow([0.9, 0.1], 20.0, time=1e4)
    >>> round(float(u[0] - u[1]), 2), round(float(np.log(9)), 2)
    (2.2, 2.2)
    """
    end = 1.0 + np.asarray(shares, dtype=np.float64) * np.asarray(norms, dtype=np.float64) * time
    return np.asarray(np.log(wrightomega(end)))  # omega + log omega = end, and omega is e^u


def own_log_prior_at_rest(shares: ArrayLike, norms: ArrayLike, decay: float) -> NDArray[np.float64]:
    """Minus the own output where weight decay and the loss are at balance.

    Parameters
    ----------
    shares, norms
        As for `own_log_prior_in_flow`; shares above 0.
    decay : float above 0

    Returns
    -------
    ndarray of shape (k,)
        The ``u`` with ``u (1 + e^u) = share * norm / decay``. Where the right side is large its slope in
        the logarithm of the share is about ``u / (1 + u)``; where it is below 1, ``u`` is linear in the
        share and no longer a logarithm.

    Examples
    --------
    >>> u = own_log_prior_at_rest([0.9, 0.1], 20.0, decay=2e-4)
    >>> bool(np.allclose(u * (1 + np.exp(u)), [90_000, 10_000]))
    True
    """
    right = np.asarray(shares, dtype=np.float64) * np.asarray(norms, dtype=np.float64) / decay
    # Newton's steps on v + log(1 + e^(e^v)) = log(right), v = log u: convex and rising, from above.
    v = np.log(np.minimum(right / 2, np.maximum(np.log1p(right), 1.0)))
    for _ in range(NEWTON_STEPS):
        u = np.exp(v)
        v = v - (v + np.logaddexp(0.0, u) - np.log(right)) / (1.0 + u / (1.0 + np.exp(-u)))
    return np.asarray(np.exp(v))
