"""How exposed the rare classes of a fitted table are: a small attack for the report, within little time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import joblib
from sklearn.base import clone

from steelyard.decide import CostThreshold
from steelyard.errors import CannotEvaluate
from steelyard.evaluate import System
from steelyard.evaluate.exposure import exposure
from steelyard.evaluate.exposure_curve import Exposure
from steelyard.flow.settings import Settings
from steelyard.kernels.rng import int_seed
from steelyard.records import Dataset

__all__ = ["exposure_panel", "measuring"]

MOST_ROWS = 20_000
BINARY = 2
ROUNDS = ("max_iter", "n_estimators")  # what the two boosting engines call their trees


def measuring(dataset: Dataset, settings: Settings) -> dict[str, Any]:
    """Return what `exposure` must know to judge by the metric that a comparison judges by."""
    costs = settings.costs
    positive = settings.positive_of(dataset)
    return {
        "metric": settings.main_metric,
        "cost": None if costs is None else costs.matrix(dataset.classes, positive),
        "positive": positive,
        "review": settings.review,
    }


def exposure_panel(
    dataset: Dataset,
    systems: Mapping[str, System],
    settings: Settings,
    *,
    jobs: int | None = None,
    progress: bool | None = None,
) -> Exposure | None:
    """Attack the three rarest classes at three shares on one split.

    Parameters
    ----------
    dataset : Dataset
    systems : mapping of name to System
        Of the comparison; the plain learner is attacked, whatever was chosen: it is fitted in a moment.
    settings : Settings
    jobs : int, optional
    progress : bool, optional

    Returns
    -------
    Exposure or None
        None where nothing can be held out.

    Notes
    -----
    At most 20,000 rows are worked on, and with more than two classes the learner has half of its trees, so
    that it takes a small part of the time of `fit`. With costs its decisions are those of least cost on its
    own probabilities, not calibrated.
    """
    learner = clone(systems["plain"].estimator.estimator)
    asked = measuring(dataset, settings)
    if dataset.classes.size > BINARY:
        _halve_trees(learner)
    rule = learner
    if asked["cost"] is not None:
        rule = CostThreshold(learner, cost=asked["cost"], calibration=None)
    try:
        return exposure(
            rule,
            dataset,
            seeds=1,
            max_rows=MOST_ROWS,
            jobs=joblib.cpu_count() if jobs is None else jobs,
            random_state=int_seed(settings.random_state, "exposure"),
            progress=progress,
            **asked,
        )
    except CannotEvaluate:
        return None


def _halve_trees(pipeline: Any) -> None:
    """Give the boosting at the end of a pipeline half of its trees."""
    last = pipeline.steps[-1][1]
    for name in ROUNDS:
        if name in last.get_params(deep=False):
            last.set_params(**{name: max(1, last.get_params(deep=False)[name] // 2)})
