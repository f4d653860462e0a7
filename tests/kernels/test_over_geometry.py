"""Geometry of the ranked over-samplers, against plain loops written from their definitions."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import minimum_spanning_tree
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from steelyard.kernels.bandwidth import normal_bandwidth
from steelyard.kernels.class_density import core_and_reach, crowding
from steelyard.kernels.energy_spheres import energy_radius
from steelyard.kernels.geometric import in_cross_ball, in_unit_ball, pressed, truncated
from steelyard.kernels.information_weights import information_weights
from steelyard.kernels.linear_clusters import linear_clusters, main_direction, shortest_tree
from steelyard.kernels.mixed_distance import Points
from steelyard.kernels.neighborhood import Neighborhood
from steelyard.kernels.partition_filter import iterative_partition_filter, vote_against
from steelyard.kernels.proximity_levels import proximity_levels
from steelyard.kernels.topologies import curve_points, gapless_means, pairs_by_number


class TestTopologies:
    def test_pairs_are_numbered_without_a_gap_however_many(self):
        expected = [(low, high) for high in range(40) for low in range(high)]
        low, high = pairs_by_number(np.arange(len(expected)))
        assert list(zip(low.tolist(), high.tolist(), strict=True)) == expected
        n = 3_000_000
        last = np.array([n * (n - 1) // 2 - 1])
        assert [int(end[0]) for end in pairs_by_number(last)] == [n - 2, n - 1]

    def test_a_curve_is_the_polynomial_of_least_squares(self):
        values = np.random.default_rng(0).normal(size=(9, 2))
        place = np.array([0.0, 2.5, 8.0])
        for degree in (1, 2, 3):
            expected = [np.polyval(np.polyfit(np.arange(9), column, degree), place) for column in values.T]
            np.testing.assert_allclose(curve_points(values, place, degree), np.transpose(expected))

    def test_a_curve_through_too_few_rows_goes_through_them(self):
        values = np.array([[1.0], [5.0]])
        np.testing.assert_allclose(curve_points(values, np.array([0.0, 0.5, 1.0]), 4), [[1], [3], [5]])

    def test_means_of_huge_numbers_fit(self):
        assert gapless_means(np.full((4, 1), 1e308)).tolist() == pytest.approx([1e308])


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 999), k=st.integers(1, 4), n_levels=st.integers(1, 5))
def test_levels_are_peeled_as_by_hand(seed, k, n_levels):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 6, size=(20, 2)).astype(float)
    rare, common = np.arange(0, 20, 2), np.arange(1, 20, 2)
    expected, left = {}, list(rare)
    for level in range(n_levels - 1):
        found = set()
        for row in common:
            found |= set(sorted(left, key=lambda other: (((X[other] - X[row]) ** 2).sum(), other))[:k])
        expected |= dict.fromkeys(found, level)
        left = [row for row in left if row not in found]
    levels = proximity_levels(Neighborhood(X), rare, common, k, n_levels)
    assert levels.tolist() == [expected.get(row, n_levels - 1) for row in rare]


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 999))
def test_information_weights_as_in_the_paper(seed):
    rng = np.random.default_rng(seed)
    near = np.array([rng.permutation(6)[:3] for _ in range(4)])
    distances = np.sort(rng.random((4, 3)) * rng.choice([0, 1, 9], size=(4, 1)), axis=1)
    weight = np.zeros(6)
    for row in range(4):
        factor = {}
        for rare, distance in zip(near[row], distances[row], strict=True):
            inverse = 1 / (distance / 2) if distance else np.inf
            factor[rare] = min(inverse, 5.0) / 5.0 * 2.0
        for rare, closeness in factor.items():
            density = closeness / sum(factor.values())
            weight[rare] += closeness * density
    found = information_weights(near, distances, 6, 2, closeness_cutoff=5.0, closeness_max=2.0)
    np.testing.assert_allclose(found, weight)


class TestBalls:
    def test_points_fill_the_ball_evenly(self):
        points = in_unit_ball(20_000, 3, np.random.default_rng(0))
        length = np.linalg.norm(points, axis=1)
        assert length.max() <= 1
        assert (length < 0.5).mean() == pytest.approx(0.5**3, rel=0.1)
        assert np.abs(points.mean(axis=0)).max() < 0.02

    def test_a_cross_ball_reaches_all_corners_and_no_further(self):
        points = in_cross_ball(np.full(4000, 3.0), 2, np.random.default_rng(0))
        length = np.abs(points).sum(axis=1)
        assert length.max() <= 3
        assert length.mean() == pytest.approx(1.5, rel=0.05)
        assert np.unique(np.sign(points), axis=0).shape[0] == 4

    @pytest.mark.parametrize("factor", [-1.0, -0.3, 0.0, 0.4, 1.0])
    def test_truncation_keeps_what_the_factor_says(self, factor):
        rng = np.random.default_rng(0)
        points, axis = in_unit_ball(2000, 2, rng), np.tile([0.6, 0.8], (2000, 1))
        cut = truncated(points, axis, factor)
        along = (cut * axis).sum(axis=1)
        low, high = max(-1, factor - 1), min(1, factor + 1)
        assert (along >= low - 1e-12).all()
        assert (along <= high + 1e-12).all()
        np.testing.assert_allclose(np.linalg.norm(cut, axis=1), np.linalg.norm(points, axis=1))

    def test_pressing_shortens_only_what_is_across(self):
        points, axis = np.array([[0.3, 0.4]]), np.array([[0.0, 1.0]])
        assert pressed(points, axis, 1.0).tolist() == [[0.0, 0.4]]
        assert pressed(points, axis, 0.0).tolist() == points.tolist()


class TestLinearClusters:
    @settings(deadline=None, max_examples=30)
    @given(seed=st.integers(0, 999))
    def test_the_tree_is_as_short_as_scipys(self, seed):
        X = np.random.default_rng(seed).normal(size=(12, 2))
        squared = ((X[:, None] - X[None]) ** 2).sum(axis=2)
        edges, lengths = shortest_tree(Points(X))
        assert np.sqrt(lengths).sum() == pytest.approx(minimum_spanning_tree(np.sqrt(squared)).sum())
        assert (np.diff(lengths) >= 0).all()
        joined = np.arange(12)
        for one, other in edges:
            assert joined[one] != joined[other]
            joined[joined == joined[other]] = joined[one]
        assert len(set(joined)) == 1

    def test_categories_count_in_the_tree(self):
        codes = np.array([[0], [1], [0]])
        edges, _ = shortest_tree(Points(np.array([[0.0], [0.1], [1.0]]), codes, price=4.0))
        assert edges[0].tolist() == [0, 2]

    def test_equal_points_have_no_direction(self):
        assert main_direction(np.ones((3, 2))).tolist() == [0, 0]

    def test_everything_is_joined_where_any_angle_will_do_or_all_are_small(self):
        X = np.random.default_rng(0).normal(size=(15, 2))
        assert linear_clusters(Points(X), least=99, cosine=1.0).tolist() == [0] * 15
        apart = linear_clusters(Points(X), least=1, cosine=1.0)
        assert apart.tolist() == list(range(15))


@settings(deadline=None, max_examples=100)
@given(
    distances=st.lists(st.floats(0, 3), max_size=8).map(sorted),
    energy=st.floats(0.01, 5),
)
def test_a_sphere_grows_as_by_hand(distances, energy):
    radius, inside, left = 0.0, 0, energy
    while True:
        step = left / (inside + 1)
        if inside == len(distances) or distances[inside] >= radius + step:
            radius += step
            break
        moved = distances[inside] - radius
        left -= moved * (inside + 1)
        radius = distances[inside]
        inside += 1
    found, n_inside = energy_radius(np.array(distances), energy)
    assert found == pytest.approx(radius)
    assert n_inside == inside or found == pytest.approx(distances[min(n_inside, inside)])


class TestDensity:
    def test_core_reach_and_crowd_as_by_hand(self):
        X = np.random.default_rng(0).normal(size=(15, 2))
        distance = np.sqrt(((X[:, None] - X[None]) ** 2).sum(axis=2))
        near, far = Neighborhood(X).nearest(4)
        core, reach = core_and_reach(near, far)
        crowd = crowding(Points(X), 1.0, memory_mb=0.0005)
        for row in range(15):
            others = sorted(distance[row, other] for other in range(15) if other != row)
            assert core[row] == pytest.approx(others[3])
            assert reach[row] == pytest.approx(min(max(core[o], distance[row, o]) for o in near[row]))
            assert crowd[row] == sum(other <= 1.0 for other in others)

    def test_categories_count_in_the_crowd(self):
        rows = Points(np.zeros((3, 0)), np.array([[0, 1], [0, 1], [0, 2]]), price=2.0)
        assert crowding(rows, 1.0).tolist() == [1, 1, 0]
        assert crowding(rows, 1.5).tolist() == [2, 2, 2]


def test_the_bandwidth_is_that_of_the_formula():
    values = np.random.default_rng(0).normal(size=(50, 3)) * [1, 5, 1e200]
    expected = (4 / (5 * 50)) ** (1 / 7) * np.array(
        [values[:, 0].std(ddof=1), values[:, 1].std(ddof=1), (values[:, 2] / 1e200).std(ddof=1) * 1e200]
    )
    np.testing.assert_allclose(normal_bandwidth(values), expected)


class TestPartitionFilter:
    def rows(self):
        rng = np.random.default_rng(0)
        X = rng.normal(size=(180, 2)) + np.repeat([[0.0], [8.0]], 90, axis=0)
        y = np.repeat([0, 1], 90)
        y[[3, 50]] = 1
        return X, y

    def test_votes_are_those_of_models_of_single_parts_or_of_the_rest(self):
        X, y = self.rows()
        parts = np.arange(180) % 3
        for on_the_rest in (False, True):
            chosen = [(parts == part) != on_the_rest for part in range(3)]
            expected = sum(LogisticRegression().fit(X[rows], y[rows]).predict(X) != y for rows in chosen)
            found = vote_against(LogisticRegression(), X, y, parts, 0, on_the_rest=on_the_rest)
            np.testing.assert_array_equal(found, expected)

    @pytest.mark.parametrize("consensus", [False, True])
    def test_wrong_labels_are_found_and_few_others(self, consensus):
        X, y = self.rows()
        stays, n_rounds = iterative_partition_filter(
            DecisionTreeClassifier(min_samples_leaf=2),
            X,
            y,
            n_parts=9,
            consensus=consensus,
            patience=2,
            share=0.01,
            seed=0,
        )
        left_out = np.flatnonzero(~stays)
        assert set(left_out) <= {3, 50}
        assert consensus or set(left_out) == {3, 50}
        assert n_rounds >= 2

    def test_a_class_keeps_its_last_rows(self):
        X, y = np.zeros((30, 1)), np.repeat([0, 1], [28, 2])
        stays, _ = iterative_partition_filter(
            DecisionTreeClassifier(), X, y, n_parts=5, consensus=False, patience=1, share=0.0, seed=0
        )
        assert stays.all()


def test_the_ends_of_an_axis_are_reached_from_both_sides():
    corners = np.array(list(itertools.product([-0.5, 0.5], repeat=2)))
    axis = np.tile([1.0, 0.0], (4, 1))
    assert (truncated(corners, axis, 1.0)[:, 0] > 0).all()
    assert (truncated(corners, axis, -1.0)[:, 0] < 0).all()
