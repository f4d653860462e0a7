"""Draws by hardness beside the paper's formula in plain loops."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.kernels.hardness_bins import draw_by_hardness, hardness_bins, harmonised_quota, pace


def plain_quota(hardness, k_bins, alpha, wanted):
    """Share of each bin before rounding, with room enough in every bin."""
    low, high = min(hardness), max(hardness)
    members = [[] for _ in range(k_bins)]
    for value in hardness:
        place = 0 if high == low else min(int((value - low) / (high - low) * k_bins), k_bins - 1)
        members[place].append(value)
    weight = [1 / (sum(own) / len(own) + alpha) if own else 0.0 for own in members]
    return [wanted * w / sum(weight) for w in weight], [len(own) for own in members]


@pytest.mark.parametrize("alpha", [0.01, 0.3, 5.0])
def test_the_quota_is_the_papers(alpha):
    hardness = np.random.default_rng(0).beta(0.7, 2, size=2000)
    wanted = 60
    expected, has = plain_quota(hardness.tolist(), 5, alpha, wanted)
    quota = harmonised_quota(hardness, hardness_bins(hardness, 5), 5, alpha, wanted)
    assert all(room > share for room, share in zip(has, expected, strict=True))
    assert quota.sum() == wanted
    assert all(math.floor(e) <= q <= math.ceil(e) for q, e in zip(quota.tolist(), expected, strict=True))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=60),
    st.integers(1, 8),
    st.one_of(st.floats(1e-6, 1e6), st.just(math.inf)),
    st.floats(0.01, 1),
)
def test_a_draw_is_of_the_size_asked_for_and_never_repeats_a_row(hardness, k_bins, alpha, share):
    values = np.array(hardness)
    wanted = max(1, int(share * len(values)))
    rows = draw_by_hardness(values, k_bins, alpha, wanted, np.random.default_rng(0))
    assert rows.shape == (wanted,)
    assert np.unique(rows).shape == rows.shape
    assert (rows >= 0).all()
    assert (rows < len(values)).all()


def test_a_bin_that_lacks_rows_gives_all_and_the_others_the_rest():
    hardness = np.array([0.0] * 50 + [1.0] * 2)
    quota = harmonised_quota(hardness, hardness_bins(hardness, 4), 4, math.inf, 20)
    assert quota.tolist() == [18, 0, 0, 2]


def test_the_pace_goes_from_easy_rows_to_equal_bins():
    hardness = np.r_[np.full(500, 0.05), np.full(100, 0.5), np.full(60, 0.95)]
    shares = []
    for step in range(1, 6):
        quota = harmonised_quota(hardness, hardness_bins(hardness, 3), 3, pace(step, 5), 60)
        shares.append(quota[-1])
    assert shares == sorted(shares)
    assert shares[0] <= 10
    assert shares[-1] == 20
