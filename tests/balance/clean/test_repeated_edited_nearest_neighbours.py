import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import slow_cleaners
from steelyard.balance.clean.edited_nearest_neighbours import EditedNearestNeighbours
from steelyard.balance.clean.repeated_edited_nearest_neighbours import RepeatedEditedNearestNeighbours


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 10**6),
    levels=st.sampled_from([2, 5, 1000]),
    n=st.integers(10, 40),
    k=st.integers(1, 4),
    kind=st.sampled_from(["all", "mode"]),
    strategy=st.sampled_from(["auto", "all", "majority", ["small"]]),
    max_iter=st.sampled_from([1, 2, 100]),
)
def test_equals_the_slow_twin_among_ties_and_duplicates_too(seed, levels, n, k, kind, strategy, max_iter):
    X, y = slow_cleaners.small_table(seed, levels, n)
    sampler = RepeatedEditedNearestNeighbours(
        n_neighbors=k, kind_sel=kind, sampling_strategy=strategy, max_iter=max_iter
    )
    rows, n_passes = slow_cleaners.renn(X, y, strategy, k, kind, max_iter)
    assert sampler.select(X, y).tolist() == rows
    assert sampler.n_iter_ == n_passes


def a_border(n=60):
    """Two classes in a row of points; at the border a stretch where the labels alternate."""
    X = np.arange(float(n))[:, None] + np.linspace(0, 0.3, n)[:, None] ** 2
    y = np.where(np.arange(n) < 40, 0, 1)
    y[30:40:2] = 1
    return X, y


def test_later_passes_see_what_the_first_left():
    X, y = a_border()
    once = EditedNearestNeighbours().select(X, y)
    sampler = RepeatedEditedNearestNeighbours()
    rows = sampler.select(X, y)
    assert set(rows) < set(once)
    assert sampler.n_iter_ > 2
    again = EditedNearestNeighbours()
    again.fit_resample(X[rows], y[rows])
    assert "no row left out" in again.note_


def test_it_stops_when_a_class_is_overtaken():
    X = np.random.default_rng(0).normal(size=(80, 2))
    y = np.where(np.arange(80) < 42, 0, 1)
    sampler = RepeatedEditedNearestNeighbours()
    rows = sampler.select(X, y)
    assert sampler.n_iter_ == 1
    assert 0 < (y[rows] == 0).sum() < 38


@pytest.mark.parametrize("kind", ["all", "mode"])
def test_a_class_is_never_removed(kind):
    X = [[0.0], [0.1], [0.2], [0.3], [0.15], [9.0], [9.1], [9.2], [9.3]]
    y = ["a", "a", "a", "a", "b", "c", "c", "c", "c"]
    sampler = RepeatedEditedNearestNeighbours(sampling_strategy=["b"], kind_sel=kind)
    assert sampler.select(X, y).tolist() == list(range(9))
    assert sampler.note_ == "every row of ['b'] is contradicted; no class is removed, so they stay"
    assert sampler.n_iter_ == 1


def test_too_few_rows_left_are_said():
    X = np.array([[0.0], [1.0], [2.1], [3.3], [4.6], [6.0]])
    y = np.array([0, 1, 0, 1, 0, 0])
    sampler = RepeatedEditedNearestNeighbours(n_neighbors=4, sampling_strategy=[0], kind_sel="mode")
    rows = sampler.select(X, y)
    assert rows.tolist() == slow_cleaners.renn(X, y, [0], 4, "mode")[0]


def test_nothing_removed_is_said_and_one_pass_is_made():
    sampler = RepeatedEditedNearestNeighbours(n_neighbors=1)
    sampler.fit_resample([[0.0], [0.1], [0.2], [9.0], [9.1]], ["a", "a", "a", "b", "b"])
    assert "no row left out" in sampler.note_
    assert sampler.n_iter_ == 1
