import math

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression

from steelyard.errors import BadOption
from steelyard.explain import row_reasons
from steelyard.kernels.rng import child


class Rule(ClassifierMixin, BaseEstimator):
    """Certain of the rare class for red things, never else."""

    classes_ = np.array(["common", "rare"])

    def predict_proba(self, X):
        red = (X["colour"] == "red").to_numpy().astype(float)
        return np.column_stack([1 - red, red])

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


def things(n=200):
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {"colour": rng.choice(["red", "blue"], size=n, p=[0.1, 0.9]), "x": rng.normal(size=n)}
    )


def logit(p):
    return math.log(p / (1 - p))


def test_equals_a_plain_loop():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(150, 3))
    model = LogisticRegression().fit(X, X[:, 0] - X[:, 2] > 1)
    rows = X[:4]
    found = row_reasons(model, rows, X, samples=20, top=3)
    drawn = child(0, "reasons").permutation(150)[:20]

    def smooth(p):
        return (p * 150 + 1) / 152

    for row, reasons in zip(rows, found, strict=True):
        before = model.predict_proba(row[None])[0, 1]
        assert reasons["proba"] == pytest.approx(before)
        for reason in reasons["reasons"]:
            total = 0.0
            for other in drawn:
                changed = row.copy()
                changed[reason["column"]] = X[other, reason["column"]]
                total += model.predict_proba(changed[None])[0, 1]
            assert reason["effect"] == pytest.approx(logit(smooth(before)) - logit(smooth(total / 20)))


def test_what_the_rule_looks_at_is_the_reason_and_certainty_stays_finite():
    reference = things()
    rows = pd.DataFrame({"colour": ["red", "blue"], "x": [0.0, 9.9]}, index=[70, 71])
    red, blue = row_reasons(Rule(), rows, reference)
    assert red["decided"] == "rare"
    assert red["reasons"][0]["column"] == "colour"
    assert red["reasons"][0]["value"] == "red"
    assert 3 < red["reasons"][0]["effect"] < 12
    assert red["reasons"][1]["effect"] == 0
    assert blue["reasons"][0]["effect"] < 0


def test_the_strongest_first_and_no_more_than_asked():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 8))
    model = LogisticRegression().fit(X, X @ np.arange(8) > 8)
    found = row_reasons(model, X[:3], X, top=4)
    for one in found:
        sizes = [abs(reason["effect"]) for reason in one["reasons"]]
        assert len(sizes) == 4
        assert sizes == sorted(sizes, reverse=True)


def test_turning_the_class_round_turns_the_effects_round():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 3))
    model = LogisticRegression().fit(X, np.where(X[:, 0] > 1, "rare", "common"))
    rare, common = (row_reasons(model, X[:2], X, positive=label) for label in ("rare", "common"))
    for one, other in zip(rare, common, strict=True):
        assert [r["effect"] for r in one["reasons"]] == pytest.approx(
            [-r["effect"] for r in other["reasons"]]
        )


def test_values_are_plain_and_missing_ones_are_none():
    reference = things()
    rows = reference.iloc[:1].copy()
    rows["x"] = np.nan
    values = {r["column"]: r["value"] for r in row_reasons(Rule(), rows, reference)[0]["reasons"]}
    assert values["x"] is None
    assert isinstance(values["colour"], str)


def test_what_makes_no_sense():
    X = np.random.default_rng(0).normal(size=(60, 2))
    three = LogisticRegression().fit(X, np.arange(60) % 3)
    with pytest.raises(BadOption, match="more than two classes"):
        row_reasons(three, X[:1], X)
    with pytest.raises(BadOption, match="There is no class 7"):
        row_reasons(three, X[:1], X, positive=7)
    with pytest.raises(BadOption, match="reference rows, got none"):
        row_reasons(three, X[:1], X[:0], positive=1)
