"""The figures that papers on two classes print, with what the rows at hand leave open."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steelyard.evaluate.bootstrap import percentile_interval, replicates, units_of, weights_of
from steelyard.kernels.out_of_fold import take_rows
from steelyard.kernels.rng import RandomState
from steelyard.metrics import METRICS
from steelyard.metrics.confusion import confusion, recalls_of

__all__ = ["Said", "binary_figures", "decided_above", "figures_on_rows", "figures_over_folds"]

NAMES = {"mcc": "MCC", "roc_auc": "AUC", "average_precision": "AP", "brier": "Brier"}
DRAWN = ("mcc", "roc_auc")
TWO = 2


@dataclass(frozen=True, eq=False)
class Said:
    """What a system said of rows: ``scores`` (n,) of the second class, ``decided`` (n,) as class codes."""

    scores: NDArray[np.float64]
    decided: NDArray[np.intp]

    @classmethod
    def of(cls, model: Any, X: Any) -> Said:
        """What a fitted classifier of two classes says of rows."""
        scores = np.asarray(model.predict_proba(X))[:, 1]
        return cls(scores, np.asarray(model.predict(X) == model.classes_[1], dtype=np.intp))

    def take(self, rows: ArrayLike) -> Said:
        """What was said of some of the rows."""
        return Said(self.scores[np.asarray(rows)], self.decided[np.asarray(rows)])


def decided_above(scores: ArrayLike, threshold: float) -> Said:
    """Scores cut at a threshold: the second class where they are above it.

    Examples
    --------
    >>> decided_above([0.2, 0.5, 0.7], 0.5).decided
    array([0, 0, 1])
    """
    said = np.asarray(scores, dtype=np.float64)
    return Said(said, (said > threshold).astype(np.intp))


def binary_figures(codes: ArrayLike, said: Said) -> dict[str, float]:
    """MCC, AUC, AP (average precision), ACC (accuracy), SN (recall), SP (specificity) and Brier score.

    Parameters
    ----------
    codes : array of int, shape (n,)
        True classes; 1 is the one looked for.
    said : Said

    Returns
    -------
    dict of str to float
        NaN where a figure has no meaning on these rows.

    Examples
    --------
    >>> scores = np.array([0.1, 0.6, 0.7, 0.9])
    >>> figures = binary_figures([0, 0, 1, 1], Said(scores, (scores > 0.5).astype(int)))
    >>> figures["AUC"], figures["SN"], figures["SP"], figures["ACC"]
    (1.0, 1.0, 0.5, 0.75)
    """
    y = np.asarray(codes, dtype=np.intp)
    proba = np.column_stack([1 - said.scores, said.scores])
    told = {name: METRICS[metric].value(y, proba, said.decided, positive=1) for metric, name in NAMES.items()}
    specificity, recall = recalls_of(confusion(y, said.decided, TWO))
    return {
        **{name: told[name] for name in ("MCC", "AUC", "AP")},
        "ACC": float((y == said.decided).mean()) if y.size else float("nan"),
        "SN": float(recall),
        "SP": float(specificity),
        "Brier": told["Brier"],
    }


def figures_on_rows(
    codes: ArrayLike,
    said: Mapping[str, Said],
    *,
    pairs: Sequence[tuple[str, str]] = (),
    groups: ArrayLike | None = None,
    random_state: RandomState = 0,
) -> dict[str, dict[str, float]]:
    """The figures of several systems on the same rows, with bootstrap intervals over those rows.

    Parameters
    ----------
    codes : array of int, shape (n,)
    said : dict of str to Said
    pairs : sequence of (str, str)
        Systems whose difference is wanted, row by row: the first less the second.
    groups : array of shape (n,), optional
        Drawn anew as a whole.
    random_state : int, RandomState, Generator or None, default=0

    Returns
    -------
    dict of str to dict of str to float
        Those of `binary_figures`, and ``"MCC from"`` and ``"MCC to"``, the 95 % interval, and so for AUC.
        Differences stand under ``"FIRST minus SECOND"``, with MCC, AUC and their intervals.

    Examples
    --------
    >>> y, rng = np.arange(200) % 2, np.random.default_rng(0)
    >>> noise = Said(rng.random(200), np.zeros(200, dtype=int))
    >>> said = {"truth": Said(y * 1.0, y), "noise": noise}
    >>> told = figures_on_rows(y, said, pairs=[("truth", "noise")])
    >>> told["truth minus noise"]["AUC from"] > 0.3, told["noise"]["AUC to"] < 0.7
    (True, True)
    """
    y = np.asarray(codes, dtype=np.intp)
    units = units_of(y.size, groups)
    weights = list(weights_of(units, replicates(y.size, len(said)), random_state))
    told, drawn = {}, {}
    for name, one in said.items():
        figures = binary_figures(y, one)
        proba = np.column_stack([1 - one.scores, one.scores])
        for metric in DRAWN:
            weigh = METRICS[metric].prepared(y, proba, one.decided, positive=1)
            drawn[name, metric] = np.array([weigh(weight) for weight in weights])
        told[name] = figures | _ends({m: drawn[name, m] for m in DRAWN}, units.n_units)
    for one, other in pairs:
        apart = {m: drawn[one, m] - drawn[other, m] for m in DRAWN}
        figures = {NAMES[m]: told[one][NAMES[m]] - told[other][NAMES[m]] for m in DRAWN}
        told[f"{one} minus {other}"] = figures | _ends(apart, units.n_units)
    return told


def _ends(drawn: Mapping[str, NDArray[np.float64]], n_units: int) -> dict[str, float]:
    """Both ends of the interval of each metric."""
    ends = {}
    for metric, values in drawn.items():
        label = NAMES[metric]
        ends[f"{label} from"], ends[f"{label} to"] = percentile_interval(values, n_units)
    return ends


def figures_over_folds(
    say: Callable[[Any, Any, Any, Any], Mapping[str, Said]],
    X: Any,
    codes: ArrayLike,
    splits: Sequence[tuple[NDArray[np.intp], NDArray[np.intp]]],
    groups: ArrayLike | None = None,
) -> dict[str, dict[str, float]]:
    """Mean over folds of the figures of several systems.

    Parameters
    ----------
    say : callable
        Takes training rows, their codes, their groups (or None), and test rows; returns what each system
        said of the latter.
    X : indexable of length n
    codes : array of int, shape (n,)
    splits : sequence of (train, test)
    groups : array of shape (n,), optional

    Returns
    -------
    dict of str to dict of str to float
        The mean of each of `binary_figures`, over the folds in which it has a meaning.

    Examples
    --------
    >>> def say(X, codes, groups, X_test):
    ...     return {"last digit": decided_above(np.asarray(X_test) % 10 / 10, 0.4)}
    >>> halves = [(np.arange(10), np.arange(10, 20)), (np.arange(10, 20), np.arange(10))]
    >>> figures_over_folds(say, list(range(20)), np.arange(20) % 10 > 4, halves)["last digit"]["MCC"]
    1.0
    """
    y = np.asarray(codes, dtype=np.intp)
    of = None if groups is None else np.asarray(groups)
    folds: dict[str, list[dict[str, float]]] = {}
    for train, test in splits:
        own = None if of is None else of[train]
        for name, said in say(take_rows(X, train), y[train], own, take_rows(X, test)).items():
            folds.setdefault(name, []).append(binary_figures(y[test], said))
    return {
        name: {metric: _mean([fold[metric] for fold in told]) for metric in told[0]}
        for name, told in folds.items()
    }


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")
