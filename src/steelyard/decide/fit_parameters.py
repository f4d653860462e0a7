"""Which of the per-row facts an estimator's ``fit`` can take, and under which name."""

from __future__ import annotations

from inspect import signature
from typing import Any

from sklearn.utils.validation import has_fit_parameter

__all__ = ["fit_parameters"]


def _takes(estimator: Any, name: str) -> bool:
    if has_fit_parameter(estimator, name):
        return True
    fit = getattr(type(estimator), "fit_transform", None) or getattr(type(estimator), "fit_resample", None)
    return fit is not None and name in signature(fit).parameters


def fit_parameters(estimator: Any, **facts: Any) -> dict[str, Any]:
    """Arguments for ``estimator.fit``: those facts it takes, handed on to the steps of a pipeline.

    Parameters
    ----------
    estimator : estimator or Pipeline
    **facts : array of shape (n,) or None
        For example ``sample_weight`` and ``groups``; None is left out.

    Returns
    -------
    dict of name to array

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import Pipeline
    >>> fit_parameters(Pipeline([("learn", LogisticRegression())]), sample_weight=[1, 2], groups=[0, 1])
    {'learn__sample_weight': [1, 2]}
    """
    given = {name: fact for name, fact in facts.items() if fact is not None}
    if not given:
        return {}
    if not isinstance(getattr(estimator, "steps", None), list):
        return {name: fact for name, fact in given.items() if _takes(estimator, name)}
    inner = [(step, fit_parameters(part, **given)) for step, part in estimator.steps if hasattr(part, "fit")]
    return {f"{step}__{name}": fact for step, found in inner for name, fact in found.items()}
