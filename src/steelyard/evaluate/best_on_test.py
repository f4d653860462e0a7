"""Models, weights and threshold chosen on the test rows: a protocol not to be used, so as to measure it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from steelyard.errors import BadOption
from steelyard.evaluate.binary_figures import Said, decided_above
from steelyard.evaluate.tuning_optimism import TuningOptimism, tuning_optimism
from steelyard.learn.choose_fusion import Fusion, candidate_weights, choose_fusion

__all__ = ["ChosenOnTest", "best_on_test"]


@dataclass(frozen=True, eq=False)
class ChosenOnTest:
    """What was chosen by the labels it is reported on.

    ``models`` that were joined, the ``fusion`` of them, what it ``said``, and the ``optimism`` of choosing.
    """

    models: tuple[str, ...]
    fusion: Fusion
    said: Said
    optimism: TuningOptimism


def best_on_test(
    scores: Mapping[str, ArrayLike], y: ArrayLike, *, size: int = 2, n_splits: int = 300
) -> ChosenOnTest:
    """Join any ``size`` models with the weights and the threshold that the test labels like best.

    It repeats a protocol that papers use, to measure what it is worth. No figure of it says how good a model
    is.

    Parameters
    ----------
    scores : dict of str to array of shape (n,)
        Scores of the second class by each model, on the test rows.
    y : array of shape (n,)
        0 and 1.
    size : int, default=2
        Models that are joined.
    n_splits : int, default=300
        Halves of the test rows by which the optimism is measured.

    Returns
    -------
    ChosenOnTest

    Raises
    ------
    BadOption
        Fewer models than ``size``.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> noise = {name: rng.random(100) for name in "abcde"}
    >>> told = best_on_test(noise, np.arange(100) % 2, n_splits=20)
    >>> len(told.models), told.optimism.whole > 0.2, told.optimism.optimism > 0.2
    (2, True, True)
    """
    if not 1 <= size <= len(scores):
        raise BadOption(
            f"Expected at least {size} models to join, got {len(scores)}. Give more, or join fewer."
        )
    weights = candidate_weights(size)
    joined = {
        names: np.column_stack([scores[name] for name in names]) for names in combinations(scores, size)
    }
    fusions = {names: choose_fusion(said, y, weights=weights) for names, said in joined.items()}
    best = max(fusions, key=lambda names: fusions[names].value)
    fusion = fusions[best]
    every = np.hstack([said @ weights.T for said in joined.values()])
    return ChosenOnTest(
        best,
        fusion,
        decided_above(joined[best] @ fusion.weights, fusion.threshold or 0.0),
        tuning_optimism(every, y, n_splits=n_splits),
    )
