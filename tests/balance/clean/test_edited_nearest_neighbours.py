from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

import slow_cleaners
from steelyard.balance.clean.edited_nearest_neighbours import EditedNearestNeighbours


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 10**6),
    levels=st.sampled_from([2, 5, 1000]),
    n=st.integers(10, 30),
    k=st.integers(1, 5),
    kind=st.sampled_from(["all", "mode"]),
    strategy=st.sampled_from(["auto", "all", "majority", "not majority", ["small"]]),
)
def test_equals_the_slow_twin_among_ties_and_duplicates_too(seed, levels, n, k, kind, strategy):
    X, y = slow_cleaners.small_table(seed, levels, n)
    sampler = EditedNearestNeighbours(n_neighbors=k, kind_sel=kind, sampling_strategy=strategy)
    assert sampler.select(X, y).tolist() == slow_cleaners.enn(X, y, strategy, k, kind)


def test_a_class_is_never_removed():
    X = [[0.0], [0.1], [0.2], [0.3], [0.15], [9.0], [9.1], [9.2], [9.3]]
    y = ["a", "a", "a", "a", "b", "c", "c", "c", "c"]
    sampler = EditedNearestNeighbours(sampling_strategy=["b"])
    assert sampler.select(X, y).tolist() == list(range(9))
    assert sampler.note_ == "every row of ['b'] is contradicted; no class is removed, so they stay"


def test_nothing_removed_is_said():
    sampler = EditedNearestNeighbours(n_neighbors=1)
    _, y = sampler.fit_resample([[0.0], [0.1], [0.2], [9.0], [9.1]], ["a", "a", "a", "b", "b"])
    assert sampler.note_ == "no row left out: no row of the classes that may lose rows is contradicted"
    assert Counter(y) == {"a": 3, "b": 2}
