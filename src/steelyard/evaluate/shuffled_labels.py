"""The shuffled-label control: a protocol that finds classes where there are none measures itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from sklearn.metrics import balanced_accuracy_score

from steelyard.errors import BadOption
from steelyard.kernels.progress import Progress
from steelyard.kernels.rng import RandomState, child, int_seed, root_seed

__all__ = ["Control", "shuffled_label_control", "shuffled_labels"]

#: Takes rows, labels and a seed; returns true and decided labels of the rows it tested.
Protocol = Callable[[Any, NDArray[Any], int], tuple[ArrayLike, ArrayLike]]

DRAWS = 50
ALPHA = 0.01
FEWEST_REPEATS = 2


@dataclass(frozen=True, eq=False)
class Control:
    """What a protocol measured on labels that mean nothing.

    ``scores`` (r,) of the repeats; ``chance`` (r,) what their decisions score on average against labels in
    yet another order.
    """

    scores: NDArray[np.float64]
    chance: NDArray[np.float64]

    @property
    def excess(self) -> float:
        """Mean score above chance."""
        return float((self.scores - self.chance).mean())

    @property
    def p_value(self) -> float:
        """How likely so much excess is by luck: Student's test over the repeats, one-sided."""
        above = self.scores - self.chance
        error = above.std(ddof=1) / np.sqrt(above.size)
        if error == 0:
            return float(above.mean() <= 0)
        return float(stats.t.sf(above.mean() / error, above.size - 1))

    @property
    def leaks(self) -> bool:
        """Whether the scores lie above chance by more than luck."""
        return self.p_value < ALPHA

    def __str__(self) -> str:
        scores = f"{self.scores.mean():.3f} on shuffled labels, {self.chance.mean():.3f} by chance"
        if self.leaks:
            return f"{scores}: the protocol finds classes where there are none, so its figures mean nothing."
        return f"{scores}: nothing that luck would not explain."


def shuffled_labels(y: ArrayLike, random_state: RandomState = 0) -> NDArray[Any]:
    """Labels in another order, so that they say nothing about the rows.

    Parameters
    ----------
    y : array of shape (n,)
    random_state : int, RandomState, Generator or None

    Returns
    -------
    ndarray of shape (n,)

    Examples
    --------
    >>> sorted(shuffled_labels(["a", "a", "b"], 0).tolist())
    ['a', 'a', 'b']
    """
    return child(random_state, "shuffled labels").permutation(np.asarray(y))


def shuffled_label_control(
    protocol: Protocol,
    X: Any,
    y: ArrayLike,
    *,
    repeats: int = 5,
    metric: Callable[[Any, Any], float] = balanced_accuracy_score,
    random_state: RandomState = 0,
    progress: bool | None = None,
) -> Control:
    """Run a whole protocol on shuffled labels, and compare what it measures with chance.

    Parameters
    ----------
    protocol : callable
        Takes rows, labels and a seed, does all that is done to get a figure, and returns the true and the
        decided labels of the rows it tested (which may be resampled ones).
    X : table of n rows
    y : array of shape (n,)
    repeats : int
        Orders of the labels that are tried, at least 2.
    metric : callable
        Takes true and decided labels; larger is better. Mean recall by default.
    random_state : int, RandomState, Generator or None
    progress : bool, optional
        Whether a bar is drawn; by default when standard error is a terminal.

    Returns
    -------
    Control

    Raises
    ------
    BadOption
        ``repeats`` is below 2.

    Notes
    -----
    Luck is judged by how much the repeats differ, for decisions about rows that are each other's neighbours
    are right and wrong together. Cross-validation on shuffled labels tends to score a little *below* chance,
    for a class that is frequent in the training part is rare in the test part; so one side is looked at only.

    References
    ----------
    Ojala and Garriga, Permutation tests for studying classifier performance, Journal of Machine Learning
    Research 11, 2010.

    Examples
    --------
    >>> def memory(X, y, seed):
    ...     return y, y  # tested on the rows it was fitted on
    >>> control = shuffled_label_control(memory, np.zeros((60, 1)), np.arange(60) % 2)
    >>> control.leaks, control.scores.tolist()
    (True, [1.0, 1.0, 1.0, 1.0, 1.0])
    """
    if repeats < FEWEST_REPEATS:
        raise BadOption(
            f"The 'repeats' parameter must be at least {FEWEST_REPEATS}, for luck is judged by how much they "
            f"differ. Got {repeats} instead."
        )
    seed = root_seed(random_state)
    scores, chance = [], []
    with Progress(repeats, "shuffled labels", enabled=progress) as bar:
        for repeat in range(repeats):
            labels = shuffled_labels(y, int_seed(seed, "repeat", repeat))
            told = protocol(X, labels, int_seed(seed, "protocol", repeat))
            true, decided = np.asarray(told[0]), np.asarray(told[1])
            rng = child(seed, "chance", repeat)
            scores.append(float(metric(true, decided)))
            chance.append(np.mean([metric(rng.permutation(true), decided) for _ in range(DRAWS)]))
            bar.advance()
    return Control(np.array(scores), np.array(chance))
