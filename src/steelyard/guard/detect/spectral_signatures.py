"""Spectral signatures: rows that stick out along the main direction of their class's features."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import BadOption
from steelyard.guard.detect.read_rows import need_share, quoted, read_codes, read_features
from steelyard.guard.detect.suspects import Suspects, rank_suspects
from steelyard.kernels.class_centers import class_centers, nearest_other_class, principal_directions

__all__ = ["spectral_signatures"]

NAME = "spectral_signatures"
EPS = 0.05
MOST = 0.5
REMOVED = 1.5  # times the share of poison: the paper's margin
MIN_ROWS = 10
LIMIT = 3.5  # robust standard deviations from which a value is called an outlier
MAD_TO_SIGMA = 1.482602218505602  # of a normal distribution


def spectral_signatures(
    features: Any,
    y: Any,
    *,
    eps: float | Mapping[Any, float] = EPS,
    limit: float = LIMIT,
    min_rows: int = MIN_ROWS,
) -> Suspects:
    """Find rows that lie far out along the direction in which the features of their class vary the most.

    Parameters
    ----------
    features : array of shape (n, d)
        What a trained network makes of the rows, such as ``DeepClassifier.features``.
    y : array of shape (n,)
        Given labels.
    eps : float or dict, default=0.05
        Largest share of a class's rows that may be poison, one for all or one per class (a class that is
        not named is not judged). At most ``1.5 * eps`` of a class are suspects.
    limit : float
        How many robust standard deviations a row must lie out to be a suspect.
    min_rows : int
        Rows a class needs to be judged.

    Returns
    -------
    Suspects
        The score of a row is ``t / (t + t0)``, with t the squared distance from the class's mean along the
        direction and t0 that of ``limit``: one half where a row begins to be a suspect. The method names no
        right label; the suggested one is the class whose mean is nearest among the others.

    Raises
    ------
    BadTable, BadTarget, BadOption

    Notes
    -----
    Features are centred within the class; the direction is the first right singular vector of the centred
    features. The paper removes the ``1.5 * eps`` rows that lie farthest out. A class without poison would
    lose as many, which a rare class cannot afford: rows must also lie beyond ``limit`` times the median
    absolute deviation (scaled to a standard deviation). That condition, and a share per class, are ours.

    *What it cannot do.* It was made for triggers, which leave a strong trace in features. Flipped labels
    alone leave one only where the network tells the two classes apart in spite of them. Poison that makes up
    half of a class is its main view, and a class's own rare kinds lie out too.

    References
    ----------
    Tran, Li and Madry, Spectral Signatures in Backdoor Attacks, NeurIPS 2018, algorithm 1.

    Examples
    --------
    >>> features = np.random.default_rng(0).normal(size=(200, 3))
    >>> features[:4, 0] += 12
    >>> y = np.repeat(["a", "b"], 100)
    >>> spectral_signatures(features, y).rows.tolist() == [0, 1, 2, 3]
    False
    >>> sorted(spectral_signatures(features, y).rows.tolist())
    [0, 1, 2, 3]
    """
    for name, value, least in (("limit", limit, 0.0), ("min_rows", min_rows, 1)):
        if isinstance(value, bool) or not isinstance(value, (int, float, np.number)) or not value > least:
            raise BadOption(
                f"The {name!r} parameter of {NAME} must be a number above {least:g}. Got {value!r} instead."
            )
    codes, names = read_codes(y, NAME)
    table = read_features(features, codes, NAME)
    shares = _shares(eps, names)
    every = np.full(codes.size, np.nan)
    out = np.zeros(codes.size)
    suspect = np.zeros(codes.size, dtype=np.bool_)
    flat = np.zeros(names.size, dtype=np.bool_)
    counts = np.bincount(codes, minlength=names.size)
    for code in np.flatnonzero((counts >= min_rows) & (shares > 0)).tolist():
        rows = np.flatnonzero(codes == code)
        along = _along(table[rows])
        spread = MAD_TO_SIGMA * float(np.median(np.abs(along - np.median(along))))
        flat[code] = spread == 0
        if flat[code]:
            continue
        out[rows] = np.abs(along) / spread
        squared = out[rows] ** 2
        every[rows] = squared / (squared + limit**2)
        most = math.ceil(REMOVED * shares[code] * rows.size)
        first = rows[np.argsort(-out[rows], kind="stable")[:most]]
        suspect[first] = out[first] > limit
    best = nearest_other_class(table, codes, class_centers(table, codes, names.size))
    labels = names.tolist()

    def say(row: int) -> str:
        return f"{out[row]:.1f} robust deviations out along the main direction of {labels[codes[row]]!r}"

    notes = _notes(names, counts < min_rows, flat, REMOVED * shares >= MOST)
    return rank_suspects(NAME, suspect, every, codes, best, names, say, notes)


def _along(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where rows lie along the direction of most variance, from their mean."""
    centred = rows - rows.mean(axis=0)
    return np.asarray(centred @ principal_directions(centred, 1)[:, 0])


def _shares(eps: float | Mapping[Any, float], names: NDArray[Any]) -> NDArray[np.float64]:
    """Largest share of poison per class; 0 for a class that is not to be judged."""
    if not isinstance(eps, Mapping):
        return np.full(names.size, need_share(NAME, "eps", eps, high=MOST))
    unknown = [label for label in eps if label not in names.tolist()]
    if unknown:
        raise BadOption(f"The 'eps' parameter of {NAME} names classes that are not there: {unknown}.")
    return np.array(
        [need_share(NAME, "eps", eps[label], high=MOST) if label in eps else 0.0 for label in names.tolist()]
    )


def _notes(
    names: NDArray[Any], few: NDArray[np.bool_], flat: NDArray[np.bool_], many: NDArray[np.bool_]
) -> list[str]:
    said = (
        (few, "Not judged, too few rows"),
        (flat, "Not judged, most rows have the same features"),
        (many, "So much poison is allowed for that it may be the class's main view"),
    )
    return [f"{what}: {quoted(names, which)}." for which, what in said if which.any()]
