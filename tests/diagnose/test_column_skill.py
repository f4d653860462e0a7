import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from steelyard.diagnose.column_skill import auc_per_class, column_aucs
from steelyard.diagnose.column_view import ColumnView


@pytest.mark.parametrize("seed", range(3))
def test_auc_is_scikit_learns(seed):
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 3, 80)
    proba = rng.random((80, 3)).round(1)  # with ties
    expected = [roc_auc_score(codes == c, proba[:, c]) for c in range(3)]
    np.testing.assert_allclose(auc_per_class(proba, codes), expected)
    proba[:10] = np.nan
    expected = [roc_auc_score(codes[10:] == c, proba[10:, c]) for c in range(3)]
    np.testing.assert_allclose(auc_per_class(proba, codes), expected)


def test_a_class_without_rows_has_no_auc():
    assert np.isnan(auc_per_class(np.full((4, 3), 1 / 3), np.array([0, 0, 1, 1]))[2])


def test_columns_are_judged_on_rows_they_were_not_learned_from():
    rng = np.random.default_rng(0)
    n = 600
    codes = rng.integers(0, 2, n)
    columns = [
        ColumnView("answer", "numeric", pd.Series(codes + 0.1 * rng.normal(size=n))),
        ColumnView("noise", "numeric", pd.Series(rng.normal(size=n))),
        ColumnView("id", "categorical", pd.Series([f"r{i}" for i in range(n)])),
        ColumnView("hint", "categorical", pd.Series(np.where(codes, "yes", "no"))),
        ColumnView("gap", "numeric", pd.Series(np.where(codes, np.nan, 1.0))),
    ]
    halves = np.arange(n) % 2 == 0
    splits = [
        (np.flatnonzero(halves), np.flatnonzero(~halves)),
        (np.flatnonzero(~halves), np.flatnonzero(halves)),
    ]
    aucs = column_aucs(columns, codes, np.arange(n), splits)[:, 1]
    assert aucs[[0, 3, 4]].min() > 0.99
    assert np.abs(aucs[[1, 2]] - 0.5).max() < 0.06
