"""What the over-samplers between neighbours share, tried on each of them."""

import warnings

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.neighbors import NearestNeighbors
from sklearn.utils.estimator_checks import parametrize_with_checks

from checks_of_imblearn import IMBALANCED_LEARN
from steelyard.balance import SMOTE, RandomOverSampler, check_sampler
from steelyard.balance.over.adasyn import ADASYN
from steelyard.balance.over.borderline_smote import BorderlineSMOTE
from steelyard.balance.over.kmeans_smote import KMeansSMOTE
from steelyard.balance.over.smoten import SMOTEN
from steelyard.balance.over.smotenc import SMOTENC
from steelyard.balance.over.svm_smote import SVMSMOTE
from steelyard.errors import BadOption, CannotResample, UserError
from trouble import TROUBLE

BETWEEN = [  # those that draw a line between two rows
    SMOTE(random_state=0),
    ADASYN(random_state=0),
    BorderlineSMOTE(random_state=0),
    BorderlineSMOTE(random_state=0, kind="borderline-2"),
    KMeansSMOTE(random_state=0, kmeans_estimator=2, cluster_balance_threshold=0.05),
    SVMSMOTE(random_state=0),
]
ROUNDED = "class counts"  # its definition makes a few rows more or fewer
LOOKS_AT_ALL = "independent classes"  # clusters, machine or smoothing see the whole table
SKIPPED = {
    "ADASYN": [ROUNDED],
    "BorderlineSMOTE": [ROUNDED, "provenance"],  # keeps safe classes; the second kind crosses classes
    "KMeansSMOTE": [ROUNDED, LOOKS_AT_ALL],
    "SVMSMOTE": [LOOKS_AT_ALL],
    "RandomOverSampler": [LOOKS_AT_ALL],
}
EACH = [
    ADASYN(random_state=0),
    BorderlineSMOTE(random_state=0),
    KMeansSMOTE(random_state=0, kmeans_estimator=1),
    SVMSMOTE(random_state=0),
    SMOTENC([0], random_state=0),
    SMOTEN(random_state=0),
    RandomOverSampler(random_state=0, shrinkage=1.0),
]
# A table of one column of strings; a sparse table that has numbers and categories at once.
NOT_FOR = {
    "KMeansSMOTE": ["check_samplers_string"],
    "SVMSMOTE": ["check_samplers_string"],
    "SMOTENC": ["check_samplers_string", "check_samplers_nan", "check_samplers_sparse"],
}


# Part of the sentence a troublesome table is refused with, and by whom.
ALL_THAT_MEASURE = ["SMOTE", "ADASYN", "BorderlineSMOTE", "KMeansSMOTE", "SVMSMOTE", "SMOTENC"]
REFUSED = {
    "one_row_class": ("needs at least 2 rows in class 'rare', got 1", [*ALL_THAT_MEASURE, "SMOTEN"]),
    "infinity": ("holds infinity", [*ALL_THAT_MEASURE, "RandomOverSampler"]),
    "huge_numbers": ("Rescale the columns", ALL_THAT_MEASURE),
    "frame_with_dates": ("'day' holds datetime64", [*ALL_THAT_MEASURE, "RandomOverSampler"]),
    "rare_rows_equal": ("none of its rows has a neighbour of another class", ["ADASYN"]),
    "fewer_rows_than_neighbours": ("neighbours of its support vectors", ["SVMSMOTE"]),
    "a_thousand_to_one": ("can make no row", ["SVMSMOTE", "KMeansSMOTE"]),
    "all_rows_equal": ("neighbours of its support vectors", ["SVMSMOTE"]),
    "booleans": ("needs numeric columns", ["SVMSMOTE", "KMeansSMOTE"]),
    "frame_of_categories_only": ("needs numeric columns", ["SVMSMOTE", "KMeansSMOTE"]),
    "frame_with_categories": ("Expected numbers in column 'shop'", ["SMOTENC"]),
    "many_levels": ("Expected numbers in column 'id'", ["SMOTENC"]),
    "objects_of_mixed_types": ("Expected numbers in the columns", ["SMOTENC"]),
    "sparse_rows": ("either numbers or categories alone", ["SMOTENC"]),
    "sparse_columns": ("either numbers or categories alone", ["SMOTENC"]),
    "explicit_zeros": ("either numbers or categories alone", ["SMOTENC"]),
}


def refusal(sampler, name):
    said, whom = REFUSED.get(name, ("", []))
    if name == "fewer_rows_than_neighbours" and "kmeans_estimator=2" in repr(sampler):
        return "in no cluster"  # two clusters, in none of which the three rare rows are at home
    return said if type(sampler).__name__ in whom else None


