"""What a fusion of views may be asked for."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from typing import Any

import numpy as np

from steelyard.balance.check_parameter import check_choice, check_flag, check_number, check_whole
from steelyard.errors import BadOption

__all__ = ["check_fusion"]

MODES = ("early", "late")
TUNED = ("oof_mcc", "oof_cost")
PAIR = 2


def check_fusion(owner: Any) -> None:
    """Refuse parameters of a `ViewFusion` that make no sense.

    Raises
    ------
    BadOption
        The message names the parameter.
    """
    check_choice(owner, "mode", MODES)
    check_flag(owner, "scale")
    check_whole(owner, "inner_folds", 2)
    check_number(owner, "step", 0.0, 1.0, above=True)
    if not isinstance(owner.views, Mapping) or not owner.views:
        _refuse(owner, "views", "a dict of at least one transformer or classifier")
    for name, view in owner.views.items():
        if not hasattr(view, "transform") and (owner.mode == "early" or not hasattr(view, "predict_proba")):
            wanted = "transformers" if owner.mode == "early" else "transformers or classifiers"
            raise BadOption(f"The views of ViewFusion must be {wanted}. Got {view!r} for {name!r} instead.")
    if owner.estimator is not None and not hasattr(owner.estimator, "predict_proba"):
        _refuse(owner, "estimator", "a classifier with predict_proba")
    _check_weights(owner)
    _check_threshold(owner)


def _check_weights(owner: Any) -> None:
    if isinstance(owner.weights, str):
        check_choice(owner, "weights", ("oof", "equal"))
        return
    given = np.asarray(owner.weights, dtype=np.float64)
    fits = given.shape == (len(owner.views),) and (given >= 0).all() and np.isclose(given.sum(), 1.0)
    if not fits or owner.mode == "early":
        _refuse(owner, "weights", "'oof', 'equal' or, in late fusion, a share for each view, summing to 1")


def _check_threshold(owner: Any) -> None:
    if isinstance(owner.threshold, str):
        check_choice(owner, "threshold", TUNED)
    elif isinstance(owner.threshold, bool) or not isinstance(owner.threshold, Real):
        _refuse(owner, "threshold", "'oof_mcc', 'oof_cost' or a float")
    elif not 0 <= owner.threshold <= 1:
        _refuse(owner, "threshold", "a float in the range [0, 1]")
    if owner.threshold == "oof_cost":
        fits = isinstance(owner.costs, (tuple, list)) and len(owner.costs) == PAIR
        if not fits or min(owner.costs) < 0 or max(owner.costs) <= 0:
            _refuse(owner, "costs", "a pair of costs, not negative, with threshold='oof_cost'")


def _refuse(owner: Any, name: str, wanted: str) -> None:
    raise BadOption(
        f"The {name!r} parameter of ViewFusion must be {wanted}. Got {getattr(owner, name)!r} instead."
    )
