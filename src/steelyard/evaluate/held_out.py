"""What systems said of rows they had not seen, fold by fold, ready to be measured again and again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steelyard.errors import BadOption
from steelyard.metrics import METRICS, Metric
from steelyard.records import Dataset

__all__ = ["Measure", "Said", "chance_levels", "joined", "measures_for"]

BOUNDS = {"log_loss": (0.0, np.inf), "expected_cost": (0.0, np.inf), "mcc": (-1.0, 1.0)}
UNIT = (0.0, 1.0)


@dataclass(frozen=True, eq=False)
class Said:
    """The predictions of one system for the test rows of one fold.

    ``rows`` (m,) positions in the data set, ``y`` (m,) true class codes, ``proba`` (m, k),
    ``decided`` (m,) class codes, ``weight`` (m,) or None.
    """

    rows: NDArray[np.intp]
    y: NDArray[np.intp]
    proba: NDArray[np.float64]
    decided: NDArray[np.intp]
    weight: NDArray[np.float64] | None = None


@dataclass(frozen=True, eq=False)
class Measure:
    """A metric with everything but the predictions filled in.

    Parameters
    ----------
    metric : Metric
    positive : int or None
        Class code; None with more than two classes.
    cost : ndarray of shape (k, k) or None
    review : float or None
        Share of the rows that can be looked at.
    """

    metric: Metric
    positive: int | None = None
    cost: NDArray[np.float64] | None = None
    review: float | None = None

    @property
    def name(self) -> str:
        """Name of the metric."""
        return str(self.metric.name)

    @property
    def sign(self) -> float:
        """1 when more is better, else -1."""
        return 1.0 if self.metric.greater_is_better else -1.0

    @property
    def bounds(self) -> tuple[float, float]:
        """The smallest and the largest value the metric can take."""
        return BOUNDS.get(self.name, UNIT)

    @property
    def title(self) -> str:
        """How the metric is called in a sentence."""
        return str(self.metric.title)

    def weigher(self, said: Said) -> Callable[[NDArray[np.float64]], float]:
        """Prepare the metric of some predictions for many weightings.

        What does not depend on weights is done once. The predictions' own weight, if any, multiplies
        those given later. NaN where the metric is not defined.
        """
        prepared = self.metric.prepared(
            said.y, said.proba, said.decided, cost=self.cost, positive=self.positive, k=self.review
        )
        own = said.weight
        return prepared if own is None else lambda weight: prepared(weight * own)

    def value(self, said: Said) -> float:
        """Return the metric of some predictions, NaN where it is not defined."""
        return float(
            self.metric.value(
                said.y,
                said.proba,
                said.decided,
                cost=self.cost,
                positive=self.positive,
                k=self.review,
                weight=said.weight,
            )
        )


def joined(folds: Sequence[Said]) -> Said:
    """Put the predictions of several folds into one; a row may come several times."""
    weights = [said.weight for said in folds if said.weight is not None]
    return Said(
        np.concatenate([said.rows for said in folds]),
        np.concatenate([said.y for said in folds]),
        np.concatenate([said.proba for said in folds]),
        np.concatenate([said.decided for said in folds]),
        np.concatenate(weights) if weights else None,
    )


def measures_for(
    dataset: Dataset,
    *,
    classes: NDArray[Any] | None = None,
    metrics: Sequence[str] | None = None,
    metric: str | None = None,
    cost: ArrayLike | None = None,
    positive: Any = None,
    review: int | None = None,
) -> tuple[dict[str, Measure], Measure]:
    """Choose what is measured, and which of it decides.

    Parameters
    ----------
    dataset : Dataset
    classes : ndarray of shape (k,), optional
        Column order; those of the data set by default.
    metrics, metric, cost, positive, review
        As for `compare`.

    Returns
    -------
    measures : dict of name to Measure
        In the catalogue's order; the deciding one is among them.
    main : Measure

    Raises
    ------
    BadOption
        An unknown metric or class, a metric whose input is missing, or a cost matrix that does not fit.
    """
    order = dataset.classes if classes is None else classes
    costs = None if cost is None else _cost_matrix(cost, order.size)
    code = _positive_code(dataset, order, positive)
    share = None if review is None else _review_share(review, len(dataset))
    missing = {
        "expected_cost": costs is None and "a cost matrix",
        "precision_at_k": (review is None or code is None) and "review, and two classes",
    }
    main = metric or ("average_precision" if costs is None else "expected_cost")
    wanted = [name for name in METRICS if not missing.get(name)] if metrics is None else list(metrics)
    for name in dict.fromkeys([main, *wanted]):
        if name not in METRICS:
            close = get_close_matches(str(name), list(METRICS), n=3) or list(METRICS)
            raise BadOption(f"Unknown metric {name!r}. Did you mean {' or '.join(map(repr, close))}?")
        if missing.get(name):
            raise BadOption(f"The metric {name!r} needs {missing[name]}.")
    names = [name for name in METRICS if name in (main, *wanted)]
    measures = {name: Measure(METRICS[name], code, costs, share) for name in names}
    return measures, measures[main]


def _cost_matrix(cost: ArrayLike, k: int) -> NDArray[np.float64]:
    matrix = np.asarray(cost, dtype=np.float64)
    if matrix.shape != (k, k) or not np.isfinite(matrix).all():
        raise BadOption(
            f"cost must be a ({k}, {k}) matrix of finite numbers, cost[true, predicted]. "
            f"Got shape {matrix.shape} instead."
        )
    return matrix


def _positive_code(dataset: Dataset, classes: NDArray[Any], positive: Any) -> int | None:
    """Code of the class of interest in a two-class table; None with more classes."""
    if classes.size != 2:
        return None
    label = dataset.rare_class if positive is None else positive
    # A label read from JSON may be a string that stands for a number.
    names = [str(one) for one in classes]
    if str(label) not in names:
        raise BadOption(f"positive must be one of {classes.tolist()}. Got {label!r} instead.")
    return names.index(str(label))


def _review_share(review: int, n: int) -> float:
    """The budget as a share of the rows, for a fold is shorter than the table."""
    if not 0 < review < n:
        raise BadOption(f"review must be a number of rows below the table's {n}. Got {review!r} instead.")
    return review / n


def chance_levels(
    dataset: Dataset, measures: Mapping[str, Measure], classes: NDArray[Any] | None = None
) -> dict[str, float]:
    """What the best guess without looking at a row scores, by metric; depends on the class shares."""
    order = dataset.classes if classes is None else classes
    codes = np.searchsorted(order, dataset.y)
    return {
        name: float(
            one.metric.chance_level(codes, order.size, cost=one.cost, positive=one.positive, k=one.review)
        )
        for name, one in measures.items()
    }
