"""Relevance of target values: box plots, control points, monotone curves, beside plain loops."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.errors import BadOption
from steelyard.kernels.relevance import (
    box_plot_points,
    box_plot_stats,
    check_points,
    relevance,
    relevance_by,
    relevance_regions,
)


def plain_box_plot(values, coef=1.5):
    """Tukey's five numbers by depth, and whiskers at the farthest values within reach."""
    values = sorted(values)
    n = len(values)
    depth = (math.floor((n + 3) / 2)) / 2

    def at(place):
        return (values[math.floor(place) - 1] + values[math.ceil(place) - 1]) / 2

    low, middle, high = at(depth), at((n + 1) / 2), at(n + 1 - depth)
    inside = [v for v in values if low - coef * (high - low) <= v <= high + coef * (high - low)]
    return [inside[0], low, middle, high, inside[-1]]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(-50, 50), min_size=1, max_size=30))
def test_the_box_plot_is_tukeys(values):
    np.testing.assert_allclose(box_plot_stats(values), plain_box_plot(values))


def plain_relevance(value, points):
    """Cubic Hermite pieces written out, for slopes that need no change."""
    if value <= points[0][0]:
        return points[0][1]
    if value >= points[-1][0]:
        return points[-1][1]
    for (x0, p0, s0), (x1, p1, s1) in pairwise(points):
        if x0 <= value <= x1:
            t, h = (value - x0) / (x1 - x0), x1 - x0
            return (
                (2 * t**3 - 3 * t**2 + 1) * p0
                + (t**3 - 2 * t**2 + t) * h * s0
                + (3 * t**2 - 2 * t**3) * p1
                + (t**3 - t**2) * h * s1
            )
    raise AssertionError


@pytest.mark.parametrize("seed", range(3))
def test_the_curve_equals_hermite_pieces(seed):
    y = np.random.default_rng(seed).lognormal(size=80)
    points = box_plot_points(y)
    expected = [plain_relevance(value, points.tolist()) for value in y]
    np.testing.assert_allclose(relevance(y, points), expected, atol=1e-12)


def test_only_tails_with_outliers_matter():
    y = np.r_[np.arange(20.0), 100.0]
    assert box_plot_points(y).tolist() == [[0, 0, 0], [10, 0, 0], [19, 1, 0]]
    assert box_plot_points(-y).tolist() == [[-19, 1, 0], [-10, 0, 0], [0, 0, 0]]
    both = np.r_[-100.0, y]
    assert [row[1] for row in box_plot_points(both)] == [1, 0, 1]
    assert [row[1] for row in box_plot_points(both, extremes="high")] == [0, 0, 1]
    assert [row[1] for row in box_plot_points(both, extremes="low")] == [1, 0, 0]
    assert box_plot_points(np.arange(20.0))[:, 1].tolist() == [0, 0, 0]


def test_where_most_targets_are_equal_all_others_matter():
    y = np.r_[np.zeros(30), 2.0, 5.0]
    phi, points = relevance_by("auto", y)
    assert points.tolist() == [[0, 0, 0], [2, 1, 0]]
    assert phi[-2:].tolist() == [1, 1]
    assert phi[:30].max() == 0
    assert relevance_by("auto", np.ones(5))[0].tolist() == [0] * 5


knots = st.lists(
    st.tuples(st.integers(-20, 20), st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0]), st.integers(-50, 50)),
    min_size=2,
    max_size=6,
    unique_by=lambda knot: knot[0],
)


@settings(max_examples=200, deadline=None)
@given(knots, st.booleans())
def test_the_curve_goes_through_its_points_and_never_overshoots(points, with_slopes):
    given_points = np.array(sorted(points))[:, : 3 if with_slopes else 2]
    x, height = given_points[:, 0], given_points[:, 1]
    np.testing.assert_allclose(relevance(x, given_points), height, atol=1e-9)
    for place in range(len(x) - 1):
        curve = relevance(np.linspace(x[place], x[place + 1], 40), given_points)
        low, high = sorted(height[place : place + 2])
        assert curve.min() >= low - 1e-9
        assert curve.max() <= high + 1e-9
        steps = np.diff(curve) * (1 if height[place + 1] >= height[place] else -1)
        assert (steps >= -1e-9).all()


def test_regions_are_stretches_of_the_target():
    y = np.array([5.0, 1.0, 4.0, 2.0, 3.0])
    region, rare = relevance_regions(y, np.array([0.9, 0.6, 0.1, 0.5, 0.2]), 0.5)
    assert region.tolist() == [2, 0, 1, 0, 1]
    assert rare.tolist() == [True, False, True]


def test_relevance_in_every_form():
    y = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 30.0])
    phi, points = relevance_by([[3, 0], [5, 1]], y)
    assert phi[[0, 2, 4, 5]].tolist() == [0, 0, 1, 1]
    assert points.shape == (2, 3)
    assert relevance_by(np.linspace(0, 1, 6), y)[0].tolist() == np.linspace(0, 1, 6).tolist()
    assert relevance_by(lambda values: (values > 4) * 1.0, y)[0].tolist() == [0, 0, 0, 0, 1, 1]


@pytest.mark.parametrize(
    ("given_relevance", "said"),
    [
        ("rare", "must be one of"),
        ([0.5, 0.5], "each of 3 rows"),
        ([0.5, 0.5, 2.0], "others among them"),
        (lambda y: y + np.nan, "others among them"),
        ([[1, 0]], "at least 2 rows"),
        ([[1, 0], [1, 1]], "one relevance for each value"),
        ([[1, 0], [2, 1.5]], r"must lie in \[0, 1\]"),
    ],
)
def test_relevance_that_makes_no_sense_is_refused(given_relevance, said):
    with pytest.raises(BadOption, match=said):
        relevance_by(given_relevance, [1.0, 2.0, 3.0])


def test_points_are_sorted():
    assert check_points([[2, 1, 0], [1, 0, 0]]).tolist() == [[1, 0, 0], [2, 1, 0]]
