"""The strong plain learner: gradient boosting with settings that follow from the table's size alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sklearn.ensemble import HistGradientBoostingClassifier

from steelyard.errors import BadOption
from steelyard.kernels.optional import require

__all__ = ["Boosting", "boosting_for", "default_learner"]

ENGINES = ("sklearn", "lightgbm")
LARGE = 10_000  # rows from which deeper trees pay
MOST_TREES = 800  # over all classes: one round grows a tree for each class
LEAST_ROUNDS = 40
FASTEST = 0.1  # learning rate above which boosting many classes starts to diverge
FEATURE_SHARE = 0.3
L2 = 1.0


@dataclass(frozen=True)
class Boosting:
    """Settings of gradient boosting that both engines know.

    Parameters
    ----------
    rounds : int
    rate : float
        Learning rate.
    leaves, leaf_rows : int
        Most leaves of a tree, and least rows in a leaf.
    """

    rounds: int
    rate: float
    leaves: int
    leaf_rows: int


SMALL_TABLE = Boosting(rounds=60, rate=0.08, leaves=15, leaf_rows=3)
LARGE_TABLE = Boosting(rounds=100, rate=0.1, leaves=31, leaf_rows=10)


def boosting_for(n_rows: int, n_classes: int) -> Boosting:
    """Settings for a table of this size: one rule, not tuned to any table.

    Leaves may hold few rows, for a class may have no more; what keeps such trees from overfitting is
    that each split sees a third of the columns, few rounds, and a ridge on the leaves. Many classes
    get fewer and somewhat larger steps, for every round costs a tree for each class.

    Parameters
    ----------
    n_rows, n_classes : int

    Returns
    -------
    Boosting

    Examples
    --------
    >>> boosting_for(1000, 2)
    Boosting(rounds=60, rate=0.08, leaves=15, leaf_rows=3)
    >>> boosting_for(4000, 28)
    Boosting(rounds=40, rate=0.1, leaves=15, leaf_rows=3)
    """
    base = LARGE_TABLE if n_rows >= LARGE else SMALL_TABLE
    trees_a_round = 1 if n_classes <= 2 else n_classes
    rounds = min(base.rounds, max(LEAST_ROUNDS, MOST_TREES // trees_a_round))
    rate = min(FASTEST, base.rate * base.rounds / rounds)
    return Boosting(rounds, rate, base.leaves, base.leaf_rows)


def default_learner(
    *,
    n_rows: int,
    class_counts: Sequence[int],
    engine: str = "sklearn",
    class_weight: Any = None,
    random_state: int | None = None,
) -> Any:
    """Return gradient boosting that takes categories and missing values as they are.

    The number of trees is fixed and no rows are held out to stop early: every row of a comparison gets
    the same budget, and no resampled copy of a row can leak into a stopping set.

    Parameters
    ----------
    n_rows : int
        Training rows, roughly.
    class_counts : sequence of int
        Rows per class, in any order.
    engine : {"sklearn", "lightgbm"}
        HistGradientBoosting, or LightGBM (extra ``boost``) with the same settings.
    class_weight : "balanced", dict or None
    random_state : int, optional

    Returns
    -------
    classifier

    Raises
    ------
    BadOption
        An unknown engine.
    MissingExtra
        LightGBM is not installed.

    References
    ----------
    Ke, Meng, Finley, Wang, Chen, Ma, Ye and Liu, LightGBM: a highly efficient gradient boosting
    decision tree, NIPS 2017.

    Examples
    --------
    >>> default_learner(n_rows=500, class_counts=[450, 50]).max_iter
    60
    """
    if engine not in ENGINES:
        raise BadOption(
            f"The 'engine' parameter must be one of {', '.join(ENGINES)}. Got {engine!r} instead."
        )
    settings = boosting_for(n_rows, len(class_counts))
    if engine == "lightgbm":
        return _lightgbm(settings, class_weight, random_state)
    return HistGradientBoostingClassifier(
        max_iter=settings.rounds,
        learning_rate=settings.rate,
        max_leaf_nodes=settings.leaves,
        min_samples_leaf=settings.leaf_rows,
        l2_regularization=L2,
        max_features=FEATURE_SHARE,
        categorical_features="from_dtype",
        early_stopping=False,
        class_weight=class_weight,
        random_state=random_state,
    )


def _lightgbm(settings: Boosting, class_weight: Any, random_state: int | None) -> Any:
    package = require("lightgbm", extra="boost", for_="The LightGBM learner")
    return package.LGBMClassifier(
        n_estimators=settings.rounds,
        learning_rate=settings.rate,
        num_leaves=settings.leaves,
        min_child_samples=settings.leaf_rows,
        reg_lambda=L2,
        colsample_bynode=FEATURE_SHARE,
        class_weight=class_weight,
        random_state=random_state,
        n_jobs=1,
        deterministic=True,
        force_col_wise=True,
        verbosity=-1,
    )
