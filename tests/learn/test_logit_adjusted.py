"""Post-hoc logit adjustment: equal to the prior correction at tau 1, and what it buys and costs."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, balanced_accuracy_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks

from steelyard.errors import BadOption, BadTarget
from steelyard.learn.logit_adjusted import LogitAdjusted
from steelyard.learn.prior_correction import PriorCorrected

NAMES = np.array(["common", "rare", "rarest"])


@parametrize_with_checks([LogitAdjusted(LogisticRegression())])
def test_scikit_learn_accepts_it(estimator, check):
    check(estimator)


def mixture(n=3000, seed=0):
    rng = np.random.default_rng(seed)
    codes = rng.choice(3, n, p=[0.9, 0.08, 0.02])
    return rng.normal(size=(n, 2)) + 1.6 * np.eye(3)[codes][:, :2], NAMES[codes]


def test_tau_1_is_the_prior_correction_to_equal_shares():
    X, y = mixture()
    adjusted = LogitAdjusted(LogisticRegression()).fit(X, y).predict_proba(X)
    shares = dict.fromkeys(NAMES, 1 / 3)
    corrected = PriorCorrected(LogisticRegression(), trained_prior=None, prior=shares).fit(X, y)
    np.testing.assert_allclose(adjusted, corrected.predict_proba(X), rtol=1e-9)


def test_a_target_prior_is_the_prior_correction_to_it_even_where_trees_say_0():
    X, y = mixture()
    shares = {"common": 0.5, "rare": 0.5, "rarest": 0.0}
    adjusted = LogitAdjusted(DecisionTreeClassifier(random_state=0), target_prior=shares).fit(X, y)
    corrected = PriorCorrected(DecisionTreeClassifier(random_state=0), trained_prior=None, prior=shares)
    expected = corrected.fit(X, y).predict_proba(X)
    assert (adjusted.estimator_.predict_proba(X) == np.eye(3)[2]).all(axis=1).any()  # all it allows is gone
    np.testing.assert_allclose(adjusted.predict_proba(X), expected, rtol=1e-9)


def test_balanced_accuracy_rises_and_plain_accuracy_pays():
    X, y = mixture()
    test_X, test_y = mixture(seed=1)
    plain = LogisticRegression().fit(X, y)
    adjusted = LogitAdjusted(LogisticRegression()).fit(X, y)
    before, after = plain.predict(test_X), adjusted.predict(test_X)
    assert balanced_accuracy_score(test_y, after) > balanced_accuracy_score(test_y, before) + 0.1
    assert accuracy_score(test_y, after) < accuracy_score(test_y, before)


def test_tau_0_changes_nothing():
    X, y = mixture(300)
    model = LogitAdjusted(LogisticRegression(), tau=0.0).fit(X, y)
    np.testing.assert_allclose(model.predict_proba(X), model.estimator_.predict_proba(X), rtol=1e-9)


def test_a_frozen_estimator_is_left_as_it_is_and_keeps_its_classes():
    X, y = mixture()
    fitted = LogisticRegression().fit(X, y)
    frozen = LogitAdjusted(FrozenEstimator(fitted)).fit(X[:500], y[:500])
    assert frozen.classes_.tolist() == NAMES.tolist()
    np.testing.assert_array_equal(frozen.estimator_.coef_, fitted.coef_)
    counts = pd.Series(y[:500]).value_counts()[NAMES].to_numpy()
    np.testing.assert_allclose(frozen.log_prior_, np.log(counts / 500))
    weights = np.where(y[:500] == "rarest", 5.0, 1.0)
    weighted = clone(frozen).fit(X[:500], y[:500], sample_weight=weights)
    assert weighted.log_prior_[2] > frozen.log_prior_[2]


def test_a_given_prior_is_taken_and_its_constant_does_not_matter():
    X, y = mixture(500)
    one = LogitAdjusted(LogisticRegression(), log_prior=[2.0, 1.0, 0.0]).fit(X, y).predict_proba(X)
    other = LogitAdjusted(LogisticRegression(), log_prior=[7.0, 6.0, 5.0]).fit(X, y).predict_proba(X)
    np.testing.assert_allclose(one, other, rtol=1e-9)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"tau": -1.0}, "'tau' parameter of LogitAdjusted"),
        ({"log_prior": [0.0, 1.0]}, "'log_prior' parameter of LogitAdjusted"),
        ({"log_prior": [0.0, 1.0, -np.inf]}, "one finite number"),
        ({"log_prior": "counts"}, "'log_prior' parameter of LogitAdjusted"),
        ({"target_prior": {"common": 1.0}}, "one share for each"),
        ({"target_prior": [0.5, 0.2, 0.2]}, "summing to 1"),
    ],
)
def test_parameters_that_make_no_sense(settings, told):
    X, y = mixture(500)
    with pytest.raises(BadOption, match=told):
        LogitAdjusted(LogisticRegression(), **settings).fit(X, y)


def test_a_class_that_only_one_side_knows():
    X, y = mixture()
    fitted = FrozenEstimator(LogisticRegression().fit(X, y))
    known = y != "rarest"
    with pytest.raises(BadTarget, match=r"\['rarest'\] have no row in y"):
        LogitAdjusted(fitted).fit(X[known], y[known])
    with pytest.raises(BadTarget, match=r"does not know: \['new'\]"):
        LogitAdjusted(fitted).fit(X, np.where(known, y, "new"))


def test_weights_are_not_dropped_in_silence():
    X, y = mixture(300)
    with pytest.raises(BadOption, match="KNeighborsClassifier takes no sample_weight"):
        LogitAdjusted(KNeighborsClassifier()).fit(X, y, sample_weight=np.ones(300))