def overlapping(n_common=120, n_rare=30, width=3, seed=0):
    rng = np.random.default_rng(seed)
    X = np.vstack([rng.normal(size=(n_common, width)), rng.normal(0.8, 1, size=(n_rare, width))])
    y = np.repeat(["common", "rare"], [n_common, n_rare])
    order = rng.permutation(len(y))
    return X[order], y[order]


def mixed_frame():
    X, y = overlapping()
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(X, columns=list("abc")).astype({"b": "float32"})
    frame["d"] = rng.integers(-5, 6, size=len(y)).astype("int8")
    frame["e"] = pd.Categorical(rng.choice(["u", "v", "w"], size=len(y)), categories=["u", "v", "w", "x"])
    frame["f"] = pd.Series(rng.choice(["p", "q"], size=len(y)), dtype="str")
    return frame, y


@pytest.mark.parametrize("sampler", [*BETWEEN, *EACH], ids=repr)
def test_every_promise_is_kept(sampler):
    check_sampler(sampler, skip=SKIPPED.get(type(sampler).__name__, []))


@pytest.mark.parametrize("kind", [ADASYN, BorderlineSMOTE])
def test_the_promises_left_out_are_kept_but_for_what_the_definition_says(kind):
    """Their counts differ by rounding or by a class that is left alone, and ``note_`` says which."""
    X, y = overlapping()
    far = np.vstack([X, X[:7] + 100])
    labels = np.concatenate([y, np.full(7, "far")])
    sampler = kind(random_state=0)
    _, y_out = sampler.fit_resample(far, labels)
    counts = dict(zip(*np.unique(y_out, return_counts=True), strict=True))
    assert counts["far"] == 7
    assert abs(counts["rare"] - 120) <= 15
    assert "class 'far': kept as it is, for none of its rows" in sampler.note_
    assert ("rounded" in sampler.note_) == (counts["rare"] != 120)


@parametrize_with_checks(EACH)
def test_scikit_learn_agrees(estimator, check):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(estimator)


@pytest.mark.parametrize("check", IMBALANCED_LEARN, ids=lambda check: check.__name__)
@pytest.mark.parametrize("sampler", EACH, ids=lambda sampler: type(sampler).__name__)
def test_imbalanced_learn_agrees(sampler, check):
    if check.__name__ in NOT_FOR.get(type(sampler).__name__, []):
        pytest.skip("not for this table")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(type(sampler).__name__, clone(sampler))


@pytest.mark.parametrize("name", TROUBLE)
@pytest.mark.parametrize("sampler", [*BETWEEN, *EACH], ids=repr)
def test_a_valid_result_or_a_plain_sentence(sampler, name):
    X, y = TROUBLE[name]()
    said = refusal(sampler, name)
    if said is not None:
        with pytest.raises(UserError, match=said):
            clone(sampler).fit_resample(X, y)
        return
    made = clone(sampler)
    X_out, y_out = made.fit_resample(X, y)
    assert type(X_out) is type(X)
    n = X.shape[0]
    assert X_out.shape[0] == len(y_out) > n or made.note_
    assert (np.asarray(y_out)[:n] == np.asarray(y)).all()
    if isinstance(X, pd.DataFrame):
        assert X_out.dtypes.equals(X.dtypes)
        pd.testing.assert_frame_equal(X_out.iloc[:n], X)
    elif sparse.issparse(X):
        assert X_out.format == X.format
        assert (X_out.toarray()[:n] == X.toarray()).all()
    else:
        assert X_out.dtype == X.dtype
        assert X_out[:n].astype(str).tolist() == X.astype(str).tolist()


@pytest.mark.parametrize("sampler", BETWEEN, ids=repr)
def test_children_lie_where_steps_say(sampler):
    X, y = overlapping()
    made = clone(sampler)
    X_out, _ = made.fit_resample(X, y)
    new = made.origin_ < 0
    assert new.any()
    base, partner = X[made.parents_[new, 0]], X[made.parents_[new, 1]]
    step = made.steps_[new, None]
    np.testing.assert_allclose(X_out[new], base + step * (partner - base), atol=1e-12)
    assert np.isnan(made.steps_[~new]).all()
    low = -0.5 if isinstance(sampler, SVMSMOTE) else 0
    assert ((low <= step) & (step <= 1)).all()
    assert (y[made.parents_[new, 0]] == "rare").all()


@pytest.mark.parametrize("sampler", BETWEEN, ids=repr)
def test_the_method_of_each_row(sampler):
    X, y = overlapping()
    made = clone(sampler)
    made.fit_resample(X, y)
    assert set(made.method_[: len(y)]) == {""}
    assert set(made.method_[len(y) :]) == {type(sampler).__name__}
    kept = RandomOverSampler(random_state=0)
    kept.fit_resample(X, y)
    assert set(kept.method_) == {""}
    assert np.isnan(kept.steps_).all()
    with pytest.raises(AttributeError, match="before fit_resample"):
        _ = clone(sampler).steps_


