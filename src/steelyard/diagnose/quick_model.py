"""The small model that checks cross-fit when they are not given one."""

from __future__ import annotations

from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import Pipeline

from steelyard.data.prepare_table import TablePreparer

__all__ = ["quick_model"]

TREE_BUDGET = 150  # over all classes: a model of 28 classes must not take 28 times as long
MOST_ROUNDS = 50
LEAST_ROUNDS = 12
LEAF_ROWS = 5  # the usual 20 would hide every class of fewer rows
LEAVES = 15


def quick_model(n_classes: int, *, random_state: int) -> Pipeline:
    """Histogram gradient boosting on a prepared table: small, without early stopping.

    Parameters
    ----------
    n_classes : int
    random_state : int

    Returns
    -------
    Pipeline
        Takes a table with missing values, levels, dates and text as it is.

    Examples
    --------
    >>> quick_model(2, random_state=0)[-1].max_iter
    50
    """
    trees_a_round = 1 if n_classes == 2 else n_classes
    rounds = min(MOST_ROUNDS, max(LEAST_ROUNDS, TREE_BUDGET // trees_a_round))
    booster = HistGradientBoostingClassifier(
        max_iter=rounds,
        max_leaf_nodes=LEAVES,
        min_samples_leaf=LEAF_ROWS,
        l2_regularization=1.0,
        categorical_features="from_dtype",
        early_stopping=False,
        random_state=random_state,
    )
    preparer = TablePreparer(output="native", random_state=random_state)
    return Pipeline([("prepare", preparer), ("learn", booster)])
