import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from steelyard.balance.clean.edited_nearest_neighbours import EditedNearestNeighbours
from steelyard.balance.clean.tomek_links import TomekLinks
from steelyard.balance.combine.smote_enn import SMOTEENN
from steelyard.balance.combine.smote_tomek import SMOTETomek
from steelyard.balance.over.adasyn import ADASYN
from steelyard.balance.over.borderline_smote import BorderlineSMOTE
from steelyard.balance.over.smote import SMOTE
from steelyard.data import load
from steelyard.errors import BadOption, CannotResample
from steelyard.kernels.neighborhood import Neighborhood

BOTH = {SMOTEENN: EditedNearestNeighbours, SMOTETomek: TomekLinks}


def one_after_the_other(over, cleaner, X, y, **more):
    """The definition: resample, clean what came out, and read provenance through both."""
    X_more, y_more = over.fit_resample(X, y, **more)
    per_row = {"groups": over.groups_, "sample_weight": over.sample_weight_}
    X_out, y_out = cleaner.fit_resample(X_more, y_more, **per_row)
    rows = cleaner.sample_indices_
    return X_out, y_out, over.origin_[rows], over.parents_[rows], over.steps_[rows]


def assert_composed(sampler, over, cleaner, X, y, **more):
    X_out, y_out, origin, parents, steps = one_after_the_other(over, cleaner, X, y, **more)
    X_ours, y_ours = sampler.fit_resample(X, y, **more)
    if isinstance(X, pd.DataFrame):
        pd.testing.assert_frame_equal(X_ours, X_out)
    elif sparse.issparse(X):
        assert X_ours.format == X_out.format
        assert (X_ours != X_out).nnz == 0
    else:
        np.testing.assert_array_equal(X_ours, X_out)
    assert list(y_ours) == list(y_out)
    np.testing.assert_array_equal(sampler.origin_, origin)
    np.testing.assert_array_equal(sampler.parents_, parents)
    np.testing.assert_array_equal(sampler.steps_, steps)
    return X_ours


def overlapping(seed=0, n=200, rare=24):
    rng = np.random.default_rng(seed)
    X = np.vstack([rng.normal(size=(n, 3)), rng.normal(1.5, 1, (rare, 3)), rng.normal(9, 1, (rare, 3))])
    return X, np.repeat(["common", "far", "rare"], [n, rare, rare])


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize("name", ["ecoli", "glass", "yeast", "page-blocks"])
def test_exactly_one_after_the_other_on_real_rows(kind, name):
    data = load(name, rare="drop")
    X, y = data.X.select_dtypes("number").to_numpy(), np.asarray(data.y)
    large = np.unique(y, return_counts=True)
    keep = np.isin(y, large[0][large[1] >= 5])
    X, y = X[keep][:1500], y[keep][:1500]
    over, cleaner = SMOTE(random_state=0), BOTH[kind](sampling_strategy="all")
    X_out = assert_composed(kind(random_state=0), over, cleaner, X, y)
    assert len(X_out) < len(over.origin_)


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 10**6),
    kind=st.sampled_from(list(BOTH)),
    levels=st.sampled_from([2, 6, 1000]),
    whole=st.booleans(),
    k=st.integers(1, 4),
    vote=st.sampled_from(["all", "mode"]),
)
def test_exactly_one_after_the_other_among_ties_and_duplicates(seed, kind, levels, whole, k, vote):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, levels, size=(50, 2))
    X = X if whole else X.astype(float)
    y = rng.permutation(np.repeat(["a", "b", "c"], [30, 12, 8]))
    over = SMOTE(random_state=seed, k_neighbors=3)
    cleaner = (
        EditedNearestNeighbours(sampling_strategy="all", n_neighbors=k, kind_sel=vote)
        if kind is SMOTEENN
        else TomekLinks(sampling_strategy="majority")
    )
    given_cleaner = {kind.cleaner_parameter: cleaner}
    assert_composed(kind(smote=over, **given_cleaner), over, cleaner, X, y)


@pytest.mark.parametrize("kind", BOTH)
def test_mixed_tables_with_gaps(kind):
    X, y = overlapping()
    frame = pd.DataFrame(X, columns=list("abc"), index=[f"r{i}" for i in range(len(X))])
    frame.loc[frame.index[::9], "a"] = np.nan
    frame["shop"] = pd.Categorical(np.where(X[:, 1] > 0.7, "u", "v"))
    frame["items"] = np.rint(X[:, 2] * 3).astype("int16")
    for standardize in (False, True):
        over = SMOTE(random_state=0, standardize=standardize)
        cleaner = BOTH[kind](sampling_strategy="all", standardize=standardize)
        assert_composed(kind(random_state=0, standardize=standardize), over, cleaner, frame, pd.Series(y))


@pytest.mark.parametrize("kind", BOTH)
def test_sparse_tables_and_single_precision(kind):
    X, y = overlapping()
    for table in (sparse.csr_matrix(np.where(np.abs(X) < 0.5, 0, X)), X.astype(np.float32)):
        over, cleaner = SMOTE(random_state=0), BOTH[kind](sampling_strategy="all")
        assert_composed(kind(random_state=0), over, cleaner, table, y)


