import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from steelyard.errors import BadOption, CannotEvaluate
from steelyard.explain import permutation_importance
from steelyard.explain.permutation import bounded_rows, rows_worth
from steelyard.kernels.rng import child


def table(n=600, seed=0):
    rng = np.random.default_rng(seed)
    colour = rng.choice(["red", "green", "blue"], size=n)
    X = pd.DataFrame({"size": rng.normal(size=n), "colour": colour, "noise": rng.normal(size=n)})
    risk = X["size"] + 2.0 * (colour == "red") + 0.5 * rng.normal(size=n)
    return X, np.where(risk > 2.2, "rare", "common")


@pytest.fixture(scope="module")
def fitted():
    X, y = table()
    prepare = make_column_transformer((OneHotEncoder(), ["colour"]), remainder="passthrough")
    return make_pipeline(prepare, LogisticRegression()).fit(X, y)


def test_equals_a_plain_loop(fitted):
    X, y = table(200, seed=1)
    found = {one["column"]: one for one in permutation_importance(fitted, X, y, repeats=4, progress=False)}
    rare, whole = y == "rare", None
    whole = average_precision_score(rare, fitted.predict_proba(X)[:, 1])
    for column in X.columns:
        stream, drops = child(0, "permutation", column), []
        for _ in range(4):
            shuffled = X.copy()
            shuffled[column] = X[column].to_numpy()[stream.permutation(200)]
            drops.append(whole - average_precision_score(rare, fitted.predict_proba(shuffled)[:, 1]))
        assert found[column]["values"] == pytest.approx(drops)
        assert found[column]["mean"] == pytest.approx(np.mean(drops))
        assert found[column]["low"] < found[column]["mean"] < found[column]["high"]


def test_telling_columns_come_first_and_a_category_is_one_column(fitted):
    X, y = table(400, seed=2)
    before = X.copy()
    found = permutation_importance(fitted, X, y, progress=False)
    assert {found[0]["column"], found[1]["column"]} == {"size", "colour"}
    assert found[2]["column"] == "noise"
    assert found[2]["low"] <= 0.01
    assert found[1]["low"] > 0
    pd.testing.assert_frame_equal(X, before)


def test_columns_do_not_change_each_others_draws(fitted):
    X, y = table(200, seed=1)
    every = {one["column"]: one for one in permutation_importance(fitted, X, y, progress=False)}
    alone = permutation_importance(fitted, X, y, columns=["noise"], progress=False)
    assert alone == [every["noise"]]


def test_a_large_table_is_sampled_with_its_rare_rows_and_weights_make_up_for_it():
    codes = (np.arange(10_000) % 100 == 0).astype(int)
    rows, weight = bounded_rows(codes, 1, 1000, np.random.default_rng(0))
    assert rows.size == 1000
    assert codes[rows].sum() == 100
    assert weight.sum() == pytest.approx(10_000)
    assert weight[codes[rows] == 1].sum() == pytest.approx(100)
    rows, weight = bounded_rows(1 - codes, 1, 1000, np.random.default_rng(0))
    assert rows.size == 600
    assert weight.sum() == pytest.approx(10_000)
    rows, weight = bounded_rows(codes, None, 1000, np.random.default_rng(0))
    assert rows.size == 1000
    assert weight.sum() == pytest.approx(10_000)


def test_sampling_changes_little(fitted):
    X, y = table(3000, seed=3)
    whole = permutation_importance(fitted, X, y, progress=False)
    some = permutation_importance(fitted, X, y, max_rows=1000, progress=False)
    for one in whole:
        near = next(other for other in some if other["column"] == one["column"])
        assert near["mean"] == pytest.approx(one["mean"], abs=0.08)


def test_wide_tables_are_measured_on_fewer_rows():
    codes = (np.arange(10_000) % 100 == 0).astype(int)
    assert rows_worth(5_000, 30 * 5) == 5_000
    assert rows_worth(5_000, 1_000 * 5) == 500
    assert bounded_rows(codes, 1, rows_worth(5_000, 1_000 * 5), np.random.default_rng(0))[0].size == 500


@pytest.mark.parametrize("make", [np.asarray, sparse.csr_matrix])
def test_arrays_and_sparse_matrices(make):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 3))
    y = (X[:, 1] > 1).astype(int)
    found = permutation_importance(LogisticRegression().fit(make(X), y), make(X), y, progress=False)
    assert found[0]["column"] == 1


def test_several_classes_use_the_class_mean_and_losses_turn_round():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 3))
    y = np.digitize(X[:, 2], [-0.5, 1.0])
    model = LogisticRegression().fit(X, y)
    for metric in ("average_precision", "log_loss"):
        found = permutation_importance(model, X, y, metric=metric, progress=False)
        assert found[0]["column"] == 2
        assert found[0]["mean"] > 0.1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"metric": "accuracy"}, "metric must be one of"),
        ({"positive": "fraud"}, "There is no class 'fraud'"),
        ({"columns": ["weight"]}, r"no columns \['weight'\]"),
        ({"repeats": 1}, "at least 2"),
    ],
)
def test_what_makes_no_sense(fitted, options, message):
    X, y = table(100)
    with pytest.raises(BadOption, match=message):
        permutation_importance(fitted, X, y, progress=False, **options)


def test_rows_of_one_class(fitted):
    X, y = table(100)
    common = y == "common"
    with pytest.raises(CannotEvaluate, match=r"only \['common'\]"):
        permutation_importance(fitted, X[common], y[common], progress=False)
