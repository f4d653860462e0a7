import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.cluster import DBSCAN, KMeans, MiniBatchKMeans

from steelyard.balance.under.cluster_centroids import ClusterCentroids
from steelyard.errors import BadOption, CannotResample


def clouds(seed=0):
    """A large class of four clouds that lie apart, and a small class of four rows."""
    rng = np.random.default_rng(seed)
    middles = np.array([[0.0, 0.0], [50.0, 0.0], [0.0, 50.0], [50.0, 50.0]])
    X = np.vstack([np.repeat(middles, 10, axis=0) + rng.normal(size=(40, 2)), rng.normal(25, 1, (4, 2))])
    return X, np.repeat(["large", "small"], [40, 4])


def cloud_means(X):
    return X[:40].reshape(4, 10, 2).mean(axis=1)


def as_set(rows):
    return {tuple(np.round(row, 9)) for row in rows}


@pytest.mark.parametrize("estimator", [None, KMeans(n_init=3), KMeans(random_state=1, n_init=5)], ids=repr)
def test_centres_are_the_means_of_the_clusters(estimator):
    X, y = clouds()
    sampler = ClusterCentroids(estimator=estimator or KMeans(n_init=5), random_state=0)
    X_out, y_out = sampler.fit_resample(X, y)
    assert sampler.voting_ == "soft"
    assert y_out.tolist() == ["small"] * 4 + ["large"] * 4
    np.testing.assert_array_equal(X_out[:4], X[40:])
    assert as_set(X_out[4:]) == as_set(cloud_means(X))


def test_parents_are_the_nearest_rows_of_the_class():
    X, y = clouds()
    sampler = ClusterCentroids(estimator=KMeans(n_init=5), random_state=0)
    X_out, _ = sampler.fit_resample(X, y)
    assert sampler.parents_.shape == (8, 5)
    assert (sampler.parents_[:4] == -1).all()
    for centre, parents in zip(X_out[4:], sampler.parents_[4:], strict=True):
        order = np.argsort(((X[:40] - centre) ** 2).sum(axis=1))
        assert parents.tolist() == order[:5].tolist()


def test_hard_voting_keeps_the_row_nearest_to_each_centre():
    X, y = clouds()
    sampler = ClusterCentroids(estimator=KMeans(n_init=5), voting="hard", random_state=0)
    X_out, _ = sampler.fit_resample(X, y)
    expected = [int(((X[:40] - mean) ** 2).sum(axis=1).argmin()) for mean in cloud_means(X)]
    assert sampler.sample_indices_.tolist() == [*sorted(expected), 40, 41, 42, 43]
    np.testing.assert_array_equal(X_out, X[sampler.origin_])


def test_a_row_nearest_to_several_centres_is_said():
    X = np.array([[0.0], [0.0], [0.0], [9.0], [5.0], [5.1], [5.2]])
    sampler = ClusterCentroids(voting="hard", random_state=0)
    sampler.fit_resample(X, list("aaaabbb"))
    assert "comes out several times" in sampler.note_
    assert "fewer different rows than centres" in sampler.note_


def test_each_class_is_seeded_by_its_name():
    X, y = clouds()
    first = ClusterCentroids(random_state=0).fit_resample(X, y)[0]
    X_more, y_more = np.vstack([X, X[:20] + 500]), np.concatenate([y, ["other"] * 20])
    sampler = ClusterCentroids(random_state=0)
    X_out, y_out = sampler.fit_resample(X_more, y_more)
    np.testing.assert_array_equal(X_out[y_out == "large"], first[4:])


def test_whole_numbers_and_standard_units():
    X, y = clouds()
    whole = np.rint(X * [1, 1000]).astype(int)
    sampler = ClusterCentroids(estimator=KMeans(n_init=5), random_state=0, standardize=True)
    X_out, _ = sampler.fit_resample(whole, y)
    assert X_out.dtype == whole.dtype
    assert as_set(X_out[4:]) == as_set(np.rint(cloud_means(whole)))


