"""Class shares of rows without labels, from what a calibrated model says of them."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import nnls

from steelyard.decide.base import Decided
from steelyard.decide.labels import plain_label
from steelyard.errors import BadOption
from steelyard.kernels.rng import RandomState, child
from steelyard.records import Estimate

__all__ = ["PRIOR_METHODS", "estimate_deployment_prior", "estimate_prior"]

Array = NDArray[np.float64]
Method = Literal["em", "bbse"]

MOST_STEPS = 1000
CLOSE = 1e-8
FEWEST = 1e-12
INTERVAL = (2.5, 97.5)
TITLES = {"em": "expectation maximisation", "bbse": "black-box shift estimation, soft"}
PRIOR_METHODS = tuple(TITLES)


def _em(proba: Array, trained: Array, weight: Array, start: Array) -> Array:
    """Fixed point of "the prior is the mean posterior under that prior" (Saerens et al. 2002, eq. 2.9)."""
    likelihood = proba / np.maximum(trained, FEWEST)
    total, prior = weight.sum(), start
    for _ in range(MOST_STEPS):
        posterior = likelihood * prior
        posterior /= np.maximum(posterior.sum(axis=1, keepdims=True), FEWEST)
        moved = weight @ posterior / total
        if np.abs(moved - prior).max() < CLOSE:
            return np.asarray(moved / moved.sum())
        prior = moved
    return np.asarray(prior / prior.sum())


def _bbse(proba: Array, weight: Array, held: Array, codes: NDArray[np.intp], held_weight: Array) -> Array:
    """Shares of the held-out classes' mean predictions that add up to the new rows' mean prediction."""
    k = proba.shape[1]
    per_class = np.zeros((k, k))
    for code in range(k):
        own = held_weight * (codes == code)
        if own.sum() > 0:
            per_class[:, code] = own @ held / own.sum()
    shares, _ = nnls(per_class, weight @ proba / weight.sum())
    return np.asarray(shares / shares.sum())


def estimate_prior(
    proba: ArrayLike,
    trained: ArrayLike,
    *,
    held_proba: ArrayLike | None = None,
    held_codes: ArrayLike | None = None,
    method: Method = "em",
    n_boot: int = 200,
    random_state: RandomState = 0,
) -> list[Estimate]:
    """Estimate class shares of unlabelled rows, when only the shares have changed.

    Parameters
    ----------
    proba : array of shape (n, k)
        Calibrated probabilities of the unlabelled rows, on the prior ``trained``.
    trained : array of shape (k,)
    held_proba, held_codes : arrays of shape (m, k) and (m,), optional
        Out-of-fold probabilities and true class codes; needed for "bbse".
    method : {"em", "bbse"}
        "em" is the likeliest prior, best with calibrated probabilities; "bbse" solves for the shares that
        explain the mean prediction, and forgives miscalibration.
    n_boot : int
        Bootstrap samples behind the 95 % intervals: of the unlabelled rows, and for "bbse" also of the
        held-out rows of each class. Errors of the model itself are not in them.
    random_state : int, RandomState, Generator or None

    Returns
    -------
    list of Estimate
        One for each class, in column order; the means sum to one.

    Raises
    ------
    BadOption
        An unknown method, no rows, or no held-out rows for "bbse".

    References
    ----------
    Saerens, Latinne and Decaestecker, Adjusting the outputs of a classifier to new a priori
    probabilities, Neural Computation 14(1), 2002. Lipton, Wang and Smola, Detecting and correcting for
    label shift with black box predictors, ICML 2018.

    Examples
    --------
    >>> p = np.repeat([[0.9, 0.1], [0.1, 0.9]], [50, 50], axis=0)
    >>> round(estimate_prior(p, [0.5, 0.5], n_boot=20)[0].mean, 2)
    0.5
    """
    if method not in TITLES:
        raise BadOption(f"The 'method' parameter must be one of {', '.join(TITLES)}. Got {method!r} instead.")
    given, prior = np.asarray(proba, dtype=np.float64), np.asarray(trained, dtype=np.float64)
    if given.ndim != 2 or given.shape[0] == 0 or prior.shape != given.shape[1:]:
        raise BadOption(
            "Expected probabilities of at least one row and one trained share per column, "
            f"got shapes {given.shape} and {prior.shape}."
        )
    if method == "bbse" and (held_proba is None or held_codes is None):
        raise BadOption(
            "The method 'bbse' needs held_proba and held_codes, got None. Pass them, or use 'em'."
        )
    rng = child(random_state, "estimate prior")
    ones = np.ones(given.shape[0])
    drawn = rng.multinomial(ones.size, ones / ones.size, size=n_boot).astype(np.float64)
    if method == "em":
        best = _em(given, prior, ones, prior)
        again = [_em(given, prior, weight, best) for weight in drawn]
    else:
        held, codes = np.asarray(held_proba, dtype=np.float64), np.asarray(held_codes, dtype=np.intp)
        best = _bbse(given, ones, held, codes, np.ones(codes.size))
        again = [
            _bbse(given, weight, held, codes, rng.poisson(1.0, codes.size).astype(np.float64))
            for weight in drawn
        ]
    low, high = np.percentile(again, INTERVAL, axis=0) if again else (best, best)
    ends = zip(best.tolist(), np.minimum(low, best).tolist(), np.maximum(high, best).tolist(), strict=True)
    return [Estimate(share, below, above, method=TITLES[method]) for share, below, above in ends]


def estimate_deployment_prior(
    model: Decided, X: Any, *, method: Method = "em", n_boot: int = 200, random_state: RandomState = 0
) -> dict[Any, Estimate]:
    """Estimate the class shares of unlabelled rows by a fitted rule's own model.

    ``model.at_prior({label: estimate.mean ...})`` then decides for them.

    Parameters
    ----------
    model : fitted Decided
        With calibration for "em" to be trusted; with out-of-fold scores for "bbse".
    X : unlabelled rows the model takes
    method, n_boot, random_state
        As for `estimate_prior`.

    Returns
    -------
    dict of label to Estimate

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from steelyard.decide import MetricThreshold
    >>> X = np.arange(60.0)[:, None]
    >>> model = MetricThreshold(LogisticRegression(), random_state=0).fit(X, (X[:, 0] > 44).astype(int))
    >>> list(estimate_deployment_prior(model, X[:30], n_boot=20))
    [0, 1]
    """
    held = model.held_out()
    found = estimate_prior(
        model.at_prior(None).predict_proba(X),
        model.prior_,
        held_proba=None if held is None else held.proba,
        held_codes=None if held is None else held.codes,
        method=method,
        n_boot=n_boot,
        random_state=random_state,
    )
    return {plain_label(label): share for label, share in zip(model.classes_, found, strict=True)}
