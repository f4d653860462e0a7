import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

import slow_cleaners
from steelyard.balance.clean.tomek_links import TomekLinks


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 10**6),
    levels=st.sampled_from([2, 5, 1000]),
    n=st.integers(10, 30),
    strategy=st.sampled_from(["auto", "all", "majority", "not majority", ["small"]]),
)
def test_equals_the_slow_twin_among_ties_and_duplicates_too(seed, levels, n, strategy):
    X, y = slow_cleaners.small_table(seed, levels, n)
    assert TomekLinks(sampling_strategy=strategy).select(X, y).tolist() == slow_cleaners.tomek(X, y, strategy)


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


def test_a_class_is_never_removed():
    sampler = TomekLinks(sampling_strategy="all")
    rows = sampler.select([[0.0], [0.1], [5.0], [7.0]], ["a", "b", "a", "a"])
    assert rows.tolist() == [1, 2, 3]
    assert sampler.note_ == "every row of ['b'] ends a Tomek link; no class is removed, so they stay"


def test_nothing_removed_is_said():
    sampler = TomekLinks()
    sampler.fit_resample([[0.0], [0.1], [0.2], [9.0], [9.1]], ["a", "a", "a", "b", "b"])
    assert sampler.note_ == "no row left out: there is no Tomek link in the classes that may lose rows"