@pytest.mark.parametrize("kind", BOTH)
def test_groups_and_weights(kind):
    X, y = overlapping()
    more = {"groups": np.arange(len(y)) % 2, "sample_weight": np.linspace(1, 2, len(y))}
    sampler = kind(random_state=0)
    over, cleaner = SMOTE(random_state=0), BOTH[kind](sampling_strategy="all")
    assert_composed(sampler, over, cleaner, X, y, **more)
    np.testing.assert_array_equal(sampler.groups_, cleaner.groups_)
    np.testing.assert_array_equal(sampler.sample_weight_, cleaner.sample_weight_)
    assert sampler.prior_after_ == pytest.approx(cleaner.prior_after_)
    assert sampler.prior_before_ == over.prior_before_


@pytest.mark.parametrize("kind", BOTH)
def test_few_rows_are_searched_for(kind, monkeypatch):
    """What the proof is for: rows that plainly lie among their own class are never asked about."""
    X, y = overlapping(n=1500, rare=60)
    counts = []
    plain = Neighborhood.nearest

    def counted(self, k, *, asked=None, pool=None):
        if len(self) > len(y):
            counts.append(len(self) if asked is None else len(asked))
        return plain(self, k, asked=asked, pool=pool)

    monkeypatch.setattr(Neighborhood, "nearest", counted)
    kind(random_state=0).fit_resample(X, y)
    assert 0 < sum(counts) < 0.5 * 4500


def test_tables_come_back_as_they_came():
    X, y = overlapping()
    sampler = SMOTEENN(random_state=0)
    rows, labels = sampler.fit_resample(X.tolist(), y.tolist())
    assert isinstance(rows, list)
    assert isinstance(labels, list)
    assert len(rows) == len(labels) == len(sampler.origin_)
    assert set(sampler.method_) == {"", "SMOTE"}


def test_the_parts_keep_their_own_settings_and_are_not_changed():
    X, y = overlapping()
    smote, enn = SMOTE(sampling_strategy={"rare": 40}, random_state=5), EditedNearestNeighbours()
    sampler = SMOTEENN(smote=smote, enn=enn, sampling_strategy="minority", random_state=0)
    sampler.fit_resample(X, y)
    assert sampler.sampling_strategy_ == {"common": 200, "far": 24, "rare": 40}
    assert not hasattr(smote, "note_")
    assert not hasattr(enn, "note_")
    again = SMOTEENN(smote=smote, enn=enn)
    again.fit_resample(X, y)
    np.testing.assert_array_equal(again.origin_, sampler.origin_)


@pytest.mark.parametrize(
    "over", [ADASYN(random_state=0), BorderlineSMOTE(random_state=0, kind="borderline-2")], ids=repr
)
def test_any_over_sampler_of_ours_will_do(over):
    X, y = overlapping()
    cleaner = EditedNearestNeighbours(sampling_strategy="all")
    assert_composed(SMOTEENN(smote=over), over, cleaner, X, y)


def test_notes_of_both_parts_are_told():
    X = np.array([[0.0], [0.1], [0.2], [0.3], [0.4], [9.0], [9.1]])
    sampler = SMOTETomek(random_state=0)
    sampler.fit_resample(X, list("aaaaabb"))
    assert sampler.note_ == (
        "class 'b': 1 neighbour instead of 5, for it has 2 rows; no row left out: there is no Tomek link in "
        "the classes that may lose rows"
    )


def test_a_table_in_balance_is_still_cleaned():
    X = np.array([[0.0], [0.1], [0.2], [0.3], [9.5], [9.0], [12.0], [12.1], [12.2], [12.3]])
    sampler = SMOTEENN(random_state=0)
    sampler.fit_resample(X, list("aaaaabbbbb"))
    assert sampler.origin_.tolist() == [0, 1, 2, 3, 6, 7, 8, 9]
    assert "nothing to do" not in sampler.note_


def test_what_cannot_be_done_is_refused():
    X, y = overlapping()
    with pytest.raises(CannotResample, match="SMOTE needs at least 2 rows"):
        SMOTEENN().fit_resample(X[:201], y[:201])
    with pytest.raises(CannotResample, match="EditedNearestNeighbours needs more than n_neighbors=300"):
        SMOTEENN(enn=EditedNearestNeighbours(n_neighbors=300), sampling_strategy="minority").fit_resample(
            X[100:224], y[100:224]
        )


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        (SMOTEENN, "smote", 3),
        (SMOTEENN, "enn", TomekLinks()),
        (SMOTETomek, "tomek", EditedNearestNeighbours()),
        (SMOTEENN, "recall", 2.0),
        (SMOTETomek, "standardize", None),
    ],
)
def test_parameters_that_make_no_sense(kind, name, value):
    with pytest.raises(BadOption, match=f"The '{name}' parameter of {kind.__name__} must be"):
        kind(**{name: value}).fit_resample(*overlapping())


@pytest.mark.parametrize("kind", BOTH)
def test_small_searches_are_exact_whatever_is_allowed(kind):
    X, y = overlapping()
    exact = kind(random_state=0)
    exact.fit_resample(X, y)
    for options in ({"exact": False}, {"recall": 0.9}):
        sampler = kind(random_state=0, **options)
        sampler.fit_resample(X, y)
        np.testing.assert_array_equal(sampler.origin_, exact.origin_)
        assert sampler.recall_ is None
