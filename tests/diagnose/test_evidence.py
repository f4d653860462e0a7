"""Evidence is measured once, bounded, and tells what it was measured on."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.naive_bayes import GaussianNB

from steelyard.diagnose import evidence as module
from steelyard.diagnose.evidence import Evidence, NotApplicable, spread_rows
from steelyard.records import Column, Schema
from tables_to_check import clean_table, dataset


class Counting(GaussianNB):
    fits = 0

    def fit(self, X, y, sample_weight=None):
        Counting.fits += 1
        return super().fit(X, y, sample_weight)


def test_the_model_is_cross_fitted_once():
    X, y = clean_table(200)
    Counting.fits = 0
    evidence = Evidence(dataset(X[["a", "b"]], y), estimator=Counting())
    for _ in range(3):
        assert evidence.proba.shape == (200, 2)
    assert Counting.fits == module.FOLDS


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 30), min_size=1, max_size=6), st.integers(6, 80), st.integers(0, 9))
def test_rows_are_spread_evenly_and_rare_classes_stay_whole(counts, budget, seed):
    codes = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(counts)), counts))
    rows = spread_rows(codes, budget, np.random.default_rng(seed))
    kept = np.bincount(codes[rows], minlength=len(counts))
    assert np.unique(rows).size == rows.size <= max(budget, 0) or rows.size == codes.size <= budget
    assert (np.diff(rows) > 0).all()
    largest = kept.max()
    assert all(kept[c] == counts[c] for c in range(len(counts)) if counts[c] <= largest)
    if codes.size > budget:
        assert rows.size > budget - len(counts)


def test_probabilities_of_a_thinned_sample_are_on_the_prior_of_all_rows():
    rng = np.random.default_rng(0)
    y = (rng.random(6000) < 0.05).astype(int)
    X = rng.normal(size=(6000, 2)) + y[:, None]
    evidence = Evidence(dataset(X, y), estimator=GaussianNB(), row_budget=1000)
    sampled = evidence.codes[evidence.sample]
    assert evidence.sample.size <= 1000
    assert sampled.sum() == y.sum()
    everywhere = GaussianNB().fit(X, y).predict_proba(X)[evidence.sample]
    assert np.abs(evidence.proba - everywhere).mean() < 0.03
    assert evidence.measured_on(evidence.sample.size) == " (Measured on 1,000 of 6,000 rows.)"
    assert evidence.measured_on(6000) == ""


def test_groups_stay_together():
    X, y = clean_table(300)
    groups = np.repeat(np.arange(60), 5)
    evidence = Evidence(dataset(X, y, groups=groups))
    for train, test in evidence.splits:
        assert not set(groups[evidence.sample][train]) & set(groups[evidence.sample][test])


def test_groups_that_each_hold_one_class_of_two_cannot_be_split():
    y = np.repeat([0, 1], 30)
    with pytest.raises(NotApplicable, match="No split by group"):
        _ = Evidence(dataset(np.zeros((60, 1)), y, groups=y)).splits


def test_no_row_is_its_own_neighbour_even_in_a_sample(monkeypatch):
    X, y = clean_table(1200)
    X.iloc[100:200] = X.iloc[:100].to_numpy()  # duplicates are neighbours, oneself is not
    whole = Evidence(dataset(X, y)).neighborhood
    assert whole.rows.size == whole.n_reference == 1200
    monkeypatch.setattr(module, "DISTANCE_BUDGET", 1)
    sampled = Evidence(dataset(X, y)).neighborhood
    assert sampled.rows.size == module.LEAST_ASKED
    np.testing.assert_array_equal(sampled.indices, whole.indices[sampled.rows])
    np.testing.assert_allclose(sampled.distances, whole.distances[sampled.rows], atol=1e-5)
    assert not (sampled.indices == sampled.rows[:, None]).any()
    monkeypatch.setattr(module, "REFERENCE_ROWS", 500)
    bounded = Evidence(dataset(X, y)).neighborhood
    assert bounded.n_reference == 500
    assert np.unique(bounded.indices).size <= 500
    assert not (bounded.indices == bounded.rows[:, None]).any()


def test_the_schema_says_what_a_column_is():
    X = pd.DataFrame({"code": [1, 2, 3, 1], "x": [0.5, 1.5, 2.5, 3.5]})
    schema = Schema((Column("code", "categorical"), Column("x", "numeric")))
    evidence = Evidence(dataset(X, [0, 1, 0, 1], schema=schema))
    assert [column.kind for column in evidence.columns] == ["categorical", "numeric"]
    assert evidence.code_table[:, 0].tolist() == [0, 1, 2, 0]


def test_same_seed_same_evidence():
    data = dataset(*clean_table(900))
    one, two = (Evidence(data, random_state=3, row_budget=600) for _ in range(2))
    np.testing.assert_array_equal(one.sample, two.sample)
    np.testing.assert_array_equal(one.proba, two.proba)
    assert not np.array_equal(one.sample, Evidence(data, random_state=4, row_budget=600).sample)


def test_very_wide_tables_are_not_given_to_models(monkeypatch):
    monkeypatch.setattr(module, "MOST_COLUMNS", 5)
    evidence = Evidence(dataset(*clean_table(60)))
    for asked in ("proba", "dense", "column_aucs"):
        with pytest.raises(NotApplicable, match="up to 5 columns; there are 6"):
            getattr(evidence, asked)
