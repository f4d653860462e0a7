"""scikit-learn's and imbalanced-learn's own checks of the condensers, searches over their parameters."""

import warnings

import imblearn.pipeline
import pytest
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.utils.estimator_checks import parametrize_with_checks

from checks_of_imblearn import IMBALANCED_LEARN
from steelyard.balance.condense import ClassAdaptiveClustering, Herding, KCenter, RandomRows

EACH = [
    ClassAdaptiveClustering(random_state=0),
    ClassAdaptiveClustering(random_state=0, emit="centroid", search="hfils"),
    Herding(),
    KCenter(),
    RandomRows(random_state=0),
]


@parametrize_with_checks(EACH)
def test_scikit_learn_agrees(estimator, check):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(estimator)


@pytest.mark.parametrize("check", IMBALANCED_LEARN, ids=lambda check: check.__name__)
@pytest.mark.parametrize("sampler", EACH, ids=repr)
def test_imbalanced_learn_agrees(sampler, check):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(type(sampler).__name__, clone(sampler))


@pytest.mark.parametrize("sampler", EACH, ids=repr)
def test_inside_imbalanced_learns_pipeline_and_a_grid_search(sampler):
    X, y = make_classification(120, weights=[0.8], random_state=0)
    pipeline = imblearn.pipeline.Pipeline([("sample", sampler), ("learn", LogisticRegression())])
    search = GridSearchCV(pipeline, {"sample__budget": [0.2, 40, "auto"]}, cv=2).fit(X, y)
    assert search.best_estimator_.predict(X).shape == (120,)
    fitted = search.best_estimator_.named_steps["sample"]
    assert sum(fitted.allocation_.values()) == fitted.origin_.size < 120


@pytest.mark.parametrize("sampler", EACH, ids=repr)
def test_no_rows_are_kept_in_the_fitted_sampler(sampler):
    """A saved model must not carry the table along."""
    X, y = make_classification(120, 7, weights=[0.8], random_state=0)
    made = clone(sampler)
    made.fit_resample(X, y)
    assert not any(getattr(value, "shape", ())[1:] == (7,) for value in vars(made).values())
    record = clone(sampler).resample(X, y)
    assert len(record.X) == len(record.y) == len(record.parents)
