import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import slow_cleaners
from steelyard.balance.clean.all_knn import AllKNN
from steelyard.balance.clean.edited_nearest_neighbours import EditedNearestNeighbours


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 10**6),
    levels=st.sampled_from([2, 5, 1000]),
    n=st.integers(10, 40),
    k=st.integers(1, 5),
    kind=st.sampled_from(["all", "mode"]),
    strategy=st.sampled_from(["auto", "all", "majority", ["small"]]),
    allow_minority=st.booleans(),
)
def test_equals_the_slow_twin_among_ties_and_duplicates_too(
    seed, levels, n, k, kind, strategy, allow_minority
):
    X, y = slow_cleaners.small_table(seed, levels, n)
    sampler = AllKNN(n_neighbors=k, kind_sel=kind, sampling_strategy=strategy, allow_minority=allow_minority)
    assert sampler.select(X, y).tolist() == slow_cleaners.allknn(X, y, strategy, k, kind, allow_minority)


def test_one_neighbour_is_plain_editing():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(120, 2)), (np.arange(120) % 4 == 0).astype(int)
    one = EditedNearestNeighbours(n_neighbors=1).select(X, y)
    np.testing.assert_array_equal(AllKNN(n_neighbors=1).select(X, y), one)


def test_it_goes_on_past_an_overtaken_class_only_if_allowed():
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(90, 2)), (np.arange(90) % 9 < 4).astype(int)
    stopped, went_on = AllKNN().select(X, y), AllKNN(allow_minority=True).select(X, y)
    assert set(went_on) < set(stopped)


def test_a_class_is_never_removed():
    X = [[0.0], [0.1], [0.2], [0.3], [0.15], [9.0], [9.1], [9.2], [9.3]]
    y = ["a", "a", "a", "a", "b", "c", "c", "c", "c"]
    sampler = AllKNN(sampling_strategy=["b"])
    assert sampler.select(X, y).tolist() == list(range(9))
    assert "no class is removed" in sampler.note_


def test_nothing_removed_is_said():
    sampler = AllKNN()
    sampler.fit_resample([[0.0], [0.1], [0.2], [0.3], [9.0], [9.1]], ["a"] * 4 + ["b"] * 2)
    assert "no row left out" in sampler.note_
