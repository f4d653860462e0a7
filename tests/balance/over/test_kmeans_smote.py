import math

import imblearn.over_sampling
import numpy as np
import pytest
from sklearn.cluster import DBSCAN, KMeans
from sklearn.metrics import pairwise_distances

from steelyard.balance.over.kmeans_smote import KMeansSMOTE
from steelyard.errors import BadOption, CannotResample


def islands(seed=0):
    """Three islands: one common, one half and half and dense, one half and half and wide."""
    rng = np.random.default_rng(seed)
    X = np.vstack(
        [
            rng.normal(0, 1, size=(200, 2)),
            rng.normal(20, 0.5, size=(40, 2)),
            rng.normal(-20, 3, size=(40, 2)),
            rng.normal(0, 1, size=(3, 2)),
        ]
    )
    y = np.concatenate([np.zeros(200), np.arange(80) % 2, np.ones(3)]).astype(int)
    order = rng.permutation(len(y))
    return X[order], y[order]


def cluster_of(X):
    return np.where(X[:, 0] > 10, 1, np.where(X[:, 0] < -8, 2, 0))


@pytest.mark.parametrize("exponent", ["auto", 0.0, 2.0])
@pytest.mark.parametrize("threshold", ["auto", 0.01, 0.45])
def test_clusters_get_the_shares_of_the_definition_and_of_imbalanced_learn(threshold, exponent):
    X, y = islands()
    options = {
        "kmeans_estimator": KMeans(3, n_init=5, random_state=0),
        "cluster_balance_threshold": threshold,
        "density_exponent": exponent,
        "random_state": 0,
    }
    ours = KMeansSMOTE(**options)
    X_out, y_out = ours.fit_resample(X, y)
    X_theirs, y_theirs = imblearn.over_sampling.KMeansSMOTE(**options).fit_resample(X, y)
    n_new = (y == 0).sum() - (y == 1).sum()
    least = 0.5 if threshold == "auto" else threshold
    sparsity = {}
    for cluster in range(3):
        inside = cluster_of(X) == cluster
        if (y[inside] == 1).mean() >= least and (y[inside] == 1).sum() >= 3:
            rows = X[inside & (y == 1)]
            n = len(rows)
            power = 0.16 * math.log(n, 1.6) ** 1.8 if exponent == "auto" else exponent
            sparsity[cluster] = (pairwise_distances(rows).sum() / (n * n - n)) ** power / n
    expected = {c: math.ceil(n_new * s / sum(sparsity.values())) for c, s in sparsity.items()}
    homes = cluster_of(X[ours.parents_[ours.origin_ < 0, 0]])
    assert {c: int((homes == c).sum()) for c in expected} == expected
    assert len(homes) == sum(expected.values())
    assert len(X_out) == len(X_theirs)
    assert (y_theirs == 1).sum() == (y_out == 1).sum()


def test_rows_move_only_within_their_cluster():
    X, y = islands()
    sampler = KMeansSMOTE(kmeans_estimator=3, cluster_balance_threshold=0.01, random_state=0)
    sampler.fit_resample(X, y)
    found = sampler.kmeans_estimator_.labels_
    base, partner = sampler.parents_[sampler.origin_ < 0].T
    assert (found[base] == found[partner]).all()
    assert len(set(found[base])) == 3
    assert not hasattr(sampler, "_cluster_of")


def test_one_cluster_has_no_threshold():
    X, y = islands()
    sampler = KMeansSMOTE(kmeans_estimator=1, random_state=0)
    _, y_out = sampler.fit_resample(X, y)
    assert sampler.cluster_balance_threshold_ == -math.inf
    assert np.bincount(y_out).tolist() == [240, 240]


def test_no_cluster_is_refused_with_what_would_help():
    X, y = islands()
    with pytest.raises(
        CannotResample, match=r"in no cluster it has a share of 0.9 and 3 rows; lower cluster_balance"
    ):
        KMeansSMOTE(kmeans_estimator=3, cluster_balance_threshold=0.9, random_state=0).fit_resample(X, y)


def test_clusterers_that_leave_rows_out_are_taken():
    X, y = islands()
    sampler = KMeansSMOTE(kmeans_estimator=DBSCAN(eps=1.0), cluster_balance_threshold=0.2, random_state=0)
    sampler.fit_resample(X, y)
    outside = np.flatnonzero(sampler.kmeans_estimator_.labels_ < 0)
    assert outside.size
    assert not np.isin(sampler.parents_[sampler.origin_ < 0], outside).any()


def test_fewer_rows_than_clusters():
    X, y = islands()
    few = np.r_[np.flatnonzero(y == 0)[:4], np.flatnonzero(y == 1)[:3]]
    with pytest.raises(CannotResample, match="7 clusters instead of 8"):
        KMeansSMOTE(random_state=0).fit_resample(X[few], y[few])


def test_equal_rows_share_evenly():
    X = np.repeat([[0.0], [0.0], [9.0], [9.0]], [4, 4, 4, 6], axis=0)
    y = np.repeat([1, 0, 1, 0], [4, 4, 4, 6])
    sampler = KMeansSMOTE(kmeans_estimator=2, cluster_balance_threshold=0.1, random_state=0)
    _, y_out = sampler.fit_resample(X, y)
    assert (y_out == 1).sum() == 10


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kmeans_estimator", 0),
        ("kmeans_estimator", 2.5),
        ("kmeans_estimator", "many"),
        ("cluster_balance_threshold", "most"),
        ("density_exponent", None),
    ],
)
def test_parameters_that_make_no_sense(name, value):
    X, y = islands()
    with pytest.raises(BadOption, match=f"The '{name}' parameter of KMeansSMOTE must be"):
        KMeansSMOTE(**{name: value}).fit_resample(X, y)
