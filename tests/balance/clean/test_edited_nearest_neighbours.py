from collections import Counter

import imblearn.under_sampling
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.balance import EditedNearestNeighbours
from steelyard.data import load
from steelyard.errors import BadOption, CannotResample


def slow(X, y, touched, k, kind):
    """Wilson's rule, row by row; a class that would vanish stays."""
    kept = []
    for i in range(len(X)):
        order = sorted((j for j in range(len(X)) if j != i), key=lambda j: (((X[i] - X[j]) ** 2).sum(), j))
        around = [y[j] for j in order[:k]]
        votes = Counter(around)
        most = min(label for label in votes if votes[label] == max(votes.values()))
        agree = all(label == y[i] for label in around) if kind == "all" else most == y[i]
        if agree or y[i] not in touched:
            kept.append(i)
    lost = set(y) - {y[i] for i in kept}
    return sorted(kept + [i for i in range(len(X)) if y[i] in lost])


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 10**6),
    levels=st.sampled_from([2, 5, 1000]),
    n=st.integers(8, 25),
    k=st.integers(1, 5),
    kind=st.sampled_from(["all", "mode"]),
)
def test_equals_the_slow_twin_among_ties_and_duplicates_too(seed, levels, n, k, kind):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, levels, size=(n, 2)).astype(float)
    y = np.array(["big"] * n)
    y[rng.permutation(n)[: n // 3]] = "small"
    y[:2] = "tiny"
    counts = Counter(y.tolist())
    smallest = min(sorted(counts), key=counts.get)
    sampler = EditedNearestNeighbours(n_neighbors=k, kind_sel=kind)
    assert sampler.select(X, y).tolist() == slow(X, y, set(counts) - {smallest}, k, kind)
    sampler.set_params(sampling_strategy="all")
    assert sampler.select(X, y).tolist() == slow(X, y, set(counts), k, kind)


@pytest.mark.parametrize("name", ["ecoli", "glass", "page-blocks"])
@pytest.mark.parametrize(
    "options", [{}, {"kind_sel": "mode"}, {"sampling_strategy": "all", "n_neighbors": 5}], ids=str
)
def test_rows_are_those_of_imbalanced_learn(name, options):
    """Save for classes that imbalanced-learn would remove whole. No duplicates; weights break the ties."""
    data = load(name, rare="drop")
    X, first = np.unique(data.X.select_dtypes("number").to_numpy(), axis=0, return_index=True)
    X = X * np.random.default_rng(0).uniform(0.5, 1.5, X.shape[1])
    # As codes, for with kind_sel="mode" imbalanced-learn takes numbers as labels only.
    y = np.unique(data.y[first], return_inverse=True)[1]
    theirs = imblearn.under_sampling.EditedNearestNeighbours(**options)
    theirs.fit_resample(X, y)
    sampler = EditedNearestNeighbours(**options)
    ours = sampler.select(X, y)
    removed_whole = np.setdiff1d(y, y[theirs.sample_indices_])
    np.testing.assert_array_equal(ours[~np.isin(y[ours], removed_whole)], np.sort(theirs.sample_indices_))
    assert bool(sampler.note_) == bool(removed_whole.size)
    assert len(ours) < len(y)


def test_a_class_is_never_removed():
    X = [[0.0], [0.1], [0.2], [0.3], [0.15], [9.0], [9.1], [9.2], [9.3]]
    y = ["a", "a", "a", "a", "b", "c", "c", "c", "c"]
    sampler = EditedNearestNeighbours(sampling_strategy=["b"])
    assert sampler.select(X, y).tolist() == list(range(9))
    assert sampler.note_ == "every row of ['b'] is contradicted; no class is removed, so they stay"


def test_nothing_removed_is_said():
    sampler = EditedNearestNeighbours(n_neighbors=1)
    sampler.fit_resample([[0.0], [0.1], [0.2], [9.0], [9.1]], ["a", "a", "a", "b", "b"])
    assert sampler.note_.startswith("no row left out")


def test_more_neighbours_than_rows_are_refused():
    with pytest.raises(CannotResample, match="more than n_neighbors=5 rows, got 4"):
        EditedNearestNeighbours(n_neighbors=5).fit_resample([[0.0], [1.0], [2.0], [3.0]], list("aaab"))


@pytest.mark.parametrize(("name", "value"), [("n_neighbors", 0), ("kind_sel", "most"), ("standardize", None)])
def test_parameters_that_make_no_sense(name, value):
    with pytest.raises(BadOption, match=f"The '{name}' parameter of EditedNearestNeighbours must be"):
        EditedNearestNeighbours(**{name: value}).fit_resample([[0.0], [1.0], [2.0], [3.0]], list("aaab"))
