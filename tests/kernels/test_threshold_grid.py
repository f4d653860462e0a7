"""Counting on a grid of thresholds, beside plain loops."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.kernels.threshold_grid import (
    counts_on_grid,
    mcc_of_counts,
    middle_of_plateau,
    places_on_grid,
    simplex_grid,
)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 30), st.integers(1, 4))
def test_counts_and_mcc_are_those_of_a_plain_loop(seed, n, candidates):
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 11, size=(candidates, n)) / 10  # many scores equal to a threshold
    positive = rng.random(n) < 0.5
    cuts = np.arange(0, 11) / 10
    hits, alarms = counts_on_grid(places_on_grid(scores, cuts), positive, cuts.size)
    mcc = mcc_of_counts(hits, alarms, int(positive.sum()), int((~positive).sum()))
    for s, t in product(range(candidates), range(cuts.size)):
        called = scores[s] > cuts[t]
        assert hits[s, t] == (called & positive).sum()
        assert alarms[s, t] == (called & ~positive).sum()
        varies = 0 < positive.sum() < n and 0 < called.sum() < n
        want = np.corrcoef(positive, called)[0, 1] if varies else 0.0
        assert mcc[s, t] == pytest.approx(want, abs=1e-9)


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ([1.0], 0),
        ([0, 1, 1, 0], 1),
        ([1, 1, 1], 1),
        ([1, 0, 1, 1, 1], 3),
        ([0, 1, 0, 1], 1),
        ([0, 0, 0, 0], 1),
    ],
)
def test_the_middle_of_the_longest_plateau(values, place):
    assert middle_of_plateau(np.array(values, dtype=float)) == place


@pytest.mark.parametrize(("n", "steps"), [(1, 20), (2, 20), (3, 4), (4, 3)])
def test_the_simplex_grid_is_every_split_once(n, steps):
    grid = simplex_grid(n, steps)
    brute = sorted(split for split in product(range(steps + 1), repeat=n) if sum(split) == steps)
    assert np.allclose(grid * steps, brute)
