"""Approximate searches: only on request, near the share of true neighbours asked for, which they tell."""

import numpy as np
import pytest
from scipy import sparse

from steelyard.errors import BadOption
from steelyard.kernels import neighbors_approximate
from steelyard.kernels.mixed_distance import Points
from steelyard.kernels.neighborhood import Neighborhood
from steelyard.kernels.neighbors import neighbors_of
from steelyard.kernels.neighbors_approximate import answer_nearly, may_be_approximate
from steelyard.kernels.search_job import SearchJob


@pytest.fixture
def small_searches_too(monkeypatch):
    monkeypatch.setattr(neighbors_approximate, "APPROXIMATE_PAIRS", 0)
    monkeypatch.setattr(neighbors_approximate, "MEASURED_QUERIES", 300)
    monkeypatch.setattr(neighbors_approximate, "TRIAL_QUERIES", 200)


def blobs(n=4000):
    rng = np.random.default_rng(0)
    centres = 6 * rng.normal(size=(12, 6))
    return centres[rng.integers(12, size=n)] + rng.normal(size=(n, 6))


@pytest.mark.parametrize("wanted", [0.9, 0.99])
def test_the_share_asked_for_is_reached_and_told(small_searches_too, wanted):
    X = blobs()
    truth = neighbors_of(X, 5)
    measured = []
    rows, distances = neighbors_of(X, 5, recall=wanted, recalls=measured)
    share = (rows == truth[0]).mean()
    assert wanted - 0.02 <= share < 1
    assert len(measured) == 1
    assert abs(measured[0] - share) < 0.02
    assert (rows != np.arange(4000)[:, None]).all()
    assert (distances >= truth[1]).all()
    np.testing.assert_allclose(np.linalg.norm(X[rows] - X[:, None], axis=2), distances)


def test_it_does_not_depend_on_threads(small_searches_too):
    X = blobs()
    one, two = (neighbors_of(X, 5, recall=0.9, n_jobs=n_jobs) for n_jobs in (1, 2))
    np.testing.assert_array_equal(one[0], two[0])


def test_queries_from_elsewhere_and_float32(small_searches_too):
    X = blobs().astype(np.float32)
    asked = (X + np.float32(0.1))[::2]
    measured = []
    rows, _ = neighbors_of(X, 3, queries=asked, recall=0.9, recalls=measured)
    assert (rows == neighbors_of(X, 3, queries=asked)[0]).mean() > 0.85
    assert 0.85 < measured[0] <= 1


def test_a_share_that_cells_cannot_reach_is_searched_exactly(small_searches_too):
    X = np.random.default_rng(0).normal(size=(1500, 30))
    points = Points(X)
    job = SearchJob(points, points, 5, np.arange(1500), 64.0)
    assert answer_nearly(job, 1.0) == 1.0
    np.testing.assert_array_equal(job.indices, neighbors_of(X, 5)[0])


def test_rows_that_repeat_fill_few_cells(small_searches_too):
    X = np.repeat(np.random.default_rng(0).normal(size=(3, 4)), 500, axis=0)
    measured = []
    _, distances = neighbors_of(X, 5, recall=0.9, recalls=measured)
    assert not distances.any()
    assert measured == [1.0]


def test_small_searches_codes_and_sparse_rows_are_exact_whatever_is_asked():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(500, 3))
    assert not may_be_approximate(SearchJob(Points(X), Points(X), 5, None, 64.0))
    around = Neighborhood(X, exact=False)
    np.testing.assert_array_equal(around.nearest(4)[0], Neighborhood(X).nearest(4)[0])
    assert around.recall_ is None
    many = Points(np.zeros((40_000, 1)))
    assert may_be_approximate(SearchJob(many, many, 5, None, 64.0))
    coded = Points(many.numeric, np.zeros((40_000, 1), dtype=np.uint8))
    assert not may_be_approximate(SearchJob(coded, coded, 5, None, 64.0))
    empty = Points(sparse.csr_array((40_000, 1)))
    assert not may_be_approximate(SearchJob(empty, empty, 5, None, 64.0))


def test_a_neighborhood_keeps_the_lowest_share(small_searches_too):
    X = blobs()
    around = Neighborhood(X, recall=0.9)
    assert around.recall_ is None
    around.nearest(5)
    first = around.recall_
    assert 0.85 < first < 1
    around.nearest(5, asked=np.arange(3000), pool=np.arange(1000, 4000))
    assert around.recall_ <= first
    assert Neighborhood(X, exact=False)._enough == 0.99
    with pytest.raises(BadOption, match="recall must be in the range"):
        Neighborhood(X, recall=1.2)
