"""What every sampler for a number to learn keeps: kinds of tables, provenance, counts, refusals."""

import imblearn.pipeline
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import sklearn
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression

from steelyard.balance.regression import (
    SMOGN,
    SMOTER,
    GaussianNoise,
    RandomOverRegression,
    RandomUnderRegression,
)
from steelyard.errors import BadOption, BadTable, BadTarget, CannotResample
from steelyard.kernels.relevance import relevance

MAKERS = [
    SMOTER(random_state=0),
    SMOTER(random_state=0, k_neighbors=2, sampling_strategy="extreme", standardize=True),
    SMOGN(random_state=0),
    SMOGN(random_state=0, standardize=True, pert=0.05),
    GaussianNoise(random_state=0),
]
RANDOM = [RandomOverRegression(random_state=0), RandomUnderRegression(random_state=0)]
SAMPLERS = [*MAKERS, *RANDOM]


@pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
def test_provenance_and_counts(sampler, rows):
    X, y = rows
    made = clone(sampler)
    X_out, y_out = made.fit_resample(X, y)
    kept = made.origin_ >= 0
    assert len(X_out) == len(y_out) == len(made.origin_) == len(made.parents_) == len(made.method_)
    np.testing.assert_array_equal(X_out[kept], X[made.origin_[kept]])
    np.testing.assert_array_equal(y_out[kept], y[made.origin_[kept]])
    assert (made.parents_[kept] == -1).all()
    assert (made.parents_[~kept][:, 0] >= 0).all()
    assert (made.method_[kept] == "").all()
    assert made.region_counts_before_.sum() == 200
    assert made.region_counts_after_.sum() == len(X_out)
    low, high = made.region_bounds_.T
    assert (low <= high).all()
    assert (high[:-1] < low[1:]).all()
    rare = relevance(y, made.relevance_points_) >= made.threshold
    assert made.prior_before_["rare"] == pytest.approx(rare.mean())
    assert made.prior_after_["rare"] > made.prior_before_["rare"]
    assert sum(made.prior_after_.values()) == pytest.approx(1)
    assert (X_out.dtype, y_out.dtype) == (X.dtype, y.dtype)


def given_as(kind, X, y):
    index = [f"row {place}" for place in range(len(X))]
    if kind == "list":
        return X.tolist(), y.tolist()
    if kind == "column":
        return X, y[:, None]
    if kind == "pandas":
        return pd.DataFrame(X, columns=list("abcd"), index=index), pd.Series(y, index=index, name="amount")
    if kind == "frame":
        return pd.DataFrame(X, columns=list("abcd")), pd.DataFrame({"amount": y})
    if kind == "polars":
        pl = pytest.importorskip("polars")
        return pl.DataFrame(X, schema=list("abcd")), pl.Series("amount", y)
    if kind == "arrow":
        return pa.table(dict(zip("abcd", X.T, strict=True))), pa.chunked_array([y])
    return sparse.csr_array(X), y


@pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
@pytest.mark.parametrize("kind", ["list", "column", "pandas", "frame", "polars", "arrow"])
def test_the_same_kinds_come_out(sampler, kind, rows):
    expected_X, expected_y = clone(sampler).fit_resample(*rows)
    X, y = given_as(kind, *rows)
    made = clone(sampler)
    X_out, y_out = made.fit_resample(X, y)
    assert type(X_out) is type(X)
    assert type(y_out) is type(y)
    as_array = (
        np.column_stack([c.to_numpy() for c in X_out.columns]) if kind == "arrow" else np.asarray(X_out)
    )
    np.testing.assert_allclose(as_array, expected_X)
    np.testing.assert_allclose(np.asarray(y_out).ravel(), expected_y)
    if kind in ("pandas", "frame"):
        assert list(made.feature_names_in_) == list("abcd")
        assert X_out.index.equals(y_out.index)
        kept = made.origin_ >= 0
        assert X_out.index[kept].equals(X.index[made.origin_[kept]])
    if kind == "pandas":
        assert y_out.name == "amount"


@pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
def test_sparse_rows(sampler, rows):
    X, y = rows
    X = np.where(np.abs(X) < 1, 0, X)
    made = clone(sampler)
    X_out, y_out = made.fit_resample(sparse.csr_matrix(X), y)
    assert type(X_out) is sparse.csr_matrix
    assert X_out.shape == (len(y_out), 4)
    noise = made.method_ == "GaussianNoise"
    seeds = made.parents_[noise, 0]
    assert ((X_out[noise].toarray() == 0) == (X[seeds] == 0)).all()


@pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
def test_whole_numbers_and_single_precision_stay(sampler, rows):
    X, y = rows
    whole = np.rint(y).astype(np.int32)
    X_out, y_out = clone(sampler).fit_resample(X.astype(np.float32), whole)
    assert (X_out.dtype, y_out.dtype) == (np.float32, np.int32)
    frame = pd.DataFrame({"n": np.rint(X[:, 0] * 9).astype("int16"), "x": X[:, 1]})
    series = pd.Series(whole).astype("Int64")
    X_out, y_out = clone(sampler).fit_resample(frame, series)
    assert X_out.dtypes.equals(frame.dtypes)
    assert y_out.dtype == "Int64"


@pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
def test_categories_and_gaps(sampler, rows):
    X, y = rows
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(X, columns=list("abcd"))
    frame["shop"] = pd.Categorical(rng.choice(["x", "y"], 200), categories=["x", "y", "never"])
    frame["new"] = rng.random(200) < 0.5
    frame.loc[::7, "b"] = np.nan
    frame.loc[::11, "shop"] = np.nan
    made = clone(sampler)
    X_out, _ = made.fit_resample(frame, y)
    assert X_out.dtypes.equals(frame.dtypes)
    for row in np.flatnonzero(made.origin_ < 0):
        known = made.parents_[row][made.parents_[row] >= 0]
        for column in ("shop", "new"):
            cells = [str(cell) for cell in frame[column].iloc[known]]
            assert str(X_out[column].iloc[row]) in cells


@pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
def test_repeatable_and_the_input_stays(sampler, rows):
    X, y = rows
    X_before, y_before = X.copy(), y.copy()
    one, two = clone(sampler).fit_resample(X, y), clone(sampler).fit_resample(X, y)
    np.testing.assert_array_equal(one[0], two[0])
    np.testing.assert_array_equal(one[1], two[1])
    other = clone(sampler).set_params(random_state=5).fit_resample(X, y)
    assert not np.array_equal(one[0], other[0])
    one[0][:] = 0
    one[1][:] = 0
    np.testing.assert_array_equal(X, X_before)
    np.testing.assert_array_equal(y, y_before)


@pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
def test_groups_and_weights(sampler, rows):
    X, y = rows
    groups, weight = np.arange(200) % 3, np.linspace(1, 2, 200)
    made = clone(sampler)
    made.fit_resample(X, y, groups=groups, sample_weight=weight)
    kept = made.origin_ >= 0
    np.testing.assert_array_equal(made.groups_[kept], groups[made.origin_[kept]])
    np.testing.assert_array_equal(made.sample_weight_[kept], weight[made.origin_[kept]])
    for row in np.flatnonzero(~kept):
        known = made.parents_[row][made.parents_[row] >= 0]
        assert (groups[known] == made.groups_[row]).all()
        assert made.sample_weight_[row] == pytest.approx(weight[known].mean())


@pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
def test_a_new_rare_tail_moves_no_draw_of_the_other(sampler, rows):
    X, y = rows
    one, other = clone(sampler), clone(sampler)
    points = [[20, 0], [25, 1]]
    tail = [[-2, 1], [-1, 0], *points]
    factors = {"over": [1, 3], "under": [1, 1], "both": [1, 3]}[sampler.how]
    one.set_params(relevance=points, sampling_strategy=factors).fit_resample(X, y)
    X_more, y_more = np.r_[np.zeros((3, 4)), X], np.r_[-5, -4, -3, y]
    other.set_params(relevance=tail, sampling_strategy=[1, *factors]).fit_resample(X_more, y_more)
    np.testing.assert_array_equal(one.origin_[200:], np.maximum(other.origin_[203:] - 3, -1))
    np.testing.assert_array_equal(one.parents_[200:, 0], np.maximum(other.parents_[203:, 0] - 3, -1))


@pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
def test_factors_say_how_many_rows(sampler, rows):
    made = clone(sampler)
    factors = {"over": [1, 2.5], "under": [0.25, 1], "both": [0.5, 2.5]}[sampler.how]
    made.set_params(sampling_strategy=factors).fit_resample(*rows)
    np.testing.assert_array_equal(
        made.region_counts_after_, np.rint(made.region_counts_before_ * np.array(factors))
    )


def test_balance_and_extreme():
    X, y = np.arange(200.0)[:, None], np.r_[np.arange(180.0), np.full(15, 500.0), np.full(5, -500.0)]
    counts = {}
    for strategy in ("balance", "extreme"):
        made = SMOTER(random_state=0, threshold=1.0, sampling_strategy=strategy)
        made.fit_resample(X, y)
        assert made.region_counts_before_.tolist() == [5, 180, 15] or strategy
        counts[strategy] = made.region_counts_after_
        assert abs(counts[strategy].sum() - 200) <= 3
    assert np.ptp(counts["balance"]) <= 1
    assert counts["extreme"][0] > counts["extreme"][2] > counts["extreme"][1]
    over = RandomOverRegression(random_state=0, threshold=1.0)
    over.fit_resample(X, y)
    before, after = over.region_counts_before_, over.region_counts_after_
    assert after[1] == before[1]
    assert after[0] == after[2] == round(before[1] / 2)
    under = RandomUnderRegression(random_state=0, threshold=1.0)
    under.fit_resample(X, y)
    assert under.region_counts_after_.tolist() == [before[0], before[0] + before[2], before[2]]


@pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
def test_nothing_to_do_is_said(sampler, rows):
    made = clone(sampler).set_params(sampling_strategy=[1, 1])
    X_out, _ = made.fit_resample(*rows)
    np.testing.assert_array_equal(X_out, rows[0])
    assert "nothing to do" in made.note_


@pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
def test_a_table_where_all_targets_are_alike_is_refused(sampler):
    X = np.arange(20.0)[:, None]
    with pytest.raises(CannotResample, match="no target is rare"):
        clone(sampler).fit_resample(X, np.ones(20))
    with pytest.raises(CannotResample, match="no target is rare"):
        clone(sampler).fit_resample(X, np.arange(20))
    with pytest.raises(CannotResample, match="every target is rare"):
        clone(sampler).set_params(relevance=np.ones(20)).fit_resample(X, np.arange(20))


@pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
@pytest.mark.parametrize(
    ("y", "said"),
    [
        (None, "target y is None"),
        (np.full(200, np.nan), "200 of 200 are missing"),
        (np.full(200, np.inf), "missing"),
        (["a"] * 200, "one finite number"),
        (np.ones((200, 2)), "got 2 columns"),
    ],
)
def test_targets_that_are_no_numbers_are_refused(sampler, y, said, rows):
    with pytest.raises(BadTarget, match=said):
        clone(sampler).fit_resample(rows[0], y)


@pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
def test_rows_that_do_not_fit_are_refused(sampler, rows):
    X, y = rows
    with pytest.raises(BadTable, match="200 rows and 199 targets"):
        clone(sampler).fit_resample(X, y[:-1])
    with pytest.raises(BadTable, match="0 sample"):
        clone(sampler).fit_resample(X[:0], y[:0])
    infinite = X.copy()
    infinite[0, 0] = np.inf
    if sampler in MAKERS:
        with pytest.raises(BadTable, match="infinity"):
            clone(sampler).fit_resample(infinite, y)
    else:
        clone(sampler).fit_resample([f"text {place}" for place in range(200)], y)


@pytest.mark.parametrize(
    "sampler",
    [
        SMOTER(threshold=0),
        SMOTER(k_neighbors=0),
        SMOTER(sampling_strategy="all"),
        SMOTER(sampling_strategy=[1, 2, 3]),
        SMOTER(sampling_strategy=[0, 0]),
        SMOTER(relevance="most"),
        RandomOverRegression(sampling_strategy=[0.5, 2]),
        RandomOverRegression(sampling_strategy="extreme"),
        RandomUnderRegression(sampling_strategy=[1, 2]),
        SMOGN(pert=0),
        SMOGN(target_range=(3, 1)),
        GaussianNoise(target_range="wide"),
        GaussianNoise(pert="some"),
        GaussianNoise(random_state=-1),
    ],
    ids=repr,
)
def test_parameters_that_make_no_sense_are_refused(sampler, rows):
    with pytest.raises(BadOption, match=r"parameter|relevance|random_state"):
        sampler.fit_resample(*rows)


@pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
def test_inside_imbalanced_learns_pipeline_on_real_rows(sampler):
    X, y = load_diabetes(return_X_y=True)
    made = clone(sampler).set_params(relevance=[[150, 0], [280, 1]])
    model = imblearn.pipeline.make_pipeline(made, LinearRegression()).fit(X, y)
    plain = LinearRegression().fit(X, y)
    rare = y > 280
    assert rare.sum() > 20
    # Rare high targets count for more, so they are no longer predicted as low.
    assert model.predict(X)[rare].mean() > plain.predict(X)[rare].mean() + 5


@pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
def test_clones_and_no_rows_in_the_fitted_sampler(sampler, rows):
    made = clone(sampler)
    before = repr(made)
    made.fit(*rows).fit_resample(*rows)
    assert repr(made) == before == repr(sampler)
    assert not any(getattr(value, "shape", ())[1:] == (4,) for value in vars(made).values())


def test_groups_reach_the_sampler_by_metadata_routing(rows):
    X, y = rows
    groups = np.arange(200) % 3
    with sklearn.config_context(enable_metadata_routing=True):
        sampler = SMOTER(random_state=0).set_fit_resample_request(groups=True).set_fit_request(groups=True)
        model = imblearn.pipeline.make_pipeline(sampler, LinearRegression())
        model.fit(X, y, groups=groups)
    made = model[0]
    parents = made.parents_[made.origin_ < 0]
    assert (groups[parents[:, 0]] == groups[parents[:, 1]]).all()
