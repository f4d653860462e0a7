"""What all samplers share: the contract, scikit-learn's and imbalanced-learn's own checks, pipelines."""

import warnings

import imblearn.pipeline
import numpy as np
import pytest
import sklearn
from imblearn.utils import estimator_checks as theirs
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.utils.estimator_checks import parametrize_with_checks

from checks_of_imblearn import IMBALANCED_LEARN
from steelyard.balance import (
    SMOTE,
    SMOTEENN,
    AllKNN,
    ClusterCentroids,
    CondensedNearestNeighbour,
    EditedNearestNeighbours,
    InstanceHardnessThreshold,
    NearMiss,
    NeighbourhoodCleaningRule,
    OneSidedSelection,
    RandomOverSampler,
    RandomUnderSampler,
    RepeatedEditedNearestNeighbours,
    Selector,
    SMOTETomek,
    TomekLinks,
    check_sampler,
    samplers,
)

SAMPLERS = [
    RandomOverSampler(random_state=0),
    RandomUnderSampler(random_state=0),
    RandomUnderSampler(random_state=0, replacement=True),
    SMOTE(random_state=0),
    SMOTE(random_state=0, k_neighbors=1),
    TomekLinks(),
    TomekLinks(sampling_strategy="all"),
    EditedNearestNeighbours(),
    EditedNearestNeighbours(kind_sel="mode", n_neighbors=5, n_jobs=2),
]
STANDARDISED = [
    SMOTE(standardize=True),
    TomekLinks(standardize=True),
    EditedNearestNeighbours(standardize=True),
]
# Promises that a sampler rightly does not keep.
EXCUSED = [
    (CondensedNearestNeighbour(random_state=0), ["any labels"]),  # its first rows go by the class's name
    (CondensedNearestNeighbour(random_state=0, n_neighbors=3), ["any labels"]),
    (NearMiss(), []),
    (NearMiss(version=2), []),
    (NearMiss(version=3, n_neighbors_ver3=9), ["class counts"]),  # only what the first step found
    (InstanceHardnessThreshold(random_state=0, cv=2), ["class counts"]),  # ties stay
    (ClusterCentroids(random_state=0), []),
    (ClusterCentroids(random_state=0, voting="hard"), []),
    (SMOTEENN(random_state=0), ["class counts", "any labels"]),  # cleaned after it was balanced
    (SMOTETomek(random_state=0), ["class counts"]),
]
EACH = [
    RandomOverSampler(random_state=0),
    RandomUnderSampler(random_state=0),
    SMOTE(random_state=0),
    TomekLinks(),
    EditedNearestNeighbours(),
    RepeatedEditedNearestNeighbours(),
    AllKNN(),
    NeighbourhoodCleaningRule(),
    OneSidedSelection(random_state=0),
    CondensedNearestNeighbour(random_state=0),
    NearMiss(),
    NearMiss(version=2),
    NearMiss(version=3),
    InstanceHardnessThreshold(random_state=0, cv=2),
    ClusterCentroids(random_state=0, voting="hard"),
    SMOTEENN(random_state=0),
    SMOTETomek(random_state=0),
]
# These are tried by the same checks in files of their own.
ELSEWHERE = (
    "steelyard.balance.over.",
    "steelyard.balance.condense.",
    "steelyard.balance.clean.big_jump",
    "steelyard.balance.combine.big_jump_omrp",
)


def test_every_sampler_is_tried():
    tried = {type(sampler) for sampler in EACH}
    ours = {kind for name, kind in samplers().items() if not name.startswith("imblearn:")}
    assert {kind for kind in ours - tried if not kind.__module__.startswith(ELSEWHERE)} == set()


@pytest.mark.parametrize(("sampler", "skip"), EXCUSED, ids=repr)
def test_every_promise_is_kept_but_for_the_excused(sampler, skip):
    check_sampler(sampler, skip=skip)


@pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
def test_every_promise_is_kept(sampler):
    check_sampler(sampler)


@pytest.mark.parametrize("sampler", STANDARDISED, ids=repr)
def test_every_promise_is_kept_on_standardised_columns(sampler):
    # A class far away changes the spread of the table, and so which rows are near.
    check_sampler(sampler, skip=["independent classes"])


@parametrize_with_checks(EACH)
def test_scikit_learn_agrees(estimator, check):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(estimator)


