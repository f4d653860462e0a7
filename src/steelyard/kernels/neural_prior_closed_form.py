"""A class prior read off features: the exact minimum that a prior estimation module is trained towards."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.exceptions import ConvergenceWarning

__all__ = ["neural_prior_closed_form", "with_ones"]

MOST_STEPS = 1000
GRADIENT_TOLERANCE = 1e-8
VALUE_TOLERANCE = 1e-15
OUT_OF_STEPS = 1  # scipy's status


def with_ones(features: NDArray[np.float64]) -> NDArray[np.float64]:
    """Features with a column of ones behind, ``(h, 1)``."""
    return np.column_stack([features, np.ones(features.shape[0])])


def neural_prior_closed_form(
    features: ArrayLike,
    codes: ArrayLike,
    n_classes: int,
    alpha: float = 2e-4,
    weight: ArrayLike | None = None,
) -> NDArray[np.float64]:
    """Minimise ``mean_i softplus(theta_y_i . (h_i, 1)) + alpha / 2 |theta|^2``.

    Parameters
    ----------
    features : array of shape (n, d)
    codes : array of int, shape (n,)
    n_classes : int
    alpha : float above 0, default=2e-4
        Weight decay, of the bias too.
    weight : array of shape (n,), optional
        Of rows.

    Returns
    -------
    ndarray of shape (n_classes, d + 1)
        ``eta = theta (h, 1)``, and minus ``eta`` is the log prior. A class without rows has zeros.

    Warns
    -----
    ConvergenceWarning
        A class is not at its minimum after 1000 steps of L-BFGS.

    Notes
    -----
    No class's row meets another's data, so there are ``n_classes`` convex problems. Where the features of
    a class are one point of squared length ``|mu|^2`` (the 1 counted), its own ``u = -eta`` solves
    ``u (1 + e^u) = pi |mu|^2 / alpha``: the logarithm of its share, shrunk by about ``u / (1 + u)``.

    References
    ----------
    The loss is that of Yavari and Moallem, Neural Prior Estimation: Learning Class Priors from Latent
    Representations, arXiv 2602.17853, 2026, who train it by gradient steps; its exact minimum on features
    that stay as they are is ours.

    Examples
    --------
    >>> theta = neural_prior_closed_form(np.zeros((100, 1)), np.repeat([0, 1], [90, 10]), 2)
    >>> (-theta[:, 1]).round(2)  # the biases; apart by about log 9, which is 2.2
    array([6.53, 4.67])
    """
    rows = np.asarray(features, dtype=np.float64)
    labels = np.asarray(codes, dtype=np.intp)
    weights = np.ones(labels.size) if weight is None else np.asarray(weight, dtype=np.float64)
    extended, total = with_ones(rows), weights.sum()
    theta = np.zeros((n_classes, extended.shape[1]))
    for code in range(n_classes):
        own = np.flatnonzero((labels == code) & (weights > 0))
        if own.size:
            of_class = weights[own].sum()
            theta[code] = _one_class(extended[own], weights[own] / of_class, alpha * total / of_class)
    return theta


def _one_class(
    extended: NDArray[np.float64], share: NDArray[np.float64], ridge: float
) -> NDArray[np.float64]:
    """Least of ``sum_i share_i softplus(theta . h_i) + ridge / 2 |theta|^2``."""
    # In units of the features' length, so that the first steps fit features of any scale.
    length = float(np.sqrt(share @ np.einsum("ij,ij->i", extended, extended)))
    unit, stiff = extended / length, ridge / length**2

    def loss(theta: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        eta = unit @ theta
        value = float(share @ np.logaddexp(0.0, eta)) + 0.5 * stiff * float(theta @ theta)
        return value, (share * expit(eta)) @ unit + stiff * theta

    best = minimize(
        loss,
        np.zeros(unit.shape[1]),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": MOST_STEPS, "gtol": GRADIENT_TOLERANCE, "ftol": VALUE_TOLERANCE},
    )
    if best.status == OUT_OF_STEPS:
        warnings.warn(
            f"The prior of a class is not settled after {MOST_STEPS} steps. Bring the features to a common "
            f"scale, or raise alpha.",
            ConvergenceWarning,
            stacklevel=3,
        )
    return np.asarray(best.x / length)
