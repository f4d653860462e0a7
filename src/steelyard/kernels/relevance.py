"""Which values of a continuous target matter: a relevance between 0 and 1 for every value.

A relevance function goes through a few control points (value, relevance, slope) by piecewise cubic
Hermite interpolation and keeps between them. Without a user's points they come from the box plot of
the target: the median is irrelevant, the ends of the whiskers and all beyond fully relevant.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicHermiteSpline, PchipInterpolator

from steelyard.errors import BadOption

__all__ = [
    "box_plot_points",
    "box_plot_stats",
    "check_points",
    "relevance",
    "relevance_by",
    "relevance_regions",
]

Extremes = Literal["both", "high", "low"]

NAMED: dict[str, Extremes] = {"auto": "both", "high": "high", "low": "low"}

WHISKER = 1.5  # in heights of the box
STEEPEST = 3.0  # slope, in units of the secant, up to which a cubic piece certainly keeps monotone
FEWEST_POINTS = 2


def box_plot_stats(y: ArrayLike, coef: float = WHISKER) -> NDArray[np.float64]:
    """Lower whisker, lower hinge, median, upper hinge, upper whisker, as Tukey draws them.

    The hinges are the medians of the two halves (each with the middle value, if there is one); a whisker
    ends at the farthest value within ``coef`` boxes of its hinge.

    Parameters
    ----------
    y : array of shape (n,)
    coef : float

    Returns
    -------
    ndarray of shape (5,)

    References
    ----------
    Tukey, Exploratory data analysis, 1977.

    Examples
    --------
    >>> box_plot_stats([1, 2, 3, 4, 5, 30])
    array([1. , 2. , 3.5, 5. , 5. ])
    """
    values = np.sort(np.asarray(y, dtype=np.float64))
    half = (values.shape[0] + 1) // 2
    low, middle, high = np.median(values[:half]), np.median(values), np.median(values[-half:])
    reach = coef * (high - low)
    inside = values[(values >= low - reach) & (values <= high + reach)]
    return np.array([inside[0], low, middle, high, inside[-1]])


def box_plot_points(
    y: ArrayLike, *, coef: float = WHISKER, extremes: Extremes = "both"
) -> NDArray[np.float64]:
    """Control points from the box plot of a target.

    Parameters
    ----------
    y : array of shape (n,)
    coef : float
        Length of the whiskers, in boxes.
    extremes : {"both", "high", "low"}
        Which tails may be relevant. A tail without a value beyond its whisker is not.

    Returns
    -------
    ndarray of shape (m, 3)
        Value, relevance, slope; values strictly increasing. Where a whisker ends at the median (more
        than half of the values are equal) the first value beyond it takes its place.

    References
    ----------
    Ribeiro, Utility-based regression, thesis, University of Porto, 2011; Ribeiro and Moniz, Imbalanced
    regression and extreme value prediction, Machine Learning 109, 2020.

    Examples
    --------
    >>> box_plot_points([1, 2, 3, 4, 5, 30])
    array([[1. , 0. , 0. ],
           [3.5, 0. , 0. ],
           [5. , 1. , 0. ]])
    """
    values = np.unique(np.asarray(y, dtype=np.float64))
    lower, _, middle, _, upper = box_plot_stats(y, coef)
    points = [(middle, 0.0)]
    for side, whisker, beyond in (
        ("low", lower, values[values < lower][::-1]),
        ("high", upper, values[values > upper]),
    ):
        if extremes in ("both", side) and beyond.size:
            points.append((beyond[0] if whisker == middle else whisker, 1.0))
        else:
            points.append((values[0] if side == "low" else values[-1], 0.0))
    return np.array([(value, height, 0.0) for value, height in sorted(set(points))])


def check_points(points: Any) -> NDArray[np.float64]:
    """Control points as rows of value, relevance, slope, in order of the value.

    Parameters
    ----------
    points : array of shape (m, 2) or (m, 3)
        Without slopes those of `scipy.interpolate.PchipInterpolator` are taken.

    Raises
    ------
    BadOption
        They are no such points.
    """
    given = np.asarray(points, dtype=np.float64)
    if given.ndim != 2 or given.shape[0] < FEWEST_POINTS or given.shape[1] not in (2, 3):
        raise BadOption(
            f"Control points must be at least {FEWEST_POINTS} rows of (value, relevance) or (value, "
            f"relevance, slope). Got shape {given.shape} instead."
        )
    given = given[np.argsort(given[:, 0], kind="stable")]
    if not np.isfinite(given).all() or (np.diff(given[:, 0]) <= 0).any():
        raise BadOption("Control points must be finite, with one relevance for each value.")
    if (given[:, 1] < 0).any() or (given[:, 1] > 1).any():
        raise BadOption(f"A relevance must lie in [0, 1]. Got {given[:, 1].tolist()} instead.")
    if given.shape[1] == 3:
        return given
    slopes = PchipInterpolator(given[:, 0], given[:, 1])(given[:, 0], 1)
    return np.column_stack([given, slopes])


def relevance(y: ArrayLike, points: Any) -> NDArray[np.float64]:
    """Relevance of each value, by monotone cubic interpolation between control points.

    Parameters
    ----------
    y : array of shape (n,)
    points : array of shape (m, 2) or (m, 3)
        Value, relevance and, optionally, slope. A slope that would make the curve overshoot between two
        points is made less steep. Beyond the outermost points the relevance stays as it is there.

    Returns
    -------
    ndarray of shape (n,)
        In [0, 1].

    References
    ----------
    Fritsch and Carlson, Monotone piecewise cubic interpolation, SIAM Journal on Numerical Analysis 17,
    1980; Ribeiro, Utility-based regression, thesis, University of Porto, 2011.

    Examples
    --------
    >>> relevance([0, 5, 7.5, 10, 99], [[5, 0, 0], [10, 1, 0]])
    array([0. , 0. , 0.5, 1. , 1. ])
    """
    knots = check_points(points)
    values = np.clip(np.asarray(y, dtype=np.float64), knots[0, 0], knots[-1, 0])
    curve = CubicHermiteSpline(knots[:, 0], knots[:, 1], _monotone(knots))
    return np.asarray(np.clip(curve(values), 0.0, 1.0))


def _monotone(knots: NDArray[np.float64]) -> NDArray[np.float64]:
    """Slopes that keep the curve between its points, changed where they do not."""
    slopes = knots[:, 2].copy()
    secants = np.diff(knots[:, 1]) / np.diff(knots[:, 0])
    for piece, secant in enumerate(secants.tolist()):
        ends = slice(piece, piece + 2)
        if secant == 0:
            slopes[ends] = 0.0
            continue
        share = np.maximum(slopes[ends] / secant, 0.0)
        length = float(np.hypot(share[0], share[1]))
        slopes[ends] = share * secant * min(1.0, STEEPEST / max(length, STEEPEST))
    return slopes


def relevance_regions(
    y: ArrayLike, phi: NDArray[np.float64], threshold: float
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Cut the range of a target where its relevance crosses a threshold.

    Parameters
    ----------
    y, phi : array of shape (n,)
    threshold : float
        A value of at least this relevance is rare.

    Returns
    -------
    region : ndarray of int, shape (n,)
        Number of the stretch of values a row lies in, from the smallest values up.
    rare : ndarray of bool, shape (number of regions,)

    Examples
    --------
    >>> region, rare = relevance_regions([9, 1, 2, 3], np.array([1, 1, 0, 0.2]), 0.5)
    >>> region.tolist(), rare.tolist()
    ([2, 0, 1, 1], [True, False, True])
    """
    order = np.argsort(np.asarray(y, dtype=np.float64), kind="stable")
    high = (phi >= threshold)[order]
    starts = np.r_[True, high[1:] != high[:-1]]
    region = np.empty(order.shape[0], dtype=np.intp)
    region[order] = np.cumsum(starts) - 1
    return region, high[starts]