@pytest.mark.parametrize("sampler", [*BETWEEN, SMOTEN(random_state=0)], ids=repr)
def test_no_synthetic_row_crosses_a_group(sampler):
    X, y = overlapping(200, 60)
    X = np.round(X) if isinstance(sampler, SMOTEN) else X
    groups = np.random.default_rng(0).integers(5, size=len(y))
    made = clone(sampler)
    made.fit_resample(X, y, groups=groups)
    parents = made.parents_[made.origin_ < 0]
    assert len(parents) > 50
    known = parents >= 0
    same = groups[parents] == groups[parents[:, :1]]
    assert (same | ~known).all()
    assert (made.groups_[made.origin_ < 0] == groups[parents[:, 0]]).all()
    across = clone(sampler)
    across.fit_resample(X, y)
    free = across.parents_[across.origin_ < 0]
    assert (groups[free[:, 0]] != groups[free[:, 1]]).any()


@pytest.mark.parametrize("sampler", [*BETWEEN, SMOTEN(random_state=0)], ids=repr)
def test_rows_alone_in_their_groups_are_refused(sampler):
    X, y = overlapping()
    with pytest.raises(CannotResample, match="each of its rows has a group of its own"):
        clone(sampler).fit_resample(X, y, groups=np.arange(len(y)))


@pytest.mark.parametrize("sampler", BETWEEN[1:], ids=repr)
def test_gaps_stand_at_the_median_of_the_table(sampler):
    X, y = overlapping()
    X[np.random.default_rng(2).random(X.shape) < 0.15] = np.nan
    filled = np.where(np.isnan(X), np.nanmedian(X, axis=0), X)
    with_gaps, without = clone(sampler), clone(sampler)
    X_out, _ = with_gaps.fit_resample(X, y)
    without.fit_resample(filled, y)
    np.testing.assert_array_equal(with_gaps.parents_, without.parents_)
    new = with_gaps.origin_ < 0
    base, partner = X[with_gaps.parents_[new, 0]], X[with_gaps.parents_[new, 1]]
    one_gap = np.isnan(base) | np.isnan(partner)
    nearer = np.where(with_gaps.steps_[new, None] < 0.5, base, partner)
    np.testing.assert_array_equal(X_out[new][one_gap], nearer[one_gap])
    assert np.isfinite(X_out[new][~one_gap]).all()


@pytest.mark.parametrize("sampler", [*BETWEEN, RandomOverSampler(random_state=0, shrinkage=0.5)], ids=repr)
@pytest.mark.parametrize("dtype", ["float32", "float64", "int16"])
def test_pictures_come_back_as_pictures(sampler, dtype):
    X, y = overlapping(width=24)
    X = (X * 50).astype(dtype)
    flat, _ = clone(sampler).fit_resample(X, y)
    shaped, _ = clone(sampler).fit_resample(X.reshape(-1, 2, 3, 4), y)
    assert shaped.dtype == dtype
    assert shaped.shape == (len(flat), 2, 3, 4)
    np.testing.assert_array_equal(shaped.reshape(flat.shape), flat)


@pytest.mark.parametrize("form", [sparse.csr_matrix, sparse.csc_array])
@pytest.mark.parametrize("sampler", BETWEEN, ids=repr)
def test_sparse_tables_give_what_dense_ones_give(sampler, form):
    X, y = overlapping(width=6)
    X[np.abs(X) < 0.7] = 0
    one, other = clone(sampler), clone(sampler)
    if isinstance(sampler, KMeansSMOTE):  # sums of sparse rows are rounded otherwise
        one.set_params(kmeans_estimator=1)
        other.set_params(kmeans_estimator=1)
    dense, _ = one.fit_resample(X, y)
    thin, _ = other.fit_resample(form(X), y)
    assert type(thin) is form
    np.testing.assert_array_equal(one.parents_, other.parents_)
    np.testing.assert_allclose(thin.toarray(), dense, atol=1e-12)


