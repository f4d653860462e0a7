"""One unit of work: one inner estimator on one fold, and every row that shares it."""

from __future__ import annotations

import math
import traceback
import warnings
from collections.abc import Sequence
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from threadpoolctl import threadpool_limits

from steelyard.balance.watch import watching
from steelyard.errors import UserError
from steelyard.evaluate.make_splitter import Fold
from steelyard.evaluate.protocol import System
from steelyard.evaluate.synthetic_rows import validity_in_fold
from steelyard.kernels.out_of_fold import take_rows
from steelyard.kernels.rng import int_seed
from steelyard.records import Dataset

__all__ = ["fit_unit"]

THREADS = 1  # sums over several threads differ in their last digits


def as_plain(value: Any) -> Any:
    """What JSON gives back after writing and reading ``value``, so that a resumed run sees the same."""
    if isinstance(value, dict):
        return {str(key): as_plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_plain(item) for item in value]
    if isinstance(value, np.ndarray):
        return as_plain(value.tolist())
    if isinstance(value, np.generic):
        return as_plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)


def _error(problem: Exception) -> dict[str, Any]:
    """An exception as plain data: third-party ones often cannot be sent between processes."""
    text = " ".join(str(problem).split()) or "no message"
    return {
        "message": text if isinstance(problem, UserError) else f"{type(problem).__name__}: {text}",
        "mendable": isinstance(problem, UserError),
        "trace": traceback.format_exc(),
    }


class _Shared:
    """The inner estimator of one unit, fitted once, and its out-of-fold scores, made once if needed."""

    def __init__(self, train: Dataset, system: System) -> None:
        self.train = train
        self.scores: dict[tuple[Any, ...], Any] = {}
        with watching() as self.seen:
            self.fitted = clone(system.estimator).fit_inner(train.X, train.y, **self.rows())

    def validity(self, X_test: Any, y_test: NDArray[Any], fold: Fold) -> dict[str, Any] | None:
        """Where the synthetic rows lie that the inner estimator was fitted on, if there are any."""
        seed = int_seed(0, "synthetic rows", fold.repeat, fold.fold)
        train = (self.train.X, self.train.y)
        found = validity_in_fold(self.fitted, self.seen, train, (X_test, y_test), seed)
        self.seen.clear()  # as large as the training rows
        return None if found is None else found.to_dict()

    def rows(self) -> dict[str, Any]:
        """What ``Decided`` may want to know of every training row."""
        return {"groups": self.train.groups, "sample_weight": self.train.weight}

    def scores_for(self, decided: Any) -> Any:
        """Out-of-fold scores with the inner split that ``decided`` asks for."""
        if not decided.needs_scores:
            return None
        key = (decided.inner_folds, decided.random_state)
        if key not in self.scores:
            self.scores[key] = decided.inner_scores(
                self.train.X, self.train.y, time=self.train.time, **self.rows()
            )
        return self.scores[key]


def _outcome(
    shared: _Shared, system: System, X_test: Any, classes: NDArray[Any]
) -> tuple[NDArray[np.float64], NDArray[np.intp], dict[str, Any]]:
    started = perf_counter()
    decided = clone(system.estimator)
    decided.fit_from_scores(shared.fitted, shared.scores_for(decided), shared.train.y, **shared.rows())
    known = np.asarray(decided.classes_)
    place = np.searchsorted(classes, known)
    own = np.asarray(decided.predict_proba(X_test), dtype=np.float64)
    proba = np.zeros((own.shape[0], classes.size))
    proba[:, place] = own
    codes = place[np.asarray(decided.decide(own), dtype=np.intp)]
    plain = {
        "decision": as_plain(dict(decided.decision_)),
        "calibration": as_plain(dict(decided.calibration_)),
        "seconds": perf_counter() - started,
        "error": None,
    }
    return proba, codes, plain


def fit_unit(
    dataset: Dataset, fold: Fold, systems: Sequence[System], classes: NDArray[Any]
) -> dict[str, Any]:
    """Fit the estimator that ``systems`` share on the training rows, and let each decide on the test rows.

    Parameters
    ----------
    dataset : Dataset
    fold : Fold
    systems : sequence of System
        With equal inner estimators.
    classes : ndarray of shape (k,)
        Column order.

    Returns
    -------
    dict
        ``arrays``: ``proba_i`` (m, k) and ``decided_i`` (m,) for the i-th system. ``plain``: for each
        system its decision, calibration, seconds, error (None, or a dict) and the validity of its synthetic
        rows (None without any); warnings; seconds of the shared fit.
    """
    arrays: dict[str, Any] = {}
    reports: dict[str, Any] = {}
    started = perf_counter()
    with threadpool_limits(THREADS), warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        train, X_test = dataset.take(fold.train), take_rows(dataset.X, fold.test)
        try:
            shared = _Shared(train, systems[0])
        except Exception as problem:
            reports = {system.name: {"error": _error(problem)} for system in systems}
        spent = perf_counter() - started
        validity = None
        if not reports and systems[0].resamples:
            validity = shared.validity(X_test, dataset.y[fold.test], fold)
        for i, system in enumerate(systems if not reports else ()):
            try:
                proba, codes, report = _outcome(shared, system, X_test, classes)
            except Exception as problem:
                reports[system.name] = {"error": _error(problem)}
            else:
                arrays[f"proba_{i}"], arrays[f"decided_{i}"] = proba, codes
                reports[system.name] = {**report, "validity": validity}
    said = dict.fromkeys(" ".join(str(one.message).split()) for one in told)
    return {
        "arrays": arrays,
        "plain": {"systems": reports, "warnings": list(said), "seconds": spent},
    }
