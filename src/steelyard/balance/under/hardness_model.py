"""The model that tells hard rows from easy ones when the user gives none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier

from steelyard.balance.tables.base import Table
from steelyard.errors import BadTable

__all__ = ["PlainColumns", "hardness_model", "plain_columns"]

TREE_BUDGET = 180  # over all classes: a model of 28 classes must not take 28 times as long
MOST_ROUNDS = 60
LEAST_ROUNDS = 12
LEAF_ROWS = 5  # the usual 20 would hide every class of fewer rows
RIDGE = 1.0
FOREST = 100
# Histogram boosting tells so many categories apart, one of them standing for all rarer ones.
MOST_LEVELS = 255
# Of a sparse table, 400 MB once it is dense.
MOST_DENSE_CELLS = 5 * 10**7


class PatientBoosting(HistGradientBoostingClassifier):
    """Histogram gradient boosting that bears a column without any value among the rows it is fitted on."""

    def fit(self, X: NDArray[Any], y: NDArray[Any], sample_weight: Any = None) -> PatientBoosting:
        """Fit, with zeros in columns that hold no value."""
        empty = np.isnan(X).all(axis=0)
        return super().fit(np.where(empty, 0.0, X) if empty.any() else X, y, sample_weight)


@dataclass(frozen=True, eq=False)
class PlainColumns:
    """All columns as one matrix: numbers with their gaps, categories as whole numbers."""

    matrix: Any
    categorical: list[int]


def plain_columns(table: Table) -> PlainColumns:
    """Read a table for `hardness_model`.

    Parameters
    ----------
    table : Table

    Returns
    -------
    PlainColumns
        Sparse for a sparse table that would be large if dense.

    Raises
    ------
    BadTable
        A column is neither numeric nor categorical.
    """
    columns = list(range(table.n_columns))
    kinds = [table.kind_of(column) for column in columns]
    for column, kind in enumerate(kinds):
        if kind not in ("numeric", "categorical"):
            raise BadTable(
                f"InstanceHardnessThreshold's own model reads numbers and categories, and column "
                f"{table.name_of(column)} holds {kind}. Turn it into numbers, or give an estimator that "
                "reads it."
            )
    categorical = [column for column in columns if kinds[column] == "categorical"]
    if not categorical:
        return PlainColumns(_dense_if_small(table.numbers(columns)), [])
    matrix = np.empty((table.n_rows, table.n_columns))
    numeric = [column for column in columns if kinds[column] == "numeric"]
    matrix[:, numeric] = table.numbers(numeric)
    codes = table.codes(categorical)
    for place, column in enumerate(categorical):
        matrix[:, column] = _few_levels(codes[:, place])
    return PlainColumns(matrix, categorical)


def _dense_if_small(numbers: Any) -> Any:
    if sparse.issparse(numbers) and np.prod(numbers.shape) <= MOST_DENSE_CELLS:
        return numbers.toarray()
    return numbers


def _few_levels(codes: NDArray[np.int64]) -> NDArray[np.intp]:
    """Levels numbered by frequency, all beyond the last that can be told apart as one."""
    _, level, count = np.unique(codes, return_inverse=True, return_counts=True)
    rank = np.empty_like(count)
    rank[np.argsort(-count, kind="stable")] = np.arange(count.shape[0])
    return np.minimum(rank[level], MOST_LEVELS - 1)


def hardness_model(columns: PlainColumns, counts: NDArray[np.intp], seed: int) -> Any:
    """Histogram gradient boosting, or a forest where the columns are sparse, not fitted.

    Parameters
    ----------
    columns : PlainColumns
    counts : ndarray of int
        Rows per class.
    seed : int

    Returns
    -------
    classifier
    """
    if sparse.issparse(columns.matrix):
        return RandomForestClassifier(n_estimators=FOREST, random_state=seed)
    trees_a_round = 1 if counts.shape[0] == 2 else counts.shape[0]
    return PatientBoosting(
        max_iter=min(MOST_ROUNDS, max(LEAST_ROUNDS, TREE_BUDGET // trees_a_round)),
        min_samples_leaf=LEAF_ROWS,
        l2_regularization=RIDGE,
        categorical_features=columns.categorical or None,
        early_stopping=False,
        random_state=seed,
    )
