"""What a metric is: what it judges, what chance scores, and how to ask for it many times."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steelyard.errors import BadOption
from steelyard.metrics.expected_cost import check_cost
from steelyard.metrics.labels import rare_code

__all__ = ["Judged", "Metric", "Weighing"]

Floats = NDArray[np.float64]
Weighing = Callable[[Floats | None], float]


@dataclass(frozen=True, eq=False)
class Judged:
    """Rows with their true class, what was said of them, and what the metric was told.

    ``y`` (n,) and ``decided`` (n,) are class codes, ``proba`` (n, k); ``positive`` is a code, None for
    a mean over classes.
    """

    y: NDArray[np.intp]
    proba: Floats
    decided: NDArray[np.intp]
    n_classes: int
    positive: int | None
    cost: Floats | None
    k: float | None


@dataclass(frozen=True)
class Metric:
    """One measure of a classifier, ready to be asked many times.

    Attributes
    ----------
    name, title : str
        For code and for people.
    needs : {"proba", "decided"}
        Whether it judges probabilities or decisions.
    greater_is_better : bool
    summary : str
        What it tells, in a sentence.
    chance : str
        What a model that knows nothing scores, in words; `chance_level` has the number.
    requires : tuple of str
        Of ``cost`` and ``k``, what `value` must be given.

    Examples
    --------
    >>> from steelyard.metrics import METRICS
    >>> y, proba = np.array([0, 0, 1]), np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8]])
    >>> METRICS["average_precision"].value(y, proba, proba.argmax(axis=1), positive=1)
    1.0
    >>> METRICS["balanced_accuracy"].value(y, proba, proba.argmax(axis=1))
    0.75
    """

    name: str
    title: str
    needs: Literal["proba", "decided"]
    greater_is_better: bool
    summary: str
    chance: str
    prepare: Callable[[Judged], Weighing] = field(repr=False)
    requires: tuple[str, ...] = ()

    def value(
        self,
        y_codes: ArrayLike,
        proba: ArrayLike | None = None,
        decided: ArrayLike | None = None,
        *,
        cost: ArrayLike | None = None,
        positive: int | None = None,
        k: float | None = None,
        weight: ArrayLike | None = None,
    ) -> float:
        """Compute the metric.

        Parameters
        ----------
        y_codes : array of int, shape (n,)
            True class codes.
        proba : array of shape (n, k), optional
            Needed when ``needs`` is "proba".
        decided : array of int, shape (n,), optional
            Needed when ``needs`` is "decided".
        cost : array of shape (k, k), optional
            ``cost[true, decided]``.
        positive : int, optional
            Code of the class of interest. With two classes the rarer one of these rows by default,
            so name it wherever rows are a sample. With more classes ranking and calibration are
            means over classes unless it is named.
        k : float, optional
            Rows (or, below 1, share of the rows) that can be reviewed.
        weight : array of shape (n,), optional

        Returns
        -------
        float
            NaN where the metric is not defined: no rows, or no row of the class it is about. Classes
            without a row are left out of means over classes.

        Raises
        ------
        BadOption
            Something the metric needs was not given.
        """
        weigh = self.prepared(y_codes, proba, decided, cost=cost, positive=positive, k=k)
        return weigh(None if weight is None else np.asarray(weight, dtype=np.float64))

    def prepared(
        self,
        y_codes: ArrayLike,
        proba: ArrayLike | None = None,
        decided: ArrayLike | None = None,
        *,
        cost: ArrayLike | None = None,
        positive: int | None = None,
        k: float | None = None,
    ) -> Weighing:
        """Do what does not depend on weights, once: sort, count, take logarithms.

        Parameters
        ----------
        y_codes, proba, decided, cost, positive, k
            As for `value`.

        Returns
        -------
        function of weights
            An array of shape (n,), such as the multiplicities of a bootstrap sample, or None.
        """
        return self.prepare(self._judged(y_codes, proba, decided, cost, positive, k))

    def chance_level(
        self,
        y_codes: ArrayLike,
        n_classes: int,
        *,
        cost: ArrayLike | None = None,
        positive: int | None = None,
        k: float | None = None,
    ) -> float:
        """What the best model that looks at no feature scores on these labels.

        It gives every row the class shares as probabilities, and the one class that suits the metric
        best as decision.

        Parameters
        ----------
        y_codes : array of int, shape (n,)
        n_classes : int
        cost, positive, k
            As for `value`.

        Returns
        -------
        float
        """
        y = np.asarray(y_codes, dtype=np.intp)
        shares = np.bincount(y, minlength=n_classes) / max(y.size, 1)
        proba = np.tile(shares, (y.size, 1))
        given = {"cost": cost, "positive": positive, "k": k}
        if self.needs == "proba":
            return self.value(y, proba, None, **given)
        values = [self.value(y, proba, np.full(y.size, code), **given) for code in range(n_classes)]
        return max(values) if self.greater_is_better else min(values)

    def _judged(
        self, y_codes: Any, proba: Any, decided: Any, cost: Any, positive: int | None, k: float | None
    ) -> Judged:
        y = np.asarray(y_codes, dtype=np.intp)
        for option, given in (("cost", cost), ("k", k)):
            if option in self.requires and given is None:
                raise BadOption(f"The metric {self.name!r} needs {option}, got None. Pass {option}=...")
        if (proba if self.needs == "proba" else decided) is None:
            raise BadOption(f"The metric {self.name!r} needs {self.needs}, got None. Pass it.")
        said = np.empty((y.size, 0)) if proba is None else np.asarray(proba, dtype=np.float64)
        codes = np.empty(0, dtype=np.intp) if decided is None else np.asarray(decided, dtype=np.intp)
        seen = max(int(y.max(initial=-1)), int(codes.max(initial=-1))) + 1
        n_classes = max(said.shape[1], seen)
        table = None
        if self.requires == ("cost",):
            n_classes = max(n_classes, np.asarray(cost).shape[0])
            table = check_cost(cost, n_classes)
        if positive is None and n_classes <= 2:
            positive = rare_code(y)
        return Judged(y, said, codes, n_classes, positive, table, k)
