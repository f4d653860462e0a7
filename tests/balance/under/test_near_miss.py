import warnings

import imblearn.under_sampling
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from steelyard.balance.under.near_miss import NearMiss
from steelyard.data import load
from steelyard.errors import BadOption, CannotResample


def slow(X, y, version, k, m, n):
    """Mani and Zhang's rules for two classes, row by row."""
    rare, rows = np.flatnonzero(y == 1), np.flatnonzero(y == 0)

    def apart(row):
        return sorted(float(np.sqrt(((X[row] - X[other]) ** 2).sum())) for other in rare)

    if version == 1:
        chosen = sorted(rows, key=lambda row: (sum(apart(row)[:k]), row))
    elif version == 2:
        chosen = sorted(rows, key=lambda row: (sum(apart(row)[-k:]), row))
    else:
        near = set()
        for other in rare:
            near |= set(sorted(rows, key=lambda row: (((X[row] - X[other]) ** 2).sum(), row))[:m])
        chosen = sorted(near, key=lambda row: (-sum(apart(row)[:k]), row))
    return sorted([*chosen[:n], *rare])


@settings(deadline=None, max_examples=80)
@given(
    seed=st.integers(0, 10**6),
    levels=st.sampled_from([2, 5, 1000]),
    version=st.sampled_from([1, 2, 3]),
    k=st.integers(1, 4),
    m=st.integers(1, 5),
    n=st.integers(4, 19),
)
def test_equals_the_slow_twin_among_ties_and_duplicates_too(seed, levels, version, k, m, n):
    rng = np.random.default_rng(seed)
    # In one column distances are whole numbers, so that equal totals are exactly equal.
    X = rng.integers(0, levels, size=(24, 1)).astype(float)
    y = np.zeros(24, dtype=int)
    y[rng.permutation(24)[:4]] = 1
    sampler = NearMiss(version=version, n_neighbors=k, n_neighbors_ver3=m, sampling_strategy={0: n})
    assert sampler.select(X, y).tolist() == slow(X, y, version, k, m, n)


@pytest.mark.parametrize("name", ["ecoli", "glass", "yeast"])
@pytest.mark.parametrize(
    "options", [{}, {"version": 2}, {"version": 3}, {"version": 2, "n_neighbors": 1}], ids=str
)
def test_rows_are_those_of_imbalanced_learn(name, options):
    data = load(name, rare="drop")
    X, first = np.unique(data.X.select_dtypes("number").to_numpy(), axis=0, return_index=True)
    X = X * np.random.default_rng(0).uniform(0.5, 1.5, X.shape[1])
    y = np.unique(data.y[first], return_inverse=True)[1]
    large_enough = (np.bincount(y) >= 5)[y]
    X, y = X[large_enough], y[large_enough]
    theirs = imblearn.under_sampling.NearMiss(**options)
    with warnings.catch_warnings():
        # Version 3 may find fewer rows than are wanted.
        warnings.simplefilter("ignore")
        theirs.fit_resample(X, y)
    ours = NearMiss(**options).select(X, y)
    np.testing.assert_array_equal(ours, np.sort(theirs.sample_indices_))
    assert len(ours) < len(y)


def test_versions_differ_as_they_should():
    rare = [[10.0], [20.0]]
    X = np.array([[9.0], [14.9], [0.0], [1.0], *rare, [15.2]])
    y = np.array(["big"] * 4 + ["rare"] * 2 + ["big"])
    kept = {version: NearMiss(version=version, n_neighbors=1).select(X, y).tolist() for version in (1, 2, 3)}
    assert kept == {1: [0, 4, 5, 6], 2: [1, 4, 5, 6], 3: [1, 4, 5, 6]}


def test_an_object_finds_the_neighbours_as_imbalanced_learn_lets_it():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(90, 3)), np.repeat([0, 1], [75, 15])
    for version in (1, 2, 3):
        finder = NearestNeighbors(n_neighbors=2, metric="manhattan")
        given = {"version": version, "n_neighbors": finder, "n_neighbors_ver3": finder}
        theirs = imblearn.under_sampling.NearMiss(**given, sampling_strategy={0: 12})
        theirs.fit_resample(X, y)
        ours = NearMiss(**given, sampling_strategy={0: 12}).select(X, y)
        np.testing.assert_array_equal(ours, np.sort(theirs.sample_indices_))


def test_fewer_rare_rows_than_neighbours_are_said():
    sampler = NearMiss(n_neighbors=5)
    assert sampler.select([[0.0], [1.0], [2.0], [9.0]], list("aaab")).tolist() == [2, 3]
    assert sampler.note_ == "class 'a': distances to 1 rare rows instead of 5"


def test_fewer_rows_near_the_rare_ones_than_wanted_are_said():
    X = [[0.0], [1.0], [2.0], [3.0], [9.0], [9.1]]
    sampler = NearMiss(version=3, n_neighbors=1, n_neighbors_ver3=1)
    assert sampler.select(X, list("aaaabb")).tolist() == [3, 4, 5]
    assert "1 rows instead of 2, for only so many are among the 1 nearest" in sampler.note_


def test_a_rare_class_can_be_thinned_too():
    X = np.array([[0.0], [1.0], [2.0], [10.0], [10.5], [14.0]])
    y = np.array([0, 0, 0, 0, 1, 1])
    sampler = NearMiss(sampling_strategy={0: 2, 1: 1}, n_neighbors=1)
    assert len(sampler.select(X, y)) == 3
    assert NearMiss(sampling_strategy={0: 0, 1: 2}).select(X, y).tolist() == [4, 5]


def test_categories_and_gaps():
    frame = pd.DataFrame({"x": [0.0, np.nan, 2.0, 3.0, 3.0], "c": ["u", "u", "u", "v", "w"]})
    sampler = NearMiss(n_neighbors=1)
    X_out, _ = sampler.fit_resample(frame, list("aaaab"))
    assert sampler.sample_indices_.tolist() == [3, 4]
    assert X_out.dtypes.equals(frame.dtypes)


def test_no_rows_at_all_are_refused():
    with pytest.raises(CannotResample, match="0 rows of every class"):
        NearMiss(sampling_strategy={"a": 0, "b": 0}).fit_resample([[1], [2]], ["a", "b"])


@pytest.mark.parametrize(
    ("name", "value"),
    [("version", 4), ("version", 1.5), ("n_neighbors", 0), ("n_neighbors_ver3", "x"), ("standardize", 1)],
)
def test_parameters_that_make_no_sense(name, value):
    with pytest.raises(BadOption, match=f"The '{name}' parameter of NearMiss must be"):
        NearMiss(**{name: value}).fit_resample([[0.0], [1.0], [2.0], [3.0]], list("aaab"))
