"""Contradicted rows, while rows are left out, against looking at every row anew."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import slow_cleaners
from steelyard.kernels import safe_rows as module
from steelyard.kernels.disagreement import Disagreement, most_frequent
from steelyard.kernels.neighborhood import Neighborhood


@pytest.mark.parametrize("proving", [False, True])
@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 10**6),
    levels=st.sampled_from([2, 5, 1000]),
    n=st.integers(14, 40),
    kind=st.sampled_from(["all", "mode"]),
    spare=st.integers(0, 2),
    sizes=st.lists(st.integers(1, 3), min_size=1, max_size=4),
)
def test_passes_find_what_a_fresh_look_finds(proving, seed, levels, n, kind, spare, sizes):
    X, y = slow_cleaners.small_table(seed, levels, n)
    names, codes = np.unique(y, return_inverse=True)
    with pytest.MonkeyPatch.context() as patch:
        if proving:
            patch.setattr(module, "LEAST_ROWS", 2)
            patch.setattr(module, "TRIAL_SHARE", 0.0)
        votes = Disagreement(Neighborhood(X), codes, 3, kind, spare=spare)
        rng = np.random.default_rng(seed)
        for k in sizes:
            classes = rng.random(len(names)) < 0.8
            there = np.flatnonzero(votes.there).tolist()
            if len(there) <= k:
                break
            expected = slow_cleaners.contradicted(X, codes, there, set(np.flatnonzero(classes)), k, kind)
            assert votes.contradicted(classes, k).tolist() == sorted(expected)
            # Any rows may go, not the contradicted ones only.
            votes.leave_out(rng.permutation(there)[: len(there) // 4])


def test_a_proof_is_used_until_its_witnesses_are_gone(monkeypatch):
    rng = np.random.default_rng(0)
    X = np.vstack([rng.normal(size=(1500, 2)), rng.normal(3.0, 0.3, size=(15, 2))])
    codes = np.repeat([0, 1], [1500, 15])
    around = Neighborhood(X)
    votes = Disagreement(around, codes, 3, "all", spare=2)
    asked = []
    search = Neighborhood.nearest

    def counting(self, k, *, asked=None, pool=None, record=asked):
        record.append(len(asked))
        return search(self, k, asked=asked, pool=pool)

    monkeypatch.setattr(Neighborhood, "nearest", counting)
    gone = votes.contradicted(np.array([True, False]))
    assert sum(asked) < 100
    votes.leave_out(gone)
    asked.clear()
    votes.contradicted(np.array([True, False]))
    assert sum(asked) < 30


def test_counts_follow_the_rows_that_are_there():
    votes = Disagreement(Neighborhood(np.arange(6.0)[:, None]), np.array([0, 0, 0, 1, 1, 2]), 1, "all")
    votes.leave_out(np.array([1, 5]))
    assert votes.counts.tolist() == [2, 2, 0]


def test_of_equally_frequent_codes_the_smallest_counts():
    assert most_frequent(np.array([[3, 1, 3, 1], [2, 2, 0, 0], [4, 4, 4, 0]]), 5).tolist() == [1, 0, 4]
