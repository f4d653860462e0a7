import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline

from steelyard.data import TablePreparer
from steelyard.decide.fit_parameters import fit_parameters

FACTS = {"sample_weight": np.ones(3), "groups": np.arange(3)}


def test_what_an_estimator_cannot_take_is_left_out():
    assert list(fit_parameters(LogisticRegression(), **FACTS)) == ["sample_weight"]
    assert fit_parameters(KNeighborsClassifier(), **FACTS) == {}
    assert fit_parameters(LogisticRegression(), sample_weight=None) == {}


def test_each_step_gets_what_it_takes():
    steps = Pipeline([("prepare", TablePreparer()), ("learn", LogisticRegression())])
    assert list(fit_parameters(steps, **FACTS)) == ["prepare__groups", "learn__sample_weight"]


def test_pipelines_in_pipelines_and_steps_left_out():
    inner = Pipeline([("skip", "passthrough"), ("learn", LogisticRegression())])
    outer = Pipeline([("nothing", None), ("rest", inner)])
    assert list(fit_parameters(outer, **FACTS)) == ["rest__learn__sample_weight"]