def relevance_by(given: Any, y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """Relevance of each value, however a user states it.

    Parameters
    ----------
    given : str, array or callable
        "auto", "high" or "low" (`box_plot_points` of ``y``, both tails or one), control points of shape
        (m, 2) or (m, 3), relevances of shape (n,), or a function of ``y`` that returns them.
    y : array of shape (n,)

    Returns
    -------
    phi : ndarray of shape (n,)
    points : ndarray of shape (m, 3) or None
        The control points, where there are any.

    Raises
    ------
    BadOption
        It is none of these, or a relevance is outside [0, 1].

    Examples
    --------
    >>> phi, points = relevance_by("high", [1, 2, 3, 4, 5, 30])
    >>> phi.tolist()
    [0.0, 0.0, 0.0, 0.259..., 1.0, 1.0]
    """
    values = np.asarray(y, dtype=np.float64)
    if isinstance(given, str):
        if given not in NAMED:
            raise BadOption(
                f"relevance must be one of {sorted(NAMED)}, control points, relevances or a function. "
                f"Got {given!r} instead."
            )
        points = box_plot_points(values, extremes=NAMED[given])
        if points.shape[0] < FEWEST_POINTS:  # all values are equal
            return np.zeros(values.shape[0]), points
        return relevance(values, points), points
    if not callable(given) and np.ndim(given) == 2:
        points = check_points(given)
        return relevance(values, points), points
    phi = np.asarray(given(values) if callable(given) else given, dtype=np.float64)
    if phi.shape != values.shape or not ((phi >= 0) & (phi <= 1)).all():
        raise BadOption(
            f"relevance must give each of {values.shape[0]} rows a number in [0, 1]. Got shape {phi.shape}"
            f"{'' if phi.shape != values.shape else ' with others among them'} instead."
        )
    return phi, None
