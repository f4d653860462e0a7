"""What the ranked over-samplers share: the contract, others' checks, trouble, groups, mixed tables."""

import warnings

import numpy as np
import pandas as pd
import pytest
from imblearn.utils import estimator_checks as theirs
from scipy import sparse
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from balance.over.ranked import EACH, VARIANTS, broken_promises
from checks_of_imblearn import IMBALANCED_LEARN
from steelyard.balance import check_sampler
from steelyard.balance.over.ccr import CCR
from steelyard.balance.over.mwmote import MWMOTE
from steelyard.balance.over.polynom_fit_smote import PolynomFitSMOTE
from steelyard.balance.over.rose import ROSE
from steelyard.balance.over.safe_level_smote import SafeLevelSMOTE
from steelyard.balance.over.smote_ipf import SMOTEIPF
from steelyard.errors import BadOption, CannotResample, UserError
from trouble import TROUBLE


@pytest.mark.parametrize("sampler", [*EACH, *VARIANTS], ids=repr)
def test_every_promise_is_kept(sampler):
    check_sampler(sampler, skip=broken_promises(sampler))


@pytest.mark.parametrize("sampler", EACH, ids=lambda sampler: type(sampler).__name__)
def test_every_promise_is_kept_on_standardised_columns(sampler):
    # A class far away changes the spread of the table, and so which rows are near.
    skip = {*broken_promises(sampler), "independent classes"}
    check_sampler(clone(sampler).set_params(standardize=True), skip=skip)


@parametrize_with_checks(EACH)
def test_scikit_learn_agrees(estimator, check):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(estimator)


@pytest.mark.parametrize("check", IMBALANCED_LEARN, ids=lambda check: check.__name__)
@pytest.mark.parametrize("sampler", EACH, ids=lambda sampler: type(sampler).__name__)
def test_imbalanced_learn_agrees(sampler, check):
    if isinstance(sampler, SMOTEIPF) and check is theirs.check_samplers_fit_resample:
        pytest.skip("it leaves rows out, as its paper says; the check wants an over-sampler to keep all")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(type(sampler).__name__, clone(sampler))


REFUSED = {
    "infinity": "holds infinity",
    "frame_with_dates": "'day' holds datetime64",
    "one_row_class": "needs at least 2 rows in class 'rare', got 1. Use RandomOverSampler, or collect more",
}
MEASURES_NOTHING = (PolynomFitSMOTE, ROSE, CCR)
# Among equally near rows the one that comes first in the table counts, and common rows come first.
NOISE_ONLY = (
    "a_thousand_to_one",
    "fewer_rows_than_neighbours",
    "all_rows_equal",
    "many_duplicates",
    "frame_of_categories_only",
)


def refusal(sampler, name):
    """Part of the sentence a sampler refuses a table with, or None."""
    if name in REFUSED:
        return REFUSED[name]
    if name == "huge_numbers" and not isinstance(sampler, MEASURES_NOTHING):
        return "Rescale the columns"
    if isinstance(sampler, (MWMOTE, SafeLevelSMOTE)) and name in NOISE_ONLY:
        return "can make no row .*every row is noise"
    return None


def rows_as_text(X, rows):
    """Rows that can be compared whatever holds them."""
    if sparse.issparse(X):
        return X.tocsr()[rows].toarray().tolist()
    if isinstance(X, pd.DataFrame):
        return X.iloc[rows].astype(str).to_numpy().tolist()
    return X[rows].astype(str).tolist()


@pytest.mark.parametrize("name", TROUBLE)
@pytest.mark.parametrize("sampler", [*EACH, *VARIANTS[:3]], ids=repr)
def test_a_valid_result_or_a_plain_sentence(sampler, name):
    X, y = TROUBLE[name]()
    said = refusal(sampler, name)
    if said is not None:
        with pytest.raises(UserError, match=said):
            sampler.fit_resample(X, y)
        return
    made = clone(sampler)
    X_out, y_out = made.fit_resample(X, y)
    assert type(X_out) is type(X)
    assert type(y_out) is type(y)
    origin, kept = made.origin_, made.origin_ >= 0
    assert X_out.shape[0] == len(y_out) == len(origin)
    assert rows_as_text(X_out, kept) == rows_as_text(X, origin[kept])
    assert (np.asarray(y_out)[kept] == np.asarray(y)[origin[kept]]).all()
    labels, counts = np.unique(np.asarray(y_out), return_counts=True)
    assert len(labels) == 2
    assert counts[0] == counts[1] or (isinstance(made, SMOTEIPF) and "left out" in made.note_)
    assert (made.origin_ < 0).any()
    if isinstance(X, pd.DataFrame):
        assert X_out.dtypes.equals(X.dtypes)
    else:
        assert X_out.dtype == X.dtype


def mixed_table(n_common=60, n_rare=20):
    rng = np.random.default_rng(3)
    n = n_common + n_rare
    frame = pd.DataFrame(
        {
            "x": rng.normal(size=n),
            "z": rng.normal(size=n) * 3,
            "colour": pd.Categorical(rng.choice(list("rgb"), size=n)),
            "flag": rng.random(n) < 0.5,
        }
    )
    frame.loc[rng.random(n) < 0.1, "x"] = np.nan
    return frame, np.repeat(["common", "rare"], [n_common, n_rare])