def test_gaps_that_all_parents_share_stay_gaps():
    X, y = clouds()
    X = np.c_[X, np.where(np.arange(44) < 10, np.nan, 1.0)]
    X_out, _ = ClusterCentroids(estimator=KMeans(n_init=5), random_state=0).fit_resample(X, y)
    first = ((X_out[4:, :2] - X[:10, :2].mean(axis=0)) ** 2).sum(axis=1).argmin()
    assert np.isnan(X_out[4:, 2]).tolist() == [place == first for place in range(4)]


def test_categories_are_the_most_frequent_of_the_cluster():
    X, y = clouds()
    city = np.array(["Graz", "Linz", "Wien", "Enns", "Graz"], dtype=object).repeat([10, 10, 10, 10, 4])
    city[[0, 1, 12]] = "Steyr"
    city[[5, 25]] = None
    frame = pd.DataFrame({"x": X[:, 0], "city": pd.Categorical(city), "y": X[:, 1]})
    for seed in range(6):
        sampler = ClusterCentroids(random_state=seed)
        X_out, _ = sampler.fit_resample(frame, y)
        assert X_out.dtypes.equals(frame.dtypes)
        for row, parents in zip(X_out.iloc[4:].itertuples(), sampler.parents_[4:], strict=True):
            near = ((frame.x[:40] - row.x) ** 2 + (frame.y[:40] - row.y) ** 2) < 200
            if near.sum() == 10:  # the cluster is one of the clouds
                assert row.city == frame.city[:40][near].mode()[0]
            assert set(parents) < set(range(40))


def test_a_table_of_categories_alone():
    frame = pd.DataFrame({"a": list("uuuuvvvvww"), "b": list("xxxxyyyyxy")})
    sampler = ClusterCentroids(random_state=0)
    X_out, y_out = sampler.fit_resample(frame, ["p"] * 8 + ["q"] * 2)
    assert y_out.count("p") == 2
    assert {tuple(row) for row in X_out.itertuples(index=False, name=None)} >= {("w", "x"), ("w", "y")}


def test_no_centre_lies_across_groups_and_groups_get_their_share():
    X, y = clouds()
    groups = np.array([0] * 10 + [1] * 30 + [2] * 4)
    sampler = ClusterCentroids(random_state=0)
    sampler.fit_resample(X, y, groups=groups)
    assert np.bincount(sampler.groups_).tolist() == [1, 3, 4]
    for parents, group in zip(sampler.parents_[4:], sampler.groups_[4:], strict=True):
        assert (groups[parents] == group).all()


def test_sparse_tables_are_voted_hard_and_can_be_soft():
    X, y = clouds()
    table = sparse.csr_matrix(np.where(np.abs(X) < 5, 0, X))
    sampler = ClusterCentroids(random_state=0)
    assert sparse.issparse(sampler.fit_resample(table, y)[0])
    assert sampler.voting_ == "hard"
    soft = ClusterCentroids(random_state=0, voting="soft", estimator=MiniBatchKMeans(n_init=1))
    assert soft.fit_resample(table, y)[0].format == "csr"
    assert (soft.origin_ == -1).sum() == 4


def test_what_cannot_be_done_is_refused():
    X, y = clouds()
    with pytest.raises(CannotResample, match="0 rows of every class"):
        ClusterCentroids(sampling_strategy={"large": 0, "small": 0}).fit_resample(X, y)
    with pytest.raises(BadOption, match="clusters numbers only, and the table has 1 categorical columns"):
        ClusterCentroids(estimator=KMeans()).fit_resample(pd.DataFrame({"a": list("uuuvv")}), list("pppqq"))


@pytest.mark.parametrize(
    ("name", "value"), [("voting", "most"), ("estimator", DBSCAN()), ("estimator", 3), ("standardize", 0)]
)
def test_parameters_that_make_no_sense(name, value):
    with pytest.raises(BadOption, match=f"The '{name}' parameter of ClusterCentroids must be"):
        ClusterCentroids(**{name: value}).fit_resample(*clouds())
