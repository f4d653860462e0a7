"""Whether calibration helped, measured on rows the calibrator did not see."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.model_selection import GroupKFold, KFold

from steelyard.decide.calibrators import Calibrator
from steelyard.decide.evidence import Evidence
from steelyard.kernels.rng import RandomState, int_seed
from steelyard.metrics import METRICS

__all__ = ["calibration_report"]

FOLDS = 3


def _splits(evidence: Evidence, random_state: RandomState) -> list[tuple[Any, Any]]:
    """Rows (or whole groups) in a few parts that each know at least two classes when left out."""
    m = evidence.codes.size
    n_units = m if evidence.groups is None else np.unique(evidence.groups).size
    if n_units < FOLDS:
        return []
    if evidence.groups is not None:
        parts = list(GroupKFold(FOLDS).split(np.zeros(m), groups=evidence.groups))
    else:
        seed = int_seed(random_state, "calibration error")
        parts = list(KFold(FOLDS, shuffle=True, random_state=seed).split(np.zeros(m)))
    return [(train, test) for train, test in parts if np.unique(evidence.codes[train]).size > 1]


def _errors(evidence: Evidence, proba: NDArray[np.float64], positive: int | None) -> tuple[float, float]:
    weighing = {"positive": positive, "weight": evidence.weight}
    error = METRICS["calibration_error"].value(evidence.codes, proba, **weighing)
    return error, METRICS["log_loss"].value(evidence.codes, proba, **weighing)


def calibration_report(
    method: str, calibrator: Calibrator, raw: Evidence, positive: int, random_state: RandomState
) -> dict[str, Any]:
    """Compare raw and calibrated probabilities, each row calibrated by a map fitted on other rows.

    Parameters
    ----------
    method : str
    calibrator : Calibrator
        Cloned, never fitted here.
    raw : Evidence
        Out-of-fold probabilities before calibration; of very many rows a weighted draw is measured.
    positive : int
        Code of the class whose calibration counts when there are two.
    random_state : int, RandomState, Generator or None

    Returns
    -------
    dict
        ``method``, ``rows``, ``rare_rows``; ``error_before`` and ``error_after`` (calibration error),
        ``log_loss_before`` and ``log_loss_after``; the ones after are None when the rows are too few.
    """
    binary = raw.n_classes == 2
    counts = raw.counts
    report: dict[str, Any] = {
        "method": method,
        "rows": int(raw.codes.size),
        "rare_rows": int(counts[positive] if binary else counts[counts > 0].min()),
        "error_before": None,
        "error_after": None,
        "log_loss_before": None,
        "log_loss_after": None,
    }
    some = raw.capped(random_state)
    splits = _splits(some, random_state)
    if not splits:
        return report
    tested = np.concatenate([test for _, test in splits])
    after = np.empty((some.codes.size, some.n_classes))
    for train, test in splits:
        fitted = clone(calibrator).fit(some.proba[train], some.codes[train], some.weight[train])
        after[test] = fitted.calibrate(some.proba[test])
    seen, code = some.take(tested), positive if binary else None
    report["error_before"], report["log_loss_before"] = _errors(seen, seen.proba, code)
    report["error_after"], report["log_loss_after"] = _errors(seen, after[tested], code)
    return report
