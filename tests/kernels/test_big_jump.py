from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.kernels.big_jump import big_jump, intruders

VALUES = st.lists(st.integers(0, 1000).map(lambda value: value / 1000), min_size=0, max_size=25)


def slow_big_jump(values, kappa):
    """The definition in plain loops."""
    ordered = sorted(values)
    gaps = [after - before for before, after in pairwise(ordered)]
    if len(gaps) < 2:
        return None
    mean = sum(gaps) / len(gaps)
    std = (sum((gap - mean) ** 2 for gap in gaps) / len(gaps)) ** 0.5
    widest, place = -1.0, None
    for j in range(len(gaps) // 2, len(gaps)):
        if gaps[j] > widest:
            widest, place = gaps[j], j
    return ordered[place] if widest > mean + kappa * std else None


@given(VALUES, st.sampled_from([0.0, 0.5, 1.0, 2.0]))
def test_by_the_definition(values, kappa):
    slow = slow_big_jump(values, kappa)
    fast = big_jump(values, kappa)
    if slow != fast:  # a gap that equals the bound but for rounding may fall on either side
        gaps = np.diff(np.sort(values))
        bound = gaps.mean() + kappa * gaps.std()
        assert np.isclose(gaps[len(gaps) // 2 :].max(), bound)


@given(VALUES)
def test_what_lies_beyond_is_the_smaller_part(values):
    cut = big_jump(values)
    if cut is not None:
        beyond = np.asarray(values) > cut
        assert 0 < beyond.sum() <= (len(values) + 1) / 2


def test_a_gap_below_the_middle_is_no_jump():
    assert big_jump([0.0, 0.9, 0.91, 0.92, 0.93, 0.94]) is None


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 2.0], [3.0] * 9])
def test_few_or_equal_values_have_none(values):
    assert big_jump(values) is None
    assert not intruders(values).any()


def test_both_conditions_or_a_very_large_score():
    values = np.r_[np.linspace(0, 0.3, 30), 0.9]
    score = (values - values.mean()) / values.std()
    assert intruders(values).tolist() == [False] * 30 + [True]
    assert not intruders(values, z=score[-1] + 0.1, z_alone=score[-1] + 0.1).any()
    # No gap exceeds the mean by a hundred deviations, but the score is enough.
    assert intruders(values, kappa=100.0)[-1]
    assert not intruders(values, kappa=100.0, z_alone=score[-1] + 0.1).any()


@given(VALUES)
def test_order_does_not_matter(values):
    shuffled = np.random.default_rng(0).permutation(len(values))
    np.testing.assert_array_equal(intruders(values)[shuffled], intruders(np.asarray(values)[shuffled]))
