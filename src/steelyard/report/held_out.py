"""The predictions of one system on rows it had not seen, laid out for curves and counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.evaluate.bootstrap import Units, units_of, weights_of
from steelyard.records import Dataset, Predictions

__all__ = ["HeldOut", "held_out", "resampling_weights", "top_systems"]

MOST_BOOTSTRAPS = 200
FEWEST_BOOTSTRAPS = 40
BOOTSTRAP_WORK = 20_000_000
"""Rows times bootstraps that a curve may cost; large tables have narrow bands and need fewer."""


@dataclass(frozen=True, eq=False)
class HeldOut:
    """One line per prediction; a row comes back once for each repeat (a *pass*).

    ``truth`` and ``decided`` are class codes, ``turn`` says which pass a prediction belongs to;
    ``units`` are the rows, groups or stretches of time of the whole table that may be drawn anew.
    """

    truth: NDArray[np.intp]
    proba: NDArray[np.float64]
    decided: NDArray[np.intp]
    rows: NDArray[np.intp]
    turn: NDArray[np.intp]
    units: Units

    @property
    def passes(self) -> int:
        """How often the rows were predicted."""
        return int(self.turn.max()) + 1 if len(self.turn) else 1


def held_out(predictions: Predictions, dataset: Dataset, labels: Sequence[str]) -> HeldOut:
    """Return ``predictions`` beside the truth of their rows; ``labels`` are in the order of the columns."""
    own, inverse = np.unique(dataset.y, return_inverse=True)
    codes = np.array([list(labels).index(str(label)) for label in own], dtype=np.intp)[inverse]
    order = np.lexsort((predictions.fold, predictions.rows))
    rows = predictions.rows[order]
    starts = np.r_[True, rows[1:] != rows[:-1]] if len(rows) else np.empty(0, bool)
    place = np.arange(len(rows))
    turn = place - np.maximum.accumulate(np.where(starts, place, 0)) if len(rows) else place
    return HeldOut(
        truth=codes[rows].astype(np.intp),
        proba=np.asarray(predictions.proba, dtype=np.float64)[order],
        decided=np.asarray(predictions.decided, dtype=np.intp)[order],
        rows=rows,
        turn=turn.astype(np.intp),
        units=units_of(len(dataset), dataset.groups, dataset.time),
    )


def resampling_weights(held: HeldOut) -> Iterator[NDArray[np.float64]]:
    """Return weights of the predictions for each bootstrap: whole units drawn anew, with repetition."""
    size = max(len(held.rows), len(held.units.unit), 1)
    times = int(np.clip(BOOTSTRAP_WORK // size, FEWEST_BOOTSTRAPS, MOST_BOOTSTRAPS))
    for weight in weights_of(held.units, times):
        yield weight[held.rows]


def top_systems(
    predictions: Mapping[str, Predictions], ranked: list[str], most: int = 3
) -> dict[str, Predictions]:
    """Return the first ``most`` systems of ``ranked`` whose probabilities differ from one another.

    A moved threshold leaves probabilities as they were, so its curve would lie upon the plain one.
    """
    chosen: dict[str, Predictions] = {}
    for name in ranked:
        held: Any = predictions.get(name)
        if held is None or not len(held.rows):
            continue
        twin = any(
            other.proba.shape == held.proba.shape and np.allclose(other.proba, held.proba, atol=1e-9)
            for other in chosen.values()
        )
        if not twin:
            chosen[name] = held
        if len(chosen) == most:
            break
    return chosen
