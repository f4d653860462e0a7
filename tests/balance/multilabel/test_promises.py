"""What every multi-label sampler keeps: kinds of tables, provenance, imbalance, repeatability, refusals."""

import imblearn.pipeline
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.neighbors import KNeighborsClassifier

from steelyard.balance.multilabel import LPROS, LPRUS, MLROS, MLRUS, MLSMOTE, MLTL, MultilabelSelector
from steelyard.errors import BadOption, BadTable, BadTarget, CannotResample
from steelyard.metrics import irlbl, mean_ir

SAMPLERS = [
    MLROS(random_state=0),
    MLRUS(random_state=0),
    MLRUS(random_state=0, protect_minority=True),
    LPROS(random_state=0),
    LPRUS(random_state=0),
    MLSMOTE(random_state=0),
    MLSMOTE(random_state=0, label_policy="union", k_neighbors=2),
    MLSMOTE(random_state=0, label_policy="intersection", standardize=True),
    MLTL(threshold=0.3),
    MLTL(sampling_strategy="all"),
]
CHOOSING = [sampler for sampler in SAMPLERS if isinstance(sampler, MultilabelSelector)]
BLIND = [sampler for sampler in CHOOSING if not isinstance(sampler, MLTL)]


def as_array(labels):
    if sparse.issparse(labels):
        return labels.toarray()
    if isinstance(labels, pa.Table):
        return np.column_stack([column.to_numpy() for column in labels.columns])
    return np.asarray(labels)


@pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
def test_provenance_and_imbalance(sampler, rows):
    X, Y = rows
    made = clone(sampler)
    X_out, Y_out = made.fit_resample(X, Y)
    kept = made.origin_ >= 0
    assert len(X_out) == len(Y_out) == len(made.origin_) == len(made.parents_) == len(made.method_)
    assert len(X_out) != len(X)
    np.testing.assert_array_equal(X_out[kept], X[made.origin_[kept]])
    np.testing.assert_array_equal(Y_out[kept], Y[made.origin_[kept]])
    assert (made.parents_[kept] == -1).all()
    assert (made.parents_[~kept][:, :2] >= 0).all()
    assert set(made.method_[~kept]) <= {type(sampler).__name__}
    assert list(made.irlbl_before_.values()) == pytest.approx(irlbl(Y))
    assert list(made.irlbl_after_.values()) == pytest.approx(irlbl(Y_out))
    assert made.mean_ir_after_ == pytest.approx(mean_ir(Y_out))
    assert list(made.prior_after_.values()) == pytest.approx(Y_out.mean(axis=0))
    assert X_out.dtype == X.dtype
    assert Y_out.dtype == Y.dtype


@pytest.mark.parametrize("sampler", [MLROS(random_state=0), LPROS(random_state=0), MLSMOTE(random_state=0)])
def test_adding_rows_evens_the_labels_out(sampler, rows):
    sampler = clone(sampler)
    sampler.fit_resample(*rows)
    assert sampler.mean_ir_after_ < 0.9 * sampler.mean_ir_before_


@pytest.mark.parametrize("sampler", [MLRUS(random_state=0, protect_minority=True), LPRUS(random_state=0)])
def test_leaving_rows_out_evens_the_labels_out(sampler, rows):
    sampler = clone(sampler)
    sampler.fit_resample(*rows)
    assert sampler.mean_ir_after_ < sampler.mean_ir_before_


def frames(X, Y):
    names = [f"l{place}" for place in range(Y.shape[1])]
    index = [f"row {place}" for place in range(len(X))]
    X = pd.DataFrame(X, columns=list("abcd"), index=index)
    return X, pd.DataFrame(Y, columns=names, index=index)


@pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
@pytest.mark.parametrize(
    "kind",
    ["list", "csr", "csc", "bool", "float", "pandas", "pandas bool", "pandas boolean", "polars", "arrow"],
)
def test_the_same_kinds_come_out(sampler, kind, rows):
    X, Y = rows
    # Draws go by the name of a label, and an array has none.
    named = kind in ("polars", "arrow") or kind.startswith("pandas")
    expected_X, expected_Y = clone(sampler).fit_resample(*(frames(X, Y) if named else rows))
    given_X, given_Y = X, Y
    if kind == "list":
        given_X, given_Y = X.tolist(), Y.tolist()
    elif kind in ("csr", "csc"):
        given_Y = sparse.csr_matrix(Y) if kind == "csr" else sparse.csc_array(Y)
    elif kind in ("bool", "float"):
        given_Y = Y.astype(kind)
    elif kind.startswith("pandas"):
        given_X, given_Y = frames(X, Y)
        given_Y = given_Y.astype({"pandas": "int8", "pandas bool": "bool", "pandas boolean": "boolean"}[kind])
    elif kind == "polars":
        pl = pytest.importorskip("polars")
        given_X = pl.DataFrame(X, schema=list("abcd"))
        given_Y = pl.DataFrame(Y, schema=[f"l{place}" for place in range(5)])
    elif kind == "arrow":
        given_X = pa.table(dict(zip("abcd", X.T, strict=True)))
        given_Y = pa.table({f"l{place}": Y[:, place] for place in range(5)})
    X_out, Y_out = clone(sampler).fit_resample(given_X, given_Y)
    assert type(X_out) is type(given_X)
    assert type(Y_out) is type(given_Y)
    np.testing.assert_allclose(as_array(X_out), expected_X)
    np.testing.assert_array_equal(as_array(Y_out).astype(int), expected_Y)
    if sparse.issparse(given_Y):
        assert Y_out.format == given_Y.format
    if isinstance(given_Y, pd.DataFrame):
        assert Y_out.dtypes.equals(given_Y.dtypes)
        assert list(Y_out.columns) == list(given_Y.columns)
        made = clone(sampler)
        made.fit_resample(given_X, given_Y)
        assert list(made.irlbl_before_) == list(given_Y.columns)
        assert list(made.feature_names_in_) == list("abcd")


@pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
def test_sparse_rows(sampler, rows):
    X, Y = rows
    X = np.where(np.abs(X) < 1, 0, X)
    expected, _ = clone(sampler).fit_resample(X, Y)
    out, _ = clone(sampler).fit_resample(sparse.csr_array(X), Y)
    np.testing.assert_allclose(out.toarray(), expected, atol=1e-12)


@pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
def test_repeatable_and_the_input_stays(sampler, rows):
    X, Y = rows
    X_before, Y_before = X.copy(), Y.copy()
    one, two = clone(sampler).fit_resample(X, Y), clone(sampler).fit_resample(X, Y)
    np.testing.assert_array_equal(one[0], two[0])
    np.testing.assert_array_equal(one[1], two[1])
    one[0][:] = 0
    one[1][:] = 0
    np.testing.assert_array_equal(X, X_before)
    np.testing.assert_array_equal(Y, Y_before)


@pytest.mark.parametrize("sampler", [s for s in SAMPLERS if "random_state" in s.get_params()], ids=repr)
def test_the_seed_decides(sampler, rows):
    one = clone(sampler).set_params(random_state=1).fit_resample(*rows)[0]
    two = clone(sampler).set_params(random_state=2).fit_resample(*rows)[0]
    assert one.shape != two.shape or not np.array_equal(one, two)


@pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
def test_groups_and_weights(sampler, rows):
    X, Y = rows
    groups, weight = np.arange(len(X)) % 2, np.linspace(1, 2, len(X))
    made = clone(sampler)
    _, Y_out = made.fit_resample(X, Y, groups=groups, sample_weight=weight)
    kept = made.origin_ >= 0
    np.testing.assert_array_equal(made.groups_[kept], groups[made.origin_[kept]])
    np.testing.assert_array_equal(made.sample_weight_[kept], weight[made.origin_[kept]])
    for row in np.flatnonzero(~kept):
        known = made.parents_[row][made.parents_[row] >= 0]
        assert (groups[known] == made.groups_[row]).all()
        assert made.sample_weight_[row] == pytest.approx(weight[known].mean())
    share = made.sample_weight_ @ Y_out / made.sample_weight_.sum()
    assert list(made.prior_after_.values()) == pytest.approx(share)


