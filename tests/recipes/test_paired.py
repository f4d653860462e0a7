"""The paired tests against loops that follow their definitions."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from steelyard.recipes.machinery.paired import mean_interval, reaches, sign_test, signed_rank_test

DIFFERENCES = st.lists(st.integers(-6, 6).map(lambda n: n / 100), min_size=1, max_size=9)


def slow_signed_rank(differences, margin):
    """Every assignment of signs to the ranks of the absolute differences, counted."""
    away = [round(d - margin, 9) for d in differences if abs(d - margin) > 1e-9]
    if not away:
        return 1.0
    sizes = [abs(d) for d in away]
    ranks = [
        sum(other < size for other in sizes) + (sum(other == size for other in sizes) + 1) / 2
        for size in sizes
    ]
    observed = sum(rank for rank, d in zip(ranks, away, strict=True) if d > 0)
    sums = [
        sum(rank for rank, positive in zip(ranks, signs, strict=True) if positive)
        for signs in itertools.product((0, 1), repeat=len(ranks))
    ]
    lower = sum(s <= observed + 1e-9 for s in sums) / len(sums)
    upper = sum(s >= observed - 1e-9 for s in sums) / len(sums)
    return min(1.0, 2 * min(lower, upper))


def slow_sign_test(differences, margin):
    positive = sum(d - margin > 1e-9 for d in differences)
    negative = sum(d - margin < -1e-9 for d in differences)
    n = positive + negative
    tail = sum(math.comb(n, k) for k in range(min(positive, negative) + 1)) / 2**n
    return min(1.0, 2 * tail)


@settings(max_examples=60, deadline=None)
@given(DIFFERENCES, st.sampled_from([0.0, 0.02, -0.01]))
def test_p_values_are_those_of_the_definitions(differences, margin):
    assert signed_rank_test(differences, margin) == pytest.approx(slow_signed_rank(differences, margin))
    assert sign_test(differences, margin) == pytest.approx(slow_sign_test(differences, margin))


def test_many_pairs_agree_with_the_normal_limit_and_repeat():
    rng = np.random.default_rng(0)
    differences = rng.normal(0.3, 1.0, 200).tolist()
    p = signed_rank_test(differences)
    ranks = stats.rankdata(np.abs(differences))
    n = len(differences)
    z = (ranks[np.array(differences) > 0].sum() - n * (n + 1) / 4) / math.sqrt(n * (n + 1) * (2 * n + 1) / 24)
    assert p == pytest.approx(2 * stats.norm.sf(abs(z)), rel=0.02)
    assert p == signed_rank_test(differences)


def test_the_interval_is_students():
    values = [0.1, 0.15, 0.4, 0.2]
    mean, low, high = mean_interval(values)
    half = stats.t.ppf(0.975, 3) * np.std(values, ddof=1) / 2
    assert (mean, low, high) == pytest.approx(
        (np.mean(values), np.mean(values) - half, np.mean(values) + half)
    )
    assert mean_interval([0.5]) == (0.5, None, None)


def test_rounding_is_no_difference():
    assert reaches(0.1 + 0.2 - 0.3 - 1e-12, 0.0)
    assert not reaches(-1e-6, 0.0)
    assert reaches(-1e-4, 0.0, scale=1e6), "a ten-billionth of the values that were compared"
    assert signed_rank_test([0.3 - 0.2, 0.1 + 1e-13], margin=0.1) == 1.0
