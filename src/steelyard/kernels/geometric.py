"""Points drawn inside balls, and balls cut and pressed towards a direction."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["in_cross_ball", "in_unit_ball", "pressed", "truncated"]


def in_unit_ball(n: int, width: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw points evenly from the Euclidean ball of radius 1.

    Parameters
    ----------
    n, width : int
    rng : Generator

    Returns
    -------
    ndarray of shape (n, width)

    Examples
    --------
    >>> points = in_unit_ball(1000, 3, np.random.default_rng(0))
    >>> bool((np.linalg.norm(points, axis=1) <= 1).all())
    True
    """
    points = rng.normal(size=(n, width))
    length = np.linalg.norm(points, axis=1, keepdims=True)
    return np.asarray(points / np.where(length > 0, length, 1.0) * rng.random((n, 1)) ** (1 / max(width, 1)))


def in_cross_ball(radius: NDArray[np.float64], width: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw one point from each ball of sums of absolute values, at an evenly drawn share of its radius.

    Parameters
    ----------
    radius : ndarray of shape (n,)
    width : int
    rng : Generator

    Returns
    -------
    ndarray of shape (n, width)

    Examples
    --------
    >>> points = in_cross_ball(np.full(1000, 2.0), 3, np.random.default_rng(0))
    >>> bool((np.abs(points).sum(axis=1) <= 2).all())
    True
    """
    size = rng.exponential(size=(radius.shape[0], width))
    sign = np.where(rng.random(size.shape) < 1 / 2, -1.0, 1.0)
    total = size.sum(axis=1)
    reach = radius * rng.random(radius.shape[0]) / np.where(total > 0, total, 1.0)
    return np.asarray(sign * size * reach[:, None])


def truncated(points: NDArray[np.float64], axis: NDArray[np.float64], factor: float) -> NDArray[np.float64]:
    """Mirror the points that lie beyond a plane across the axis, to the side that is kept.

    Parameters
    ----------
    points : ndarray of shape (n, p)
        In the unit ball.
    axis : ndarray of shape (n, p)
        A unit vector each, or 0.
    factor : float in [-1, 1]
        0 keeps the whole ball, 1 the half that the axis points to, -1 the other half.

    Returns
    -------
    ndarray of shape (n, p)

    Examples
    --------
    >>> truncated(np.array([[-0.5, 0.2]]), np.array([[1.0, 0.0]]), 1.0)
    array([[0.5, 0.2]])
    """
    along = np.einsum("ij,ij->i", points, axis)
    beyond = np.abs(factor - along) > 1
    return np.asarray(points - 2 * np.where(beyond, along, 0.0)[:, None] * axis)


def pressed(points: NDArray[np.float64], axis: NDArray[np.float64], factor: float) -> NDArray[np.float64]:
    """Press the points towards the axis: 0 leaves them, 1 puts them on it.

    Parameters
    ----------
    points, axis : ndarray of shape (n, p)
    factor : float in [0, 1]

    Returns
    -------
    ndarray of shape (n, p)

    Examples
    --------
    >>> pressed(np.array([[0.5, 0.2]]), np.array([[1.0, 0.0]]), 0.5)
    array([[0.5, 0.1]])
    """
    along = np.einsum("ij,ij->i", points, axis)[:, None] * axis
    return np.asarray(points - factor * (points - along))