@pytest.mark.parametrize("sampler", [*EACH, *VARIANTS], ids=repr)
def test_categories_of_a_child_are_those_of_its_parents(sampler):
    frame, y = mixed_table()
    made = clone(sampler)
    X_out, _ = made.fit_resample(frame, y)
    for row in np.flatnonzero(made.origin_ < 0):
        known = made.parents_[row][made.parents_[row] >= 0]
        for column in ("colour", "flag"):
            assert X_out[column].iloc[row] in set(frame[column].iloc[known])


@pytest.mark.parametrize("sampler", [*EACH, *VARIANTS], ids=repr)
def test_no_parent_crosses_a_group(sampler):
    frame, y = mixed_table()
    groups = np.arange(len(y)) % 3
    made = clone(sampler)
    made.fit_resample(frame, y, groups=groups)
    synthetic = made.origin_ < 0
    assert synthetic.any()
    parents = made.parents_[synthetic]
    of_parent = np.where(parents >= 0, groups[parents], groups[parents[:, :1]])
    assert (of_parent == made.groups_[synthetic][:, None]).all()


@pytest.mark.parametrize("sampler", [*EACH, *VARIANTS], ids=repr)
def test_what_other_groups_hold_does_not_reach_a_child(sampler):
    """Numbers of a child lie within what its own group could give, however far the others are."""
    if isinstance(sampler, ROSE):
        pytest.skip("its width is the spread of the class; a child is around one row")
    if isinstance(sampler, SMOTEIPF):
        pytest.skip("its filter sees all rows, and makes none")
    rng = np.random.default_rng(0)
    X = rng.normal(size=(80, 2))
    y = np.repeat(["common", "rare"], [60, 20])
    groups = np.arange(80) % 2
    X[groups == 1] += 1000
    made = clone(sampler)
    X_out, _ = made.fit_resample(X, y, groups=groups)
    synthetic = made.origin_ < 0
    far = X_out[synthetic].mean(axis=1) > 500
    np.testing.assert_array_equal(far, made.groups_[synthetic] == 1)
    assert (np.abs(X_out[synthetic] - np.where(far, 1000, 0)[:, None]) < 20).all()


@pytest.mark.parametrize("sampler", EACH, ids=lambda sampler: type(sampler).__name__)
def test_groups_of_one_row_each(sampler):
    frame, y = mixed_table()
    made = clone(sampler)
    if isinstance(sampler, (ROSE, CCR)):
        made.fit_resample(frame, y, groups=np.arange(len(y)))
        assert (made.origin_ < 0).any()
        return
    with pytest.raises(CannotResample, match="each of its rows has a group of its own"):
        made.fit_resample(frame, y, groups=np.arange(len(y)))


@pytest.mark.parametrize("sampler", EACH, ids=lambda sampler: type(sampler).__name__)
def test_the_order_of_classes_and_an_unused_seed_do_not_matter(sampler):
    rng = np.random.default_rng(5)
    X = rng.normal(size=(70, 3))
    y = np.repeat([0, 1, 2], [40, 18, 12])
    made = clone(sampler).set_params(random_state=4)
    first, _ = made.fit_resample(X, y)
    second, _ = made.fit_resample(X, y)
    other, _ = clone(sampler).set_params(random_state=5).fit_resample(X, y)
    np.testing.assert_array_equal(first, second)
    assert first.shape != other.shape or (first != other).any()


NONSENSE = [
    ("ProWSyn", "theta", -1.0),
    ("ProWSyn", "n_levels", 0),
    ("PolynomFitSMOTE", "topology", "ring"),
    ("PolynomFitSMOTE", "degree", 0),
    ("SMOTEIPF", "n_parts", 1),
    ("SMOTEIPF", "voting", "all"),
    ("SMOTEIPF", "few", 1.5),
    ("RejectionSMOTE", "rejection_level", -0.1),
    ("SMOBD", "eta", 2.0),
    ("SMOBD", "radius", -1.0),
    ("GuidedSMOTE", "n_neighbors", 0),
    ("CCR", "energy", 0.0),
    ("CCR", "cleaning_strategy", "remove"),
    ("AssembledSMOTE", "cosine", "wide"),
    ("AssembledSMOTE", "min_cluster", 0),
    ("MWMOTE", "k3", 0),
    ("MWMOTE", "cluster_factor", 0.0),
    ("GeometricSMOTE", "truncation_factor", 1.1),
    ("GeometricSMOTE", "deformation_factor", True),
    ("GeometricSMOTE", "selection_strategy", "both"),
    ("SafeLevelSMOTE", "k_neighbors", 1.5),
    ("ROSE", "shrinkage", np.nan),
    ("ROSE", "standardize", 1),
]


@pytest.mark.parametrize(("kind", "name", "value"), NONSENSE)
def test_parameters_that_make_no_sense(kind, name, value):
    X, y = mixed_table()
    sampler = next(clone(each) for each in EACH if type(each).__name__ == kind)
    with pytest.raises(BadOption, match=f"The '{name}' parameter of {kind} must be .* Got {value!r} instead"):
        sampler.set_params(**{name: value}).fit_resample(X, y)