@pytest.mark.parametrize("sampler", [*BETWEEN, SMOTENC(["e", "f"], random_state=0)], ids=repr)
def test_every_kind_of_frame_gives_the_same_rows_in_its_own_types(sampler):
    frame, y = mixed_frame()
    expected, _ = clone(sampler).fit_resample(frame, y)
    assert expected.dtypes.equals(frame.dtypes)
    assert expected.index.equals(pd.RangeIndex(len(expected)))
    assert expected["e"].cat.categories.tolist() == ["u", "v", "w", "x"]
    assert not expected.isna().any(axis=None)
    in_polars, _ = clone(sampler).fit_resample(pl.from_pandas(frame), y)
    assert in_polars.schema == pl.from_pandas(frame).schema
    in_arrow, _ = clone(sampler).fit_resample(pa.Table.from_pandas(frame), y)
    assert in_arrow.schema.equals(pa.Table.from_pandas(frame).schema, check_metadata=True)
    for other in (in_polars.to_pandas(), in_arrow.to_pandas()):
        np.testing.assert_array_equal(other[["a", "b", "c", "d"]], expected[["a", "b", "c", "d"]])
        assert (other[["e", "f"]].astype(str).to_numpy() == expected[["e", "f"]].astype(str).to_numpy()).all()


@pytest.mark.parametrize("sampler", BETWEEN, ids=repr)
def test_categories_are_voted_on_by_the_neighbours(sampler):
    frame, y = mixed_frame()
    made = clone(sampler)
    out, _ = made.fit_resample(frame, y)
    for row in np.flatnonzero(made.origin_ < 0).tolist():
        voters = made.parents_[row][1:]
        for column in ("e", "f"):
            cells = frame[column].iloc[voters[voters >= 0]].astype(str).tolist()
            got = str(out[column].iloc[row])
            assert cells.count(got) == max(cells.count(cell) for cell in cells)


@pytest.mark.parametrize("sampler", BETWEEN, ids=repr)
def test_small_whole_numbers_stay_in_their_range(sampler):
    rng = np.random.default_rng(0)
    X = rng.choice([-128, -127, 126, 127, 0], size=(150, 3)).astype(np.int8)
    y = np.repeat(["common", "rare"], [110, 40])
    made = clone(sampler)
    X_out, _ = made.fit_resample(X, y)
    new = made.origin_ < 0
    assert new.any()
    base, partner = (X[made.parents_[new, i]].astype(float) for i in (0, 1))
    plain = np.rint(base + made.steps_[new, None] * (partner - base))
    np.testing.assert_allclose(X_out[new], np.clip(plain, -128, 127), atol=1)


@pytest.mark.parametrize("sampler", BETWEEN[:4], ids=repr)
def test_an_object_finds_the_neighbours(sampler):
    X, y = overlapping()
    names = [name for name in sampler.get_params() if name.endswith("_neighbors")]
    by_number = clone(sampler).set_params(**dict.fromkeys(names, 4))
    by_object = clone(sampler).set_params(**{name: NearestNeighbors(n_neighbors=5) for name in names})
    expected, _ = by_number.fit_resample(X, y)
    found, _ = by_object.fit_resample(X, y)
    np.testing.assert_array_equal(found, expected)
    frame, labels = mixed_frame()
    with pytest.raises(BadOption, match="measures numbers only"):
        clone(by_object).fit_resample(frame, labels)
    wrong = clone(sampler).set_params(**{names[0]: "many"})
    with pytest.raises(BadOption, match=f"The '{names[0]}' parameter of {type(sampler).__name__} must be"):
        wrong.fit_resample(X, y)


@pytest.mark.parametrize("sampler", BETWEEN[1:4], ids=repr)
def test_fewer_rows_than_neighbours_are_said(sampler):
    X, y = overlapping(6, 3)
    made = clone(sampler)
    made.fit_resample(X, y)
    assert "instead of" in made.note_


def test_smote_reads_only_the_class_it_enlarges():
    X, y = overlapping()
    expected, _ = SMOTE(random_state=0).fit_resample(X, y)
    common = np.flatnonzero(y == "common")
    X[common[:3], 0] = [np.inf, 1e300, np.nan]
    out, _ = SMOTE(random_state=0).fit_resample(X, y)
    np.testing.assert_array_equal(out[len(y) :], expected[len(y) :])


def test_a_column_of_objects_is_what_all_its_rows_say():
    X, y = overlapping(20, 10)
    X = X.astype(object)
    X[np.flatnonzero(y == "common")[0], 1] = "a word"
    out, _ = SMOTE(random_state=0).fit_resample(X, y)
    assert set(out[len(y) :, 1]) <= set(X[:, 1])


def test_one_row_among_a_hundred_thousand():
    y = np.zeros(100_001, dtype=int)
    y[5] = 1
    X = np.arange(100_001, dtype=np.float32)[:, None]
    out, _ = RandomOverSampler(random_state=0).fit_resample(X, y)
    assert out.shape == (200_000, 1)
    assert (out[100_001:] == 5).all()
    y[6] = 1
    sampler = SMOTE(random_state=0)
    out, _ = sampler.fit_resample(X, y)
    assert out.shape == (199_998, 1)
    assert ((out[100_001:] >= 5) & (out[100_001:] <= 6)).all()