@pytest.mark.parametrize("check", IMBALANCED_LEARN, ids=lambda check: check.__name__)
@pytest.mark.parametrize("sampler", EACH, ids=lambda sampler: type(sampler).__name__)
def test_imbalanced_learn_agrees(sampler, check):
    if isinstance(sampler, ClusterCentroids) and check is theirs.check_samplers_sparse:
        pytest.skip("k-means centres dense tables only, so a sparse one of the same rows gets other draws")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(type(sampler).__name__, clone(sampler))


@pytest.mark.parametrize("sampler", EACH, ids=repr)
def test_inside_imbalanced_learns_pipeline_and_a_grid_search(sampler):
    X, y = make_classification(120, weights=[0.8], random_state=0)
    pipeline = imblearn.pipeline.Pipeline([("sample", sampler), ("learn", LogisticRegression())])
    search = GridSearchCV(pipeline, {"sample__sampling_strategy": ["auto", "all"]}, cv=2).fit(X, y)
    assert search.best_estimator_.predict(X).shape == (120,)
    fitted = search.best_estimator_.named_steps["sample"]
    assert fitted.origin_.shape[0] != 120 or fitted.note_


def test_groups_reach_the_sampler_by_metadata_routing():
    X, y = make_classification(120, weights=[0.8], random_state=0)
    groups = np.arange(120) % 3
    with sklearn.config_context(enable_metadata_routing=True):
        sampler = SMOTE(random_state=0).set_fit_resample_request(groups=True).set_fit_request(groups=True)
        pipeline = imblearn.pipeline.Pipeline([("sample", sampler), ("learn", LogisticRegression())])
        pipeline.fit(X, y, groups=groups)
    made = pipeline.named_steps["sample"]
    parents = made.parents_[made.origin_ < 0]
    assert (groups[parents[:, 0]] == groups[parents[:, 1]]).all()


@pytest.mark.parametrize("sampler", [s for s in EACH if isinstance(s, Selector)], ids=repr)
def test_select_gives_the_rows_of_fit_resample(sampler):
    X, y = make_classification(120, weights=[0.8], random_state=0)
    seeded = clone(sampler)
    if "random_state" in seeded.get_params():
        seeded.set_params(random_state=3)
    X_out, _ = clone(seeded).fit_resample(X, y)
    rows = seeded.select(X, y)
    np.testing.assert_array_equal(X_out, X[rows])
    np.testing.assert_array_equal(seeded.sample_indices_, rows)


@pytest.mark.parametrize("sampler", EACH, ids=repr)
def test_the_record_says_what_the_attributes_say(sampler):
    X, y = make_classification(120, weights=[0.8], random_state=0)
    made = clone(sampler)
    record = made.resample(X, y)
    assert record.method == type(sampler).__name__
    assert record.prior_before == made.prior_before_
    np.testing.assert_array_equal(record.origin, made.origin_)
    assert len(record.X) == len(record.y) == len(record.parents)


@pytest.mark.parametrize("sampler", EACH, ids=repr)
def test_no_rows_are_kept_in_the_fitted_sampler(sampler):
    """A saved model must not carry the table along."""
    X, y = make_classification(120, 7, weights=[0.8], random_state=0)
    made = clone(sampler)
    made.fit_resample(X, y)
    assert not any(getattr(value, "shape", ())[1:] == (7,) for value in vars(made).values())


@pytest.mark.parametrize("sampler", EACH[:3], ids=repr)
def test_nothing_to_do_is_said(sampler):
    X, y = make_classification(60, random_state=0)
    y = np.arange(60) % 2
    made = clone(sampler)
    X_out, _ = made.fit_resample(X, y)
    assert made.note_ == "nothing to do: every class has the rows asked for"
    np.testing.assert_array_equal(X_out, X)


def test_weights_that_are_all_lost_are_refused():
    with pytest.raises(ValueError, match="kept only rows whose sample_weight is 0"):
        RandomUnderSampler(sampling_strategy={"a": 0}, random_state=0).fit_resample(
            np.zeros((4, 1)), ["a", "a", "b", "b"], sample_weight=[1, 1, 0, 0]
        )


@pytest.mark.parametrize(
    ("weight", "said"),
    [
        ([1, 2], "must have shape"),
        ([1, np.nan, 1, 1], "finite"),
        ([-1, 1, 1, 1], "finite"),
        ([0] * 4, "zero"),
    ],
)
def test_weights_that_make_no_sense_are_refused(weight, said):
    with pytest.raises(ValueError, match=said):
        RandomUnderSampler().fit_resample(np.zeros((4, 1)), ["a", "a", "a", "b"], sample_weight=weight)
