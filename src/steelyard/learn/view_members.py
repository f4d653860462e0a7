"""The classifiers that a fusion of views fits."""

from __future__ import annotations

from typing import Any

from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, make_pipeline

from steelyard.learn.unit_variance import UnitVariance

__all__ = ["EARLY", "members_of"]

EARLY = "all views"
STEPS = 10_000


def members_of(fusion: Any) -> dict[str, Any]:
    """A new classifier for each view of a `ViewFusion`, or in early fusion one for all of them.

    Parameters
    ----------
    fusion : ViewFusion

    Returns
    -------
    dict of str to classifier
    """
    views = {name: _scaled(fusion, clone(view)) for name, view in fusion.views.items()}
    if fusion.mode == "early":
        joined = FeatureUnion(list(views.items())) if len(views) > 1 else next(iter(views.values()))
        return {EARLY: make_pipeline(joined, _learner(fusion))}
    return {
        name: view if hasattr(view, "predict_proba") else make_pipeline(view, _learner(fusion))
        for name, view in views.items()
    }


def _scaled(fusion: Any, view: Any) -> Any:
    is_classifier = fusion.mode == "late" and hasattr(view, "predict_proba")
    return make_pipeline(view, UnitVariance()) if fusion.scale and not is_classifier else view


def _learner(fusion: Any) -> Any:
    if fusion.estimator is not None:
        return clone(fusion.estimator)
    return LogisticRegression(class_weight="balanced", max_iter=STEPS)
