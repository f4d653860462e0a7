import imblearn.under_sampling
import numpy as np
import pandas as pd
import pytest
from sklearn.neighbors import KNeighborsClassifier

from steelyard.balance.under.condensed_nearest_neighbour import CondensedNearestNeighbour
from steelyard.data import load
from steelyard.errors import BadOption, CannotResample
from steelyard.kernels.condensed import condense
from steelyard.kernels.neighborhood import Neighborhood


def real_rows(name):
    data = load(name, rare="drop")
    X, first = np.unique(data.X.select_dtypes("number").to_numpy(), axis=0, return_index=True)
    X = X * np.random.default_rng(0).uniform(0.5, 1.5, X.shape[1])
    return X, np.unique(data.y[first], return_inverse=True)[1]


def hart(X, y, target, rare, seed):
    """Hart's definition for one class, its rows in order: keep what the rows kept so far label wrongly."""
    kept = [seed]
    for row in np.flatnonzero(y == target):
        known = np.concatenate([np.flatnonzero(y == rare), kept])
        nearest = known[np.argmin(((X[known] - X[row]) ** 2).sum(axis=1))]
        if row != seed and y[nearest] != target:
            kept.append(row)
    return kept


def theirs_with_seed(X, y, k=1):
    """imbalanced-learn's rows of the large class, the one it drew first."""
    sampler = imblearn.under_sampling.CondensedNearestNeighbour(n_neighbors=k, random_state=0)
    sampler.fit_resample(X, y)
    return [row for row in sampler.sample_indices_ if y[row] == 0]


@pytest.mark.parametrize("name", ["ecoli", "glass", "yeast"])
@pytest.mark.parametrize("k", [1, 3])
def test_rows_are_those_of_imbalanced_learn_where_the_large_class_comes_first(name, k):
    X, y = real_rows(name)
    largest, rare = np.bincount(y).argmax(), np.bincount(y).argmin()
    X = np.vstack([X[y == largest], X[y == rare]])
    y = np.repeat([0, 1], [np.sum(y == largest), np.sum(y == rare)])
    theirs = theirs_with_seed(X, y, k)
    ours = condense(Neighborhood(X), np.flatnonzero(y == 0), np.flatnonzero(y == 1), np.array(theirs[:1]), k)
    assert ours.tolist() == theirs
    assert len(ours) < np.sum(y == 0)


def test_where_it_comes_last_imbalanced_learn_passes_over_rows_unseen():
    """It skips positions in the class that are row numbers of the table; Hart's rule skips none."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(260, 2))
    y = np.repeat([1, 0], [60, 200])
    theirs = theirs_with_seed(X, y)
    true = hart(X, y, 0, 1, theirs[0])
    ours = condense(Neighborhood(X), np.flatnonzero(y == 0), np.flatnonzero(y == 1), np.array(theirs[:1]))
    assert ours.tolist() == true
    assert theirs != true


def test_the_kept_rows_label_all_others_rightly():
    X, y = real_rows("yeast")
    sampler = CondensedNearestNeighbour(random_state=0)
    rows = sampler.select(X, y)
    rare = int(np.bincount(y).argmin())
    for code in np.unique(y):
        known = rows[np.isin(y[rows], [code, rare])]
        asked = np.setdiff1d(np.flatnonzero(y == code), rows)
        if asked.size:
            said = KNeighborsClassifier(1).fit(X[known], y[known]).predict(X[asked])
            assert (said == code).all()
    assert np.bincount(y[rows])[rare] == np.bincount(y)[rare]


def test_each_class_draws_seeds_of_its_own():
    X = np.vstack([np.zeros((5, 1)), np.ones((9, 1)), np.full((9, 1), 50.0)])
    y = np.repeat(["a", "b", "c"], [5, 9, 9])
    sampler = CondensedNearestNeighbour(random_state=1, n_seeds_S=4)
    rows = sampler.select(X + np.arange(23)[:, None] * 1e-3, y)
    assert np.unique(y[rows], return_counts=True)[1].tolist() == [5, 4, 4]


def test_a_neighbours_object_measures_in_its_own_way():
    X = np.array([[0.0, 0.0], [1.0, 8.0], [2.0, 0.0], [3.0, 9.0], [4.0, 0.0], [9.0, 9.0], [9.0, 0.0]])
    y = ["a", "a", "a", "a", "a", "b", "b"]
    plain = CondensedNearestNeighbour(random_state=0, n_neighbors=KNeighborsClassifier(1))
    assert plain.select(X, y).tolist() == CondensedNearestNeighbour(random_state=0).select(X, y).tolist()
    first_only = KNeighborsClassifier(1, metric="seuclidean", metric_params={"V": [1.0, 1e9]})
    sampler = CondensedNearestNeighbour(random_state=0, n_neighbors=first_only)
    flat = CondensedNearestNeighbour(random_state=0).select(X * [1, 0], y)
    assert sampler.select(X, y).tolist() == flat.tolist()


def test_categories_and_gaps():
    frame = pd.DataFrame(
        {"x": [0.0, 1.0, np.nan, 9.0, 1.5, 2.0], "c": pd.Categorical(["u", "u", "u", "v", "v", "v"])}
    )
    sampler = CondensedNearestNeighbour(random_state=0)
    X_out, y_out = sampler.fit_resample(frame, ["a", "a", "a", "a", "b", "b"])
    # The gap stands at 1.5: were categories not counted, its row would be as near as can be to a rare one.
    assert y_out.count("b") == 2
    assert 1 <= y_out.count("a") < 4
    assert X_out.dtypes.equals(frame.dtypes)


def test_nothing_left_out_is_said():
    sampler = CondensedNearestNeighbour(random_state=0)
    sampler.fit_resample([[0.0], [1.0], [1.1], [2.0], [2.1]], ["a", "b", "a", "b", "a"])
    assert sampler.note_.startswith("no row left out")


def test_fewer_rows_to_start_with_than_votes_are_refused():
    with pytest.raises(CannotResample, match="starts with 3 rows, the smallest class and n_seeds_S=1"):
        CondensedNearestNeighbour(n_neighbors=5).fit_resample([[i] for i in range(9)], list("aaaaaaabb"))


@pytest.mark.parametrize(("name", "value"), [("n_neighbors", 0), ("n_seeds_S", 0), ("standardize", None)])
def test_parameters_that_make_no_sense(name, value):
    with pytest.raises(BadOption, match=f"The '{name}' parameter of CondensedNearestNeighbour must be"):
        CondensedNearestNeighbour(**{name: value}).fit_resample([[0.0], [1.0], [2.0], [3.0]], list("aaab"))
