"""k-means beside a plain loop, scikit-learn, and the identities it must keep."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.cluster import KMeans

from steelyard.errors import BadOption
from steelyard.kernels.distortion_curve import distortion_curve, filled_curve, geometric_grid
from steelyard.kernels.kmeans import clusters_of, kmeans, nearest_centers, spread_centers
from steelyard.kernels.merge_clusters import merge_clusters


def blobs(n=600, n_blobs=7, p=4, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(0, 6, (n_blobs, p))[rng.integers(n_blobs, size=n)] + rng.normal(size=(n, p))


def slow_nearest(X, centers):
    """Every row against every centre, one by one."""
    member, squared = [], []
    for row in np.asarray(X, dtype=float):
        gaps = [float(((row - center) ** 2).sum()) for center in centers]
        member.append(int(np.argmin(gaps)))
        squared.append(min(gaps))
    return member, squared


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("kind", [np.float64, np.float32, sparse.csr_array])
def test_nearest_centres_are_those_of_a_plain_loop(kind, exact):
    X = blobs(60)
    centers = X[[3, 11, 40]] + 0.25
    table = kind(X) if kind is sparse.csr_array else X.astype(kind)
    member, squared = nearest_centers(table, centers, exact=exact)
    expected = slow_nearest(X, centers)
    assert member.tolist() == expected[0]
    np.testing.assert_allclose(squared, expected[1], rtol=1e-4, atol=1e-4)


def test_clusters_are_means_masses_and_errors_of_a_plain_loop():
    X, weight = blobs(80), np.random.default_rng(1).integers(1, 5, 80).astype(float)
    found = clusters_of(X, X[[0, 20, 50, 70]], weight=weight)
    for cluster in range(4):
        rows = np.flatnonzero(found.member == cluster)
        mean = sum(weight[row] * X[row] for row in rows) / weight[rows].sum()
        np.testing.assert_allclose(found.centers[cluster], mean)
        assert found.mass[cluster] == weight[rows].sum()
        error = sum(weight[row] * ((X[row] - mean) ** 2).sum() for row in rows)
        assert found.sse[cluster] == pytest.approx(error)
        nearest = min(rows, key=lambda row: ((X[row] - mean) ** 2).sum())
        assert found.medoids()[cluster] == nearest
    assert found.mass.sum() == weight.sum()


def test_it_is_as_good_as_scikit_learns_from_random_rows():
    X = blobs(1500, 20, 6)
    for k in (2, 7, 20, 60):
        ours = [nearest_centers(X, kmeans(X, k, np.random.default_rng(s)))[1].sum() for s in range(5)]
        theirs = [KMeans(k, init="random", n_init=1, random_state=s).fit(X).inertia_ for s in range(5)]
        assert np.mean(ours) < 1.02 * np.mean(theirs)


def test_the_same_bits_for_any_number_of_threads():
    X = blobs(20_000, 9, 30).astype(np.float32)
    one, two = (kmeans(X, 60, np.random.default_rng(0), n_jobs=n) for n in (1, 2))
    np.testing.assert_array_equal(one, two)


def test_a_weight_is_so_many_rows():
    X = np.array([[0.0], [1.0], [10.0]])
    weighted = clusters_of(X, np.array([[0.0], [9.0]]), weight=np.array([3.0, 1.0, 2.0]))
    repeated = clusters_of(np.repeat(X, [3, 1, 2], axis=0), np.array([[0.0], [9.0]]))
    np.testing.assert_allclose(weighted.centers, repeated.centers)
    np.testing.assert_allclose(weighted.sse, repeated.sse)
    assert weighted.centers[0, 0] == 0.25


def test_rows_without_weight_move_no_mean():
    X = np.array([[0.0], [4.0], [10.0], [11.0]])
    found = clusters_of(X, np.array([[1.0], [10.0]]), weight=np.array([1.0, 0.0, 0.0, 0.0]))
    assert found.centers.ravel().tolist() == [0.0, 10.5]
    assert found.mass.tolist() == [1.0, 0.0]


@pytest.mark.parametrize("k", [1, 3, 6])
def test_no_cluster_is_empty_even_among_equal_rows(k):
    found = clusters_of(np.ones((6, 2)), kmeans(np.ones((6, 2)), k, np.random.default_rng(0)))
    assert (np.bincount(found.member, minlength=k) > 0).all()
    assert len(set(found.medoids().tolist())) == k
    assert found.sse.sum() < 1e-28


def test_centres_to_start_from_lie_apart():
    """One of each of as many far-off spots, however few rows lie there."""
    spots = np.arange(8)[:, None] * 100.0
    X = np.repeat(spots, [50, 1, 1, 20, 3, 1, 2, 9], axis=0)
    assert np.sort(spread_centers(X, 8, np.random.default_rng(0)), axis=0).tolist() == spots.tolist()


def test_rows_without_weight_are_no_start():
    X = np.arange(6.0)[:, None]
    start = spread_centers(X, 2, np.random.default_rng(0), weight=np.array([0, 0, 1, 0, 1, 0]))
    assert sorted(start.ravel().tolist()) == [2.0, 4.0]


def test_capped_rows_find_nearly_the_same_clusters():
    X = blobs(4000, 5, 3)
    full = nearest_centers(X, kmeans(X, 5, np.random.default_rng(0), points_per_center=800))[1].sum()
    some = nearest_centers(X, kmeans(X, 5, np.random.default_rng(0), points_per_center=100))[1].sum()
    assert some < 1.05 * full


def test_a_curve_is_measured_over_all_rows_and_never_rises():
    X = blobs(900, 8, 3)
    ks = geometric_grid(300, 9)
    errors = distortion_curve(X, ks, np.random.default_rng(0))
    assert errors[0] == pytest.approx(((X - X.mean(axis=0)) ** 2).sum())
    assert (np.diff(errors) <= 0).all()
    for k, error in zip(ks, errors, strict=True):
        theirs = KMeans(int(k), n_init=2, random_state=0).fit(X).inertia_
        assert error < 1.35 * theirs + 1e-9


def test_a_curve_reaches_zero_at_as_many_centres_as_rows():
    X = blobs(12)
    errors = distortion_curve(X, [1, 4, 12], np.random.default_rng(0))
    assert errors[-1] == pytest.approx(0, abs=1e-12)


def test_between_measured_points_a_curve_is_straight_in_logarithms():
    exact = 50.0 * np.arange(1, 101) ** -0.7
    grid = geometric_grid(100, 6)
    np.testing.assert_allclose(filled_curve(grid, exact[grid - 1], 100), exact)


def test_a_curve_that_falls_to_nothing_stops_at_a_millionth():
    filled = filled_curve([1, 2, 4], [100.0, 0.0, 0.0], 4)
    np.testing.assert_allclose(filled[1:], 1e-4)
    assert filled_curve([1, 3], [0.0, 0.0], 3).tolist() == [0, 0, 0]


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 5), st.integers(1, 6), st.integers(0, 1000))
def test_merging_splits_the_error_exactly(n_parts, k, seed):
    """Each row in the cluster that its own cluster went to: the sum of both parts of the error."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(40 * n_parts, 3)) * 10 ** rng.uniform(-2, 2, 3) + 5
    weight = rng.uniform(0.5, 3, len(X))
    parts = np.array_split(rng.permutation(len(X)), n_parts)
    found = [
        clusters_of(X[rows], kmeans(X[rows], k, rng, weight=weight[rows]), weight=weight[rows])
        for rows in parts
    ]
    merged = merge_clusters(
        np.concatenate([one.centers for one in found]),
        np.concatenate([one.mass for one in found]),
        np.concatenate([one.sse for one in found]),
        k,
        rng,
    )
    went = np.empty(len(X), dtype=int)
    for number, (rows, one) in enumerate(zip(parts, found, strict=True)):
        went[rows] = merged.member[number * k + one.member]
    induced = (weight * ((X - merged.centers[went]) ** 2).sum(axis=1)).sum()
    assert merged.sse_partition + merged.sse_merge == pytest.approx(induced, rel=1e-6)
    assert merged.sse.sum() == pytest.approx(induced, rel=1e-6)
    assert merged.mass.sum() == pytest.approx(weight.sum())
    for cluster in range(k):
        inside = went == cluster
        mean = np.average(X[inside], axis=0, weights=weight[inside])
        np.testing.assert_allclose(merged.centers[cluster], mean, rtol=1e-6, atol=1e-9)
    nearest = (weight * nearest_centers(X, merged.centers)[1]).sum()
    assert nearest <= induced * (1 + 1e-9)


@pytest.mark.parametrize("k", [0, 61])
def test_more_centres_than_rows_are_refused(k):
    with pytest.raises(BadOption, match="k must be between 1 and the number of rows, 60"):
        kmeans(blobs(60), k, np.random.default_rng(0))


def test_a_curve_longer_than_the_table_is_refused():
    with pytest.raises(BadOption, match="must not exceed the number of rows, 60"):
        distortion_curve(blobs(60), [1, 61], np.random.default_rng(0))