@pytest.mark.parametrize("sampler", CHOOSING, ids=repr)
def test_select_gives_the_rows_of_fit_resample(sampler, rows):
    X, Y = rows
    made = clone(sampler)
    X_out, _ = made.fit_resample(X, Y)
    np.testing.assert_array_equal(clone(sampler).select(X, Y), made.sample_indices_)
    np.testing.assert_array_equal(X_out, X[made.sample_indices_])


@pytest.mark.parametrize("sampler", BLIND, ids=repr)
def test_those_that_look_at_labels_only_take_any_rows(sampler, rows):
    X, Y = rows
    texts = [f"text {place}" for place in range(len(X))]
    out, Y_out = clone(sampler).fit_resample(texts, Y)
    assert out[0].startswith("text")
    assert len(out) == len(Y_out)
    gaps = np.full((len(X), 2), np.nan)
    assert np.isnan(clone(sampler).fit_resample(gaps, Y)[0]).all()


@pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
def test_equal_labels_are_left_alone_and_that_is_said(sampler):
    X = np.arange(40.0).reshape(20, 2)
    made = clone(sampler)
    X_out, _ = made.fit_resample(X, np.ones((20, 3), dtype=int))
    assert len(X_out) == 20
    assert made.note_


@pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
def test_inside_imbalanced_learns_pipeline(sampler, rows):
    X, Y = rows
    model = imblearn.pipeline.make_pipeline(clone(sampler), KNeighborsClassifier())
    assert model.fit(X, Y).predict(X).shape == Y.shape


@pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
def test_clones_and_no_rows_in_the_fitted_sampler(sampler, rows):
    made = clone(sampler)
    before = repr(made)
    made.fit(*rows).fit_resample(*rows)
    assert repr(made) == before == repr(sampler)
    assert not any(getattr(value, "shape", ())[1:] in [(4,)] for value in vars(made).values())


@pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (None, "target y is None"),
        (["a"] * 200, "one column per label"),
        (np.arange(200), "one column per label"),
        (np.full((200, 2), 2), "got 2"),
        (np.full((200, 2), np.nan), "missing"),
        (np.zeros((200, 2)), "none of 200"),
        (np.full((200, 2), "x"), "one column per label"),
    ],
)
def test_labels_that_are_none_are_refused(sampler, labels, said, rows):
    with pytest.raises(BadTarget, match=said):
        clone(sampler).fit_resample(rows[0], labels)


@pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
def test_rows_that_do_not_fit_are_refused(sampler, rows):
    X, Y = rows
    with pytest.raises(BadTable, match="got 200 rows and labels of 199"):
        clone(sampler).fit_resample(X, Y[:-1])
    with pytest.raises(BadTable, match="0 sample"):
        clone(sampler).fit_resample(X[:0], Y)
    if not isinstance(sampler, (MLSMOTE, MLTL)):
        return
    infinite = X.copy()
    infinite[0, 0] = np.inf
    with pytest.raises(BadTable, match="infinity"):
        clone(sampler).fit_resample(infinite, Y)


@pytest.mark.parametrize(
    "sampler",
    [
        MLROS(percentage=0),
        MLRUS(percentage=101),
        LPROS(percentage="much"),
        LPRUS(percentage=True),
        MLRUS(protect_minority=1),
        MLSMOTE(k_neighbors=0),
        MLSMOTE(label_policy="all"),
        MLTL(threshold=1.0),
        MLTL(threshold="high"),
        MLTL(sampling_strategy="minority"),
        MLROS(random_state="seed"),
    ],
    ids=repr,
)
def test_parameters_that_make_no_sense_are_refused(sampler, rows):
    with pytest.raises(BadOption, match=r"parameter|random_state"):
        sampler.fit_resample(*rows)


def test_one_row_has_no_neighbour():
    with pytest.raises(CannotResample, match="at least 2 rows, got 1"):
        MLTL().fit_resample([[1.0]], [[1, 0]])
