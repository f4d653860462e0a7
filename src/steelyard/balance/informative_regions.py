"""Core, overlap and noise among the rows of one call, as a sampler's parameters say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.check_parameter import check_number, check_whole
from steelyard.balance.row_sampler import RowSampler
from steelyard.balance.task import Task
from steelyard.errors import BadOption, CannotEvaluate, CannotResample
from steelyard.kernels.informativeness import (
    NEIGHBORS_ASKED,
    Informativeness,
    gaussian_bayes,
    informativeness,
    left_out_proba,
    numbers_and_levels,
    rank_weighted_proba,
    skill_over_prior,
)
from steelyard.kernels.neighborhood import Neighborhood
from steelyard.kernels.regions import regions

__all__ = ["Regions", "check_region_parameters", "find_regions"]

BY_NAME = ("knn", "gnb")
FEWEST_FOLDS = 2


@dataclass(frozen=True, eq=False)
class Regions:
    """The region of every row, what it follows from, and a note where that is not to be trusted."""

    found: NDArray[np.int8]
    known: Informativeness
    note: str


def check_region_parameters(owner: RowSampler) -> None:
    """Refuse parameters of regions that make no sense."""
    by: Any = owner.estimator  # type: ignore[attr-defined]
    knows = by in BY_NAME if isinstance(by, str) else hasattr(by, "fit") and hasattr(by, "predict_proba")
    if not knows:
        raise BadOption(
            f"The 'estimator' parameter of {type(owner).__name__} must be 'knn', 'gnb' or a classifier with "
            f"predict_proba. Got {by!r} instead."
        )
    if owner.folds is not None:  # type: ignore[attr-defined]
        check_whole(owner, "folds", FEWEST_FOLDS)
    for name in ("core", "noise", "rival"):
        check_number(owner, name, 0, 1)


def find_regions(owner: Any, task: Task, around: Neighborhood) -> Regions:
    """Cut the rows of a call into regions.

    Parameters
    ----------
    owner : sampler
        Its parameters ``estimator``, ``folds``, ``core``, ``noise`` and ``rival`` say how.
    task : Task
    around : Neighborhood
        All rows.

    Returns
    -------
    Regions

    Raises
    ------
    CannotResample
        Fewer than two classes have two rows, so nothing can be cross-fitted.
    """
    n_classes = task.counts.shape[0]
    prior = task.counts / task.counts.sum()
    if isinstance(owner.estimator, str) and owner.estimator == "knn":
        k = min(NEIGHBORS_ASKED, task.table.n_rows - 1)
        proba = rank_weighted_proba(task.codes[around.nearest(k)[0]], task.counts)
        prior = np.full(n_classes, 1 / n_classes)
    else:
        proba = _from_a_model(owner, task, around, n_classes)
    found = regions(proba, task.codes, core=owner.core, noise=owner.noise, rival=owner.rival)
    skill = skill_over_prior(proba, task.codes, prior)
    note = ""
    if skill <= 0:
        note = (
            f"estimator={owner.estimator!r} tells the classes no better than their shares do "
            f"(skill {skill:.2f}), so regions mean little"
        )
    return Regions(found, informativeness(proba, task.codes), note)


def _from_a_model(owner: Any, task: Task, around: Neighborhood, n_classes: int) -> NDArray[np.float64]:
    by_name = isinstance(owner.estimator, str)
    X = numbers_and_levels(around) if by_name else task.table.values
    X = X.to_pandas() if hasattr(X, "to_pandas") else X
    try:
        return left_out_proba(
            gaussian_bayes() if by_name else owner.estimator,
            X,
            task.codes,
            n_classes,
            folds=owner.folds,
            groups=task.groups,
            random_state=task.seed,
        )
    except CannotEvaluate as reason:
        raise CannotResample(f"{type(owner).__name__} cannot cross-fit its estimator: {reason}") from reason
