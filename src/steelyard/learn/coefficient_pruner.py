"""Leaves out the columns to which a linear model gives small coefficients, if held-out rows agree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.feature_selection import SelectorMixin
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupShuffleSplit, StratifiedShuffleSplit
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted, validate_data

from steelyard.balance.check_parameter import check_number
from steelyard.errors import BadOption, BadTarget, CannotEvaluate
from steelyard.kernels.class_labels import read_class_labels
from steelyard.kernels.rng import int_seed, root_seed
from steelyard.metrics.confusion import confusion, mcc_of

__all__ = ["CoefficientPruner"]

GRID = (0.0, 1e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3)
TIE = 1e-12
STEPS = 10_000
TWO = 2


class CoefficientPruner(SelectorMixin, BaseEstimator):
    """Keeps columns whose coefficient is at least a size that held-out rows like best.

    Parameters
    ----------
    grid : sequence of float, default=(0, 1e-6, ..., 1e-3)
        Sizes that are tried.
    C : float, default=1.0
        Inverse strength of the ridge.
    class_weight : "balanced", dict or None, default="balanced"
    metric : "mcc" or callable, default="mcc"
        Judges held-out rows; a callable takes true and decided labels, the greater the better.
    threshold : float, default=0.4
        With two classes, the score above which a held-out row is decided to be of the second.
    held_out : float, default=0.1
        Share of the rows that judge.
    random_state : int, RandomState, Generator or None, default=None
        Of the draw of those rows.

    Attributes
    ----------
    size_ : float
        The size chosen, the smallest of equals.
    coef_ : ndarray of shape (d,)
        Largest absolute coefficient of each column, over classes, in the fit on all rows.
    trail_ : list of (size, columns kept, value of the metric)
        Sizes that would keep no column are left out.
    classes_ : ndarray of shape (c,)

    Notes
    -----
    Columns are scaled to unit variance and not centred, which moves the intercept alone and keeps sparse
    rows sparse. Columns are scaled anew after pruning. With size 0 nothing is pruned; on KEMP-PIP's own data
    that is what is chosen.

    References
    ----------
    Niloy, Juboraj and Shatabda, KEMP-PIP, arXiv 2602.20198, 2026.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(400, 6))
    >>> y = (X[:, 0] + 0.1 * rng.normal(size=400) > 0).astype(int)
    >>> pruner = CoefficientPruner(grid=(0.0, 1.0), random_state=0).fit(X, y)
    >>> [(size, kept) for size, kept, _ in pruner.trail_]
    [(0.0, 6), (1.0, 1)]
    """

    def __init__(
        self,
        *,
        grid: Sequence[float] = GRID,
        C: float = 1.0,
        class_weight: Any = "balanced",
        metric: str | Callable[[Any, Any], float] = "mcc",
        threshold: float = 0.4,
        held_out: float = 0.1,
        random_state: Any = None,
    ) -> None:
        self.grid = grid
        self.C = C
        self.class_weight = class_weight
        self.metric = metric
        self.threshold = threshold
        self.held_out = held_out
        self.random_state = random_state

    def fit(self, X: Any, y: Any, groups: Any = None) -> CoefficientPruner:
        """Try the sizes on held-out rows, then mark the columns in a fit on all rows.

        Parameters
        ----------
        X : array or sparse matrix of shape (n, d)
        y : array of shape (n,)
        groups : array of shape (n,), optional
            No group is on both sides of the draw.

        Returns
        -------
        self

        Raises
        ------
        BadOption
            A parameter that makes no sense.
        BadTarget
            A single class.
        CannotEvaluate
            Too few rows of a class, or too few groups, to hold any out.
        """
        sizes = self._check_parameters()
        labels = read_class_labels(y, "CoefficientPruner")
        rows = validate_data(self, X, accept_sparse="csr", dtype=np.float64)
        if rows.shape[0] != labels.shape[0]:
            raise BadTarget(f"There are {rows.shape[0]} rows and {labels.shape[0]} labels.")
        self.classes_, codes = np.unique(labels, return_inverse=True)
        if self.classes_.size < TWO:
            raise BadTarget(
                f"CoefficientPruner needs at least 2 classes, got 1 class: {self.classes_.tolist()}."
            )
        train, test = self._split(rows, codes, groups)
        size = _sizes(self._fitted(rows[train], codes[train])[1])
        self.trail_: list[tuple[float, int, float]] = []
        known: dict[int, float] = {}
        for least in sizes:
            kept = size >= least
            number = int(kept.sum())
            if not number:
                continue
            if number not in known:  # masks are nested: as many columns are the same columns
                scaler, model = self._fitted(rows[train][:, kept], codes[train])
                known[number] = self._judge(model, scaler.transform(rows[test][:, kept]), codes[test])
            self.trail_.append((least, number, known[number]))
        if not self.trail_:
            raise BadOption(
                f"Expected a size in grid that keeps a column, got {self.grid!r}; the largest coefficient is "
                f"{size.max():.3g}. Add 0."
            )
        best = max(value for _, _, value in self.trail_)
        self.size_ = next(least for least, _, value in self.trail_ if value >= best - TIE)
        self.coef_ = _sizes(self._fitted(rows, codes)[1])
        return self

    def _fitted(self, X: Any, codes: NDArray[np.intp]) -> tuple[Any, Any]:
        scaler = StandardScaler(with_mean=False).fit(X)
        model = LogisticRegression(C=self.C, class_weight=self.class_weight, max_iter=STEPS)
        return scaler, model.fit(scaler.transform(X), codes)

    def _judge(self, model: Any, X: Any, codes: NDArray[np.intp]) -> float:
        proba = model.predict_proba(X)
        if proba.shape[1] == TWO:
            decided = np.where(proba[:, 1] > self.threshold, model.classes_[1], model.classes_[0])
        else:
            decided = model.classes_[proba.argmax(axis=1)]
        if self.metric == "mcc":
            return mcc_of(confusion(codes, decided, self.classes_.size))
        return float(self.metric(self.classes_[codes], self.classes_[decided]))  # type: ignore[operator]

    def _split(
        self, X: Any, codes: NDArray[np.intp], groups: Any
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        kind = StratifiedShuffleSplit if groups is None else GroupShuffleSplit
        seed = int_seed(root_seed(self.random_state), "held-out rows")
        try:
            train, test = next(kind(1, test_size=self.held_out, random_state=seed).split(X, codes, groups))
        except ValueError as error:
            raise CannotEvaluate(f"CoefficientPruner cannot hold out rows to judge by: {error}") from error
        if np.unique(codes[train]).size < TWO:
            raise CannotEvaluate(
                "CoefficientPruner needs rows of 2 classes beside the held-out ones, got one. "
                "Hold out fewer, or leave out groups."
            )
        return train, test

    def _get_support_mask(self) -> NDArray[np.bool_]:
        check_is_fitted(self)
        return np.asarray(self.coef_ >= self.size_)

    def _check_parameters(self) -> list[float]:
        check_number(self, "C", 0.0, above=True)
        check_number(self, "threshold", 0.0, 1.0)
        check_number(self, "held_out", 0.0, 0.9, above=True)
        if self.metric != "mcc" and not callable(self.metric):
            raise BadOption(
                "The 'metric' parameter of CoefficientPruner must be 'mcc' or a callable. "
                f"Got {self.metric!r} instead."
            )
        try:
            sizes = sorted({float(size) for size in self.grid})
        except (TypeError, ValueError):
            sizes = []
        if not sizes or sizes[0] < 0 or not np.isfinite(sizes).all():
            raise BadOption(
                "The 'grid' parameter of CoefficientPruner must be a sequence of numbers from 0. "
                f"Got {self.grid!r} instead."
            )
        return sizes

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.target_tags.required = True
        return tags


def _sizes(model: Any) -> NDArray[np.float64]:
    return np.asarray(np.abs(model.coef_).max(axis=0))
