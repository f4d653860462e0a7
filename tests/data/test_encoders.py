"""Encoders of single columns, apart from the table that uses them."""

import numpy as np
import pytest
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import StandardScaler

from steelyard.data import encode_dense
from steelyard.data.encode_categorical import RateColumn, rate_targets
from steelyard.data.encode_date import DateColumn
from steelyard.data.encode_dense import DenseMatrix
from steelyard.data.encode_text import TextColumn


def test_dense_numbers_are_those_of_scikit_learn():
    rng = np.random.default_rng(0)
    numbers = np.where(rng.random((200, 3)) < [0.2, 0.1, 0.0], np.nan, rng.lognormal(size=(200, 3)))
    codes = np.empty((200, 0), dtype=np.intp)
    dense = DenseMatrix().fit(numbers, codes, list("abc"), [], [])
    filled = SimpleImputer(strategy="median").fit_transform(numbers)
    np.testing.assert_allclose(dense.transform(numbers, codes)[:, :3], StandardScaler().fit_transform(filled))
    np.testing.assert_array_equal(dense.transform(numbers, codes)[:, 3:], np.isnan(numbers[:, :2]))
    assert dense.names == ["a", "b", "c", "a__missing", "b__missing"]


def test_dense_levels():
    numbers = np.zeros((9, 0))
    codes = np.array([0, 0, 0, 1, 1, 2, 3, -1, -1])[:, None]
    dense = DenseMatrix(min_frequency=2).fit(numbers, codes, [], ["c"], [["a", "b", "x", "y"]])
    assert dense.names == ["c__a", "c__b", "c__other", "c__missing"]
    np.testing.assert_array_equal(dense.transform(numbers, codes).sum(axis=1), 1)
    new = np.array([3, -2, -1])[:, None]  # rare, unseen, missing
    assert dense.transform(np.zeros((3, 0)), new).argmax(axis=1).tolist() == [2, 2, 3]
    capped = DenseMatrix(min_frequency=1, max_hot=1).fit(numbers, codes, [], ["c"], [["a", "b", "x", "y"]])
    assert capped.names == ["c__a", "c__other", "c__missing"]


def test_dense_budget_costs_levels_not_memory(monkeypatch):
    n, levels = 20_000, 50
    codes = np.tile(np.arange(n) % levels, (10, 1)).T
    names = [[str(i) for i in range(levels)]] * 10
    monkeypatch.setattr(encode_dense, "BUDGET_MB", 20)
    dense = DenseMatrix().fit(np.zeros((n, 0)), codes, [], list("abcdefghij"), names)
    assert n * len(dense.names) * 8 <= 20 * 2**20 < n * 500 * 8


def test_calendar_parts_that_vary():
    days = np.arange(4) * 86_400.0
    assert DateColumn().fit(days).suffixes == ("", "__weekday")
    hours = np.arange(4) * 3_600.0
    assert DateColumn().fit(hours).suffixes == ("", "__hour")
    before = np.array([-1.0, np.nan])  # 1969-12-31 23:59:59, a Wednesday
    column = DateColumn()
    column.parts = ["month", "weekday", "hour"]
    np.testing.assert_array_equal(column.transform(before), [[-1, 12, 2, 23], [np.nan] * 4])


def test_words_of_other_scripts_stay_whole():
    texts = ["আমি ভালো আছি।", "আমি ভালো নেই।", "«سلام» دنیا،", "سلام دنیا"]
    column = TextColumn(50).fit(texts)
    assert {"ভালো", "আমি", "سلام", "دنیا", "আমি ভালো"} <= set(column.words_.vocabulary_)


def test_components_find_the_topic():
    rng = np.random.default_rng(0)
    topics = [["invoice", "payment", "bank", "refund"], ["screen", "keyboard", "mouse", "laptop"]]
    labels = rng.integers(0, 2, 300)
    texts = [" ".join(rng.choice(topics[label], 4)) for label in labels]
    components = TextColumn(3, random_state=0).fit(texts).transform(texts)
    assert components.shape == (300, 3)
    assert max(abs(np.corrcoef(components[:, j], labels)[0, 1]) for j in range(3)) > 0.95


def test_targets_of_labels():
    targets, names = rate_targets(["n", "y", "n"], "c", 3)
    assert (targets.ravel().tolist(), names) == ([0, 1, 0], ["rate_y"])
    assert rate_targets([0, 1, 2], "c", 3)[1] == ["rate_0", "rate_1", "rate_2"]
    assert rate_targets([0.5, 1.5], "c", 2)[1] == ["mean"]
    assert rate_targets([0.0, 1.0, 1.0], "c", 3)[1] == ["rate_0.0"]


def test_cross_fitted_rates_by_hand():
    rng = np.random.default_rng(2)
    codes, y = rng.integers(-1, 6, 200), rng.random((200, 2)).round()
    column = RateColumn(smooth=5.0, random_state=1)
    crossed = column.fit_transform((codes, list("abcdef")), y, ["p", "q"])
    fold = column._folds(y, None)
    assert np.bincount(fold).tolist() == [40] * 5
    for i in range(200):
        others = (fold != fold[i]) & (codes == codes[i])
        expected = (y[others].sum(axis=0) + 5.0 * y.mean(axis=0)) / (others.sum() + 5.0)
        np.testing.assert_allclose(crossed[i], expected)


def test_folds_spread_each_class_even_when_rare():
    y = np.r_[np.ones(5), np.zeros(95)][:, None]
    fold = RateColumn(random_state=0)._folds(y, None)
    assert sorted(fold[:5]) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("n_groups", [1, 3, 40])
def test_folds_keep_groups_whole(n_groups):
    groups = np.arange(80) % n_groups
    fold = RateColumn(random_state=0)._folds(np.zeros((80, 1)), groups)
    assert all(np.unique(fold[groups == g]).size == 1 for g in range(n_groups))
