"""Learners on full and condensed tables, and the figures beside scikit-learn's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.dummy import DummyClassifier
from sklearn.metrics import accuracy_score, f1_score, recall_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from steelyard.errors import BadOption, CannotEvaluate
from steelyard.evaluate.condensation_report import condensation_report, decision_figures


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abcd")), min_size=1, max_size=30))
def test_figures_are_those_of_scikit_learn(pairs):
    y, predicted = (np.array(side) for side in zip(*pairs, strict=True))
    found, there = decision_figures(y, predicted), np.unique(y)
    assert found["accuracy"] == pytest.approx(accuracy_score(y, predicted))
    f1 = f1_score(y, predicted, labels=there, average="macro", zero_division=0)
    assert found["macro F1"] == pytest.approx(f1)
    recall = recall_score(y, predicted, labels=there, average=None, zero_division=0)
    assert found["worst recall"] == pytest.approx(recall.min())


def tables():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(400, 2)), np.arange(400) % 4 // 3
    X[y == 1] += 2
    return (X[:300], y[:300]), (X[300:], y[300:])


def test_every_learner_meets_every_table_and_is_left_as_it_was():
    full, test = tables()
    learners = {"tree": DecisionTreeClassifier(random_state=0), "near": KNeighborsClassifier(1)}
    report = condensation_report(full, {"some": (full[0][:40], full[1][:40])}, learners, test)
    assert [(entry.table, entry.learner, entry.rows) for entry in report.entries] == [
        ("full", "tree", 300),
        ("some", "tree", 40),
        ("full", "near", 300),
        ("some", "near", 40),
    ]
    assert not hasattr(learners["tree"], "tree_")
    full_f1, some_f1 = (report.figure(name, "tree", "macro F1") for name in ("full", "some"))
    assert full_f1 == f1_score(
        test[1], DecisionTreeClassifier(random_state=0).fit(*full).predict(test[0]), average="macro"
    )
    assert report.entries[1].recovered["macro F1"] == pytest.approx(some_f1 / full_f1)
    assert report.entries[0].recovered is None
    assert str(report).splitlines()[0].split() == [
        "table",
        "learner",
        "rows",
        "accuracy",
        "macro",
        "F1",
        "worst",
        "recall",
    ]
    with pytest.raises(KeyError, match="nothing was measured"):
        report.figure("none", "tree", "accuracy")


def test_weights_reach_the_learner():
    _, test = tables()
    X, y = np.zeros((3, 2)), np.array([0, 0, 1])
    learner = {"most": DummyClassifier(strategy="most_frequent")}
    plain = condensation_report(None, {"c": (X, y)}, learner, test)
    heavy = condensation_report(None, {"c": (X, y, [1, 1, 9])}, learner, test)
    assert plain.figure("c", "most", "accuracy") == 0.75
    assert heavy.figure("c", "most", "accuracy") == 0.25
    assert heavy.entries[0].recovered is None


def test_what_cannot_be_reported_is_refused():
    full, test = tables()
    with pytest.raises(BadOption, match="'learners' parameter"):
        condensation_report(full, {}, {}, test)
    with pytest.raises(CannotEvaluate, match="no row to test on"):
        condensation_report(full, {}, {"t": DecisionTreeClassifier()}, (full[0][:0], full[1][:0]))
    with pytest.raises(BadOption, match="KNeighborsClassifier takes no sample_weight"):
        condensation_report(None, {"c": (*full, np.ones(300))}, {"k": KNeighborsClassifier()}, test)
