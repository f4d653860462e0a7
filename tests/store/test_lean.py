"""Samplers are left out fitted, everything else is the same, and nothing given is touched."""

import numpy as np
from imblearn.ensemble import BalancedBaggingClassifier
from imblearn.over_sampling import SMOTE
from imblearn.pipeline import make_pipeline
from sklearn.linear_model import LogisticRegression

from steelyard.store.lean import lean

X = np.arange(40.0).reshape(20, 2)
Y = np.array([0] * 14 + [1] * 6)


def test_a_model_without_samplers_is_the_same_object():
    model = LogisticRegression().fit(X, Y)
    assert lean(model) is model


def test_only_the_samplers_change():
    model = make_pipeline(SMOTE(k_neighbors=3, random_state=0), LogisticRegression()).fit(X, Y)
    made = lean(model)
    assert made is not model
    assert made[1] is model[1]
    assert made[0].get_params() == model[0].get_params()
    assert hasattr(model[0], "nn_k_")
    assert not hasattr(made[0], "nn_k_")
    np.testing.assert_array_equal(made.predict_proba(X), model.predict_proba(X))


def test_samplers_deep_inside_an_ensemble():
    model = BalancedBaggingClassifier(n_estimators=2, random_state=0).fit(X, Y)
    made = lean(model)
    assert all(hasattr(inner[0], "sample_indices_") for inner in model.estimators_)
    assert not any(hasattr(inner[0], "sample_indices_") for inner in made.estimators_)
    np.testing.assert_array_equal(made.predict_proba(X), model.predict_proba(X))
