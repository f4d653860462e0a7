"""The finder stands wherever scikit-learn's NearestNeighbors stands in imbalanced-learn's samplers."""

import warnings

import numpy as np
import pytest
from imblearn.over_sampling import ADASYN, SMOTE, BorderlineSMOTE, KMeansSMOTE
from imblearn.under_sampling import (
    AllKNN,
    EditedNearestNeighbours,
    NearMiss,
    RepeatedEditedNearestNeighbours,
)
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import make_blobs, make_classification
from sklearn.neighbors import NearestNeighbors
from sklearn.utils.estimator_checks import parametrize_with_checks

from steelyard.balance.neighbor_finder import NeighborFinder
from steelyard.errors import BadOption


def table(n_columns=20):
    return make_classification(400, n_columns, weights=[0.85], class_sep=0.5, random_state=0)


@parametrize_with_checks([NeighborFinder()])
def test_scikit_learn_agrees(estimator, check):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(estimator)


@pytest.mark.parametrize("n_columns", [6, 20])
def test_answers_as_scikit_learn_does(n_columns):
    X, _ = table(n_columns)
    theirs = NearestNeighbors(n_neighbors=6).fit(X)
    ours = NeighborFinder(n_neighbors=6).fit(X)
    for asked in (None, X, X[:30] + 0.1):
        for expected, found in zip(theirs.kneighbors(asked), ours.kneighbors(asked), strict=True):
            np.testing.assert_allclose(found, expected, atol=1e-6)  # theirs is not quite 0 for the row itself
    assert ours.n_samples_fit_ == theirs.n_samples_fit_
    np.testing.assert_array_equal(
        ours.kneighbors(return_distance=False), theirs.kneighbors(return_distance=False)
    )
    assert ours.kneighbors(X[:3], 2)[1].shape == (3, 2)


@pytest.mark.parametrize("mode", ["connectivity", "distance"])
def test_the_graph_is_scikit_learns(mode):
    X, _ = table()
    expected = NearestNeighbors(n_neighbors=4).fit(X).kneighbors_graph(mode=mode)
    np.testing.assert_allclose(
        NeighborFinder(4).fit(X).kneighbors_graph(mode=mode).toarray(), expected.toarray()
    )
    with pytest.raises(BadOption, match="mode must be one of"):
        NeighborFinder(4).fit(X).kneighbors_graph(mode="both")


@pytest.mark.parametrize("form", [np.asarray, sparse.csr_matrix])
def test_the_row_itself_comes_first_among_its_equals(form):
    X = np.repeat([[0.0, 1.0], [2.0, 0.0]], 6, axis=0)
    finder = NeighborFinder(4).fit(form(X))
    distances, indices = finder.kneighbors(form(X.copy()))
    np.testing.assert_array_equal(indices[:, 0], np.arange(12))
    assert indices[5].tolist() == [5, 0, 1, 2]
    assert not distances.any()
    assert finder.kneighbors(form(X), 1, return_distance=False).ravel().tolist() == list(range(12))
    # Some of the rows, or the rows in another order, are strangers.
    assert finder.kneighbors(form(X[3:6]), 2, return_distance=False).tolist() == [[0, 1]] * 3


def named(sampler):
    return type(sampler).__name__


def pair(make):
    return pytest.param(make(NearestNeighbors), make(NeighborFinder), id=named(make(NeighborFinder)))


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        pair(lambda engine: SMOTE(random_state=0, k_neighbors=engine(n_neighbors=6))),
        pair(lambda engine: ADASYN(random_state=0, n_neighbors=engine(n_neighbors=6))),
        pair(
            lambda engine: BorderlineSMOTE(
                random_state=0, k_neighbors=engine(n_neighbors=6), m_neighbors=engine(n_neighbors=11)
            )
        ),
        pair(lambda engine: EditedNearestNeighbours(n_neighbors=engine(n_neighbors=4))),
        pair(lambda engine: RepeatedEditedNearestNeighbours(n_neighbors=engine(n_neighbors=4))),
        pair(lambda engine: AllKNN(n_neighbors=engine(n_neighbors=4))),
        pair(lambda engine: NearMiss(version=1, n_neighbors=engine(n_neighbors=3))),
        pair(lambda engine: NearMiss(version=2, n_neighbors=engine(n_neighbors=3))),
        pair(
            lambda engine: NearMiss(
                version=3, n_neighbors=engine(n_neighbors=3), n_neighbors_ver3=engine(n_neighbors=3)
            )
        ),
    ],
)
def test_imbalanced_learns_samplers_take_it(theirs, ours):
    X, y = table()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected, got = theirs.fit_resample(X, y), ours.fit_resample(X, y)
    assert len(expected[1]) != len(y)
    np.testing.assert_array_equal(got[0], expected[0])
    np.testing.assert_array_equal(got[1], expected[1])


def test_smote_within_clusters_takes_it():
    X, y = make_blobs([100, 800, 100], centers=[(-10, 0), (0, 0), (10, 0)], random_state=0)
    sampler = KMeansSMOTE(k_neighbors=NeighborFinder(n_neighbors=3), random_state=0)
    _, y_out = sampler.fit_resample(X, y)
    assert np.bincount(y_out).min() >= 790


def test_parameters_are_kept_and_checked():
    finder = NeighborFinder(7, n_jobs=2, memory_mb=8, exact=False, recall=0.95)
    assert clone(finder).get_params() == finder.get_params()
    for wrong in ({"n_neighbors": 0}, {"n_neighbors": 2.5}, {"exact": "no"}, {"recall": 0}, {"recall": 1.5}):
        with pytest.raises(BadOption, match=f"The '{next(iter(wrong))}' parameter of NeighborFinder must be"):
            NeighborFinder(**wrong).fit([[0.0], [1.0]])


def test_more_neighbours_than_rows_are_refused():
    finder = NeighborFinder(3).fit(np.eye(3))
    with pytest.raises(BadOption, match="between 1 and 2 can be found"):
        finder.kneighbors()
    assert finder.kneighbors(np.eye(3))[1].shape == (3, 3)
    with pytest.raises(BadOption, match="n_neighbors = 4, n_samples_fit = 3"):
        finder.kneighbors(np.zeros((2, 3)), 4)


def test_float32_and_threads():
    X, _ = table()
    X = X.astype(np.float32)
    base = NeighborFinder(6).fit(X).kneighbors()
    threaded = NeighborFinder(6, n_jobs=2, memory_mb=0.05).fit(X).kneighbors()
    for one, other in zip(base, threaded, strict=True):
        np.testing.assert_array_equal(one, other)
