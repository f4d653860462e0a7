import imblearn.under_sampling
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.balance import TomekLinks
from steelyard.data import load


def slow(X, y, touched):
    """Tomek's definition, pair by pair; ties go to the smaller row number."""
    n = len(X)
    nearest = [
        min((j for j in range(n) if j != i), key=lambda j: (((X[i] - X[j]) ** 2).sum(), j)) for i in range(n)
    ]
    linked = [y[i] != y[nearest[i]] and nearest[nearest[i]] == i for i in range(n)]
    return [i for i in range(n) if not (linked[i] and y[i] in touched)]


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 10**6), levels=st.sampled_from([2, 5, 1000]), n=st.integers(6, 25))
def test_equals_the_slow_twin_among_ties_and_duplicates_too(seed, levels, n):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, levels, size=(n, 2)).astype(float)
    y = np.array(["large"] * n)
    y[rng.permutation(n)[: n // 3]] = "small"
    assert TomekLinks().select(X, y).tolist() == slow(X, y, {"large"})
    assert TomekLinks(sampling_strategy="all").select(X, y).tolist() == slow(X, y, {"large", "small"})
    assert TomekLinks(sampling_strategy=["small"]).select(X, y).tolist() == slow(X, y, {"small"})


@pytest.mark.parametrize("name", ["ecoli", "glass", "yeast"])
@pytest.mark.parametrize("strategy", ["auto", "all", "majority", "not majority"])
def test_rows_are_those_of_imbalanced_learn(name, strategy):
    data = load(name, rare="drop")
    X, first = np.unique(data.X.select_dtypes("number").to_numpy(), axis=0, return_index=True)
    y = data.y[first]
    theirs = imblearn.under_sampling.TomekLinks(sampling_strategy=strategy)
    theirs.fit_resample(X, y)
    ours = TomekLinks(sampling_strategy=strategy).select(X, y)
    np.testing.assert_array_equal(ours, theirs.sample_indices_)
    assert len(ours) < len(y)


def test_a_duplicate_of_another_class_is_a_link():
    """imbalanced-learn takes a duplicate's place in the list for the row itself."""
    X = np.array([[0.0], [0.0], [5.0], [9.0]])
    y = np.array(["a", "b", "a", "a"])
    assert TomekLinks().select(X, y).tolist() == [1, 2, 3]


def test_mixed_tables_and_gaps():
    frame = pd.DataFrame({"x": [0.0, 0.1, 4.0, 4.2, np.nan], "c": ["u", "u", "u", "v", "v"]})
    y = np.array(["a", "b", "a", "a", "a"])
    sampler = TomekLinks()
    X_out, _ = sampler.fit_resample(frame, y)
    assert sampler.sample_indices_.tolist() == [1, 2, 3, 4]
    assert X_out.dtypes.equals(frame.dtypes)


def test_nothing_removed_is_said():
    sampler = TomekLinks()
    sampler.fit_resample([[0.0], [0.1], [0.2], [9.0], [9.1]], ["a", "a", "a", "b", "b"])
    assert "no Tomek link" in sampler.note_
