import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, balanced_accuracy_score
from sklearn.model_selection import GridSearchCV, cross_validate

from steelyard.errors import BadOption
from steelyard.metrics import METRICS, scorer


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 3))
    y = np.where(X[:, 0] + rng.normal(size=300) > 1.5, "fraud", "ok")
    return pd.DataFrame(X), y


def test_values(data):
    X, y = data
    model = LogisticRegression().fit(X, y)
    proba = model.predict_proba(X)[:, 0]
    assert scorer("average_precision")(model, X, y) == pytest.approx(
        average_precision_score(y == "fraud", proba)
    )
    assert scorer("balanced_accuracy")(model, X, y) == pytest.approx(
        balanced_accuracy_score(y, model.predict(X))
    )
    assert scorer("log_loss")(model, X, y) < 0
    cost = [[0, 20], [1, 0]]
    paid = scorer("expected_cost", cost=cost)(model, X, y)
    missed, alarmed = (y == "fraud") & (model.predict(X) == "ok"), (y == "ok") & (model.predict(X) == "fraud")
    assert paid == pytest.approx(-(20 * missed.sum() + alarmed.sum()) / len(y))
    weight = np.random.default_rng(0).random(len(y))
    assert scorer("average_precision", positive="fraud")(model, X, y, sample_weight=weight) == pytest.approx(
        average_precision_score(y == "fraud", proba, sample_weight=weight)
    )


def test_works_inside_scikit_learn(data):
    X, y = data
    told = {"cost": 1 - np.eye(2), "positive": "fraud", "k": 0.1}
    found = cross_validate(
        LogisticRegression(), X, y, cv=3, scoring={name: scorer(name, **told) for name in METRICS}
    )
    for name in METRICS:
        assert np.isfinite(found[f"test_{name}"]).all()
    search = GridSearchCV(LogisticRegression(), {"C": [0.01, 1.0]}, scoring=scorer("brier"), cv=3).fit(X, y)
    assert search.best_score_ < 0


def test_a_fold_may_lack_a_class(data):
    X, y = data
    model = LogisticRegression().fit(X, y)
    kept = y == "ok"
    assert np.isnan(scorer("average_precision", positive="fraud")(model, X[kept], y[kept]))
    assert scorer("balanced_accuracy")(model, X[kept], y[kept]) == (model.predict(X[kept]) == "ok").mean()


def test_survives_pickling_and_prints():
    one = scorer("precision_at_k", k=200, positive="fraud")
    assert repr(pickle.loads(pickle.dumps(one))) == "scorer('precision_at_k', positive='fraud', k=200)"


def test_bad_names():
    with pytest.raises(BadOption, match=r"no metric 'averge_precision'\. Did you mean 'average_precision'"):
        scorer("averge_precision")
    with pytest.raises(BadOption, match="needs cost"):
        scorer("expected_cost")
    model = DummyClassifier().fit([[0], [0]], ["a", "b"])
    with pytest.raises(BadOption, match="is not among the labels"):
        scorer("accuracy")(model, [[0]], ["c"])
