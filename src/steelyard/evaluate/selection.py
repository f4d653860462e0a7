"""What the winner is worth once the luck of having been chosen is taken out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steelyard.evaluate.bootstrap import Units, weights_of
from steelyard.kernels.rng import RandomState
from steelyard.records import Estimate

__all__ = ["Choice", "bias_corrected"]

LEVEL = 0.95
METHOD = "bootstrap bias-corrected cross-validation"


@dataclass(frozen=True, eq=False)
class Choice:
    """The rule by which a row is chosen, as numbers, so that it can be replayed.

    The best row that does not resample is chosen, unless a remedy is better by more than its
    ``margin``: what its interval asked for in the comparison.

    Parameters
    ----------
    resamples : ndarray of bool, shape (s,)
    eligible : ndarray of bool, shape (s,)
        Rows that may be chosen at all.
    margin : ndarray of shape (s,)
        Only that of remedies counts; infinite where the comparison says nothing.
    """

    resamples: NDArray[np.bool_]
    eligible: NDArray[np.bool_]
    margin: NDArray[np.float64]

    def of(self, values: NDArray[np.float64]) -> int:
        """Return the row chosen by these values (more is better; NaN is never chosen), or -1.

        Examples
        --------
        >>> rule = Choice(np.array([False, True]), np.array([True, True]), np.array([0.0, 0.1]))
        >>> rule.of(np.array([0.5, 0.55])), rule.of(np.array([0.5, 0.65]))
        (0, 1)
        """
        able = np.where(self.eligible & ~np.isnan(values), values, -np.inf)
        plain = np.where(self.resamples, -np.inf, able)
        best = int(plain.argmax())
        if plain[best] == -np.inf:
            return -1
        proven = self.resamples & (able - plain[best] > self.margin)
        remedy = np.where(proven, able, -np.inf)
        return int(remedy.argmax()) if proven.any() else best


def bias_corrected(
    estimate: float,
    chosen: int,
    metrics: Sequence[Callable[[NDArray[np.float64]], float]],
    choice: Choice,
    units: Units,
    *,
    sign: float,
    times: int,
    bounds: tuple[float, float] = (-np.inf, np.inf),
    random_state: RandomState = 0,
) -> Estimate:
    """Estimate the winner as if it had been chosen on one draw of the rows and measured on the others.

    In each replicate units are drawn with repetition, the rule chooses on the rows that were drawn,
    and the row it chose is measured on those that were not.

    Parameters
    ----------
    estimate : float
        The winner's value in the table.
    chosen : int
        Its position.
    metrics : sequence of functions
        One for each row: weights of the rows (n,) to the metric.
    choice : Choice
    units : Units
    sign : float
        1 when more is better, else -1.
    times : int
        Replicates.
    bounds : (float, float)
        What values the metric can take.
    random_state : int, RandomState, Generator or None

    Returns
    -------
    Estimate
        ``values`` is empty; the method is named.

    Notes
    -----
    Differs from the paper in one point. The paper reports the mean on rows not drawn; here the
    winner's own mean on those rows is subtracted and ``estimate`` added. For a metric that is a mean
    over rows both are equal; for a ranking metric this removes what measuring on a third of the rows
    adds, which is not luck. The table's value and its correction are thus on one scale. The interval
    is made of the same replicates, moved by the same amount.

    References
    ----------
    Tsamardinos, Greasidou and Borboudakis, Bootstrapping the Out-of-Sample Predictions for Efficient
    and Accurate Cross-Validation, Machine Learning 107, 2018, algorithm 3 (BBC-CV).
    """
    picked, own = [], []
    for weight in weights_of(units, times, random_state):
        inside = sign * np.array([metric(weight) for metric in metrics])
        row = choice.of(inside)
        left = (weight == 0).astype(np.float64)
        if row < 0 or not left.any():
            continue
        outside, winner = metrics[row](left), metrics[chosen](left)
        if not (np.isnan(outside) or np.isnan(winner)):
            picked.append(outside)
            own.append(winner)
    if not picked:
        nothing = float("nan")
        return Estimate(nothing, nothing, nothing, (), METHOD)
    moved = np.asarray(picked) + (estimate - float(np.mean(own)))
    low, high = np.quantile(moved, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2])
    mean = float(np.clip(moved.mean(), *bounds))
    return Estimate(mean, float(max(low, bounds[0])), float(min(high, bounds[1])), (), METHOD)
