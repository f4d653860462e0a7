"""Exposure of rare classes: real tables, the closed form against a learner that votes, clean test rows."""

import dataclasses
import json

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from steelyard.data import load
from steelyard.errors import BadOption, CannotEvaluate
from steelyard.evaluate.exposure import exposure
from steelyard.evaluate.exposure_curve import flips_to_break
from steelyard.records import Dataset


@pytest.fixture(scope="module")
def glass():
    return load("glass", rare="drop")


def two_regions(common=90, rare=40, mixed=0):
    """Rare rows around 5, common ones around 0; ``mixed`` common ones lie among the rare."""
    x = np.r_[np.zeros(common), np.full(rare, 5.0), np.full(mixed, 5.0)]
    y = np.r_[np.repeat("ok", common), np.repeat("fraud", rare), np.repeat("ok", mixed)]
    return Dataset(x[:, None], y)


@pytest.mark.parametrize("mixed", [0, 10, 20])
def test_a_learner_that_votes_breaks_where_the_closed_form_says(mixed):
    data = two_regions(mixed=mixed)
    rows = 40
    broken = flips_to_break(rows, mixed, rows)
    for flips, found in ((broken - 1, True), (broken, False)):
        y = data.y.copy()
        y[np.flatnonzero(y == "fraud")[:flips]] = "ok"
        vote = DecisionTreeClassifier().fit(data.X, y)
        lead = 2 * flips != rows - mixed  # a tie is anyone's
        assert not lead or (vote.predict([[5.0]])[0] == "fraud") == found


@pytest.mark.parametrize(("own", "foreign"), [(0, 0), (3, 3), (3, 9)])
def test_a_class_without_a_majority_needs_no_flip(own, foreign):
    assert flips_to_break(own, foreign, 50) == 0


def test_breaking_shows_in_the_curve_between_the_shares():
    learner, data = DecisionTreeClassifier(random_state=0), two_regions()
    found = exposure(learner, data, shares=(0.25, 0.4, 0.7), seeds=2, metric="balanced_accuracy")
    (curve,) = found.curves
    assert (curve.target, curve.to, curve.rows, curve.flips_to_break) == ("fraud", "ok", 40, 21)
    assert [point.recall.mean for point in curve.points] == [1.0, 1.0, 0.0]
    assert [point.asr.mean for point in curve.points] == [0.0, 0.0, 1.0]
    assert curve.points[2].lift.mean == 1.0
    assert curve.broken_at == 0.7
    assert curve.flips == 21
    assert curve.points[2].noticed
    assert not curve.points[0].noticed
    assert curve.clean.balanced_accuracy.mean == 1.0


@pytest.mark.parametrize(
    ("counted", "broken_at", "flips", "basis"),
    [
        (0, None, 0, "counted"),
        (21, None, 21, "counted"),
        (5, None, 16, "more than"),  # 16 of 40 were flipped and it held
        (5, 0.7, 28, "measured"),
        (21, 0.7, 21, "counted"),
        (35, 0.7, 28, "measured"),
        (21, 0.25, 10, "measured"),
    ],
)
def test_what_was_tried_beats_the_count(counted, broken_at, flips, basis):
    learner = DecisionTreeClassifier(random_state=0)
    (curve,) = exposure(learner, two_regions(), shares=(0.25, 0.4, 0.7), seeds=1).curves
    points = curve.points if broken_at else curve.points[:2]
    made = dataclasses.replace(curve, points=points, flips_to_break=counted, broken_at=broken_at)
    assert (made.flips, made.basis) == (flips, basis)


def test_a_metric_that_ranks_does_not_notice_a_class_that_is_never_named_any_more():
    (curve,) = exposure(DecisionTreeClassifier(), two_regions(), shares=(0.7,), seeds=2).curves
    assert curve.points[0].recall.mean == 0.0
    assert curve.points[0].metric.mean == 1.0
    assert not curve.points[0].noticed
    assert curve.points[0].accuracy_noticed


@pytest.mark.parametrize(
    ("metric", "accuracy", "told"),
    [
        (True, True, "both average precision and accuracy would show it."),
        (False, False, "neither average precision nor accuracy would show it."),
        (True, False, "average precision would show it, accuracy would not."),
        (False, True, "accuracy would show it, average precision would not."),
    ],
)
def test_the_sentence_says_which_figure_would_show_it(metric, accuracy, told):
    found = exposure(GaussianNB(), two_regions(), shares=(0.25,), seeds=1)
    (curve,) = found.curves
    point = dataclasses.replace(curve.points[0], noticed=metric, accuracy_noticed=accuracy)
    made = dataclasses.replace(found, curves=(dataclasses.replace(curve, points=(point,)),))
    assert made.sentence.endswith(told)


def test_the_three_rarest_of_a_real_table_and_the_sentence(glass):
    found = exposure(GaussianNB(), glass, seeds=1)
    order = list(glass.counts)[::-1]
    assert [curve.target for curve in found.curves] == [c for c in order if glass.counts[c] >= 8][:3]
    most = found.most_exposed
    assert most.flips == min(curve.flips for curve in found.curves)
    assert found.sentence.startswith(f"Most exposed is {most.target}:")
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert plain["sentence"] == found.sentence
    assert plain["most_exposed"] == most.target


def test_the_same_numbers_for_any_number_of_workers_and_again(glass):
    once = exposure(GaussianNB(), glass, seeds=2, shares=(0.25,), jobs=1)
    assert exposure(GaussianNB(), glass, seeds=2, shares=(0.25,), jobs=2).to_dict() == once.to_dict()
    assert exposure(GaussianNB(), glass, seeds=2, shares=(0.25,), random_state=1).to_dict() != once.to_dict()


class Remembers(ClassifierMixin, BaseEstimator):
    """Says 'ok' always, and keeps what it was fitted and asked on."""

    seen = []

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        Remembers.seen.append((X[:, 0].tolist(), list(y)))
        return self

    def predict_proba(self, X):
        Remembers.seen.append((X[:, 0].tolist(), None))
        return np.eye(self.classes_.size)[np.full(len(X), list(self.classes_).index("ok"))]


def test_whole_groups_are_kept_apart_and_test_rows_are_never_touched():
    n = 120
    y = np.where(np.arange(n) % 4 == 0, "fraud", "ok")
    data = Dataset(np.arange(n)[:, None], y, groups=np.arange(n) // 6)
    Remembers.seen.clear()
    exposure(Remembers(), data, seeds=2, shares=(0.2, 0.5))
    pairs = list(zip(Remembers.seen[::2], Remembers.seen[1::2], strict=True))
    assert len(pairs) == 2 * 3
    for (train, labels), (test, _) in pairs:
        assert not {row // 6 for row in train} & {row // 6 for row in test}
        changed = [row for row, label in zip(train, labels, strict=True) if y[row] != label]
        assert {y[row] for row in changed} <= {"fraud"}
    assert max(sum(y[r] != t for r, t in zip(*fit, strict=True)) for fit, _ in pairs) > 0


def test_a_baseline_is_no_success_of_the_attack():
    data = two_regions()
    (curve,) = exposure(Remembers(), data, seeds=1, shares=(0.25,)).curves
    assert curve.clean.asr.mean == curve.points[0].asr.mean == 1.0
    assert curve.points[0].lift.mean == 0.0
    assert curve.flips == 0


def test_all_labels_but_few_may_go():
    found = exposure(DecisionTreeClassifier(), two_regions(rare=8), shares=(0.99,), seeds=1)
    assert found.curves[0].points[0].recall.mean == 0.0


def test_time_is_split_forwards_and_noise_comes_from_test_rows():
    data = two_regions()
    data = dataclasses.replace(data, time=np.argsort(np.argsort(np.arange(len(data)) * 7 % len(data))))
    found = exposure(DecisionTreeClassifier(), data, seeds=3, shares=(0.25,))
    assert "from" in found.split
    assert "draws" in found.noise_how


def test_a_cap_on_rows_is_told_and_keeps_the_rare_ones():
    found = exposure(GaussianNB(), two_regions(common=900), max_rows=200, seeds=1, shares=(0.25,))
    assert found.rows_used < 240
    assert found.curves[0].rows == 40
    assert found.curves[0].train_rows + found.curves[0].test_rows == 30
    assert "of 940 rows" in found.notes[0]


def test_named_classes_and_a_metric_of_prices():
    data = two_regions()
    cost = np.array([[0.0, 10.0], [1.0, 0.0]])
    found = exposure(
        DecisionTreeClassifier(), data, classes={"fraud": "ok"}, cost=cost, seeds=1, shares=(0.7,)
    )
    assert found.metric == "expected_cost"
    assert found.curves[0].points[0].fall > 0
    (curve,) = exposure(DecisionTreeClassifier(), data, classes=["ok"], seeds=1, shares=(0.25,)).curves
    assert (curve.target, curve.to) == ("ok", "fraud")


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ({"shares": ()}, "shares"),
        ({"shares": (1.0,)}, "shares"),
        ({"shares": (0.0,)}, "shares"),
        ({"seeds": 0}, "seeds"),
        ({"classes": ["none"]}, "no class 'none'"),
        ({"classes": {"fraud": "fraud"}}, "cannot be flipped"),
        ({"metric": "happiness"}, "Unknown metric"),
    ],
)
def test_what_makes_no_sense_is_refused(how, told):
    with pytest.raises(BadOption, match=told):
        exposure(GaussianNB(), two_regions(), **how)


def test_too_few_rows_are_told():
    data = two_regions(rare=7)
    with pytest.raises(CannotEvaluate, match="7 rows"):
        exposure(GaussianNB(), data, classes=["fraud"])
    found = exposure(GaussianNB(), data, seeds=1)
    assert found.curves == ()
    assert found.not_measured == {"fraud": 7}
    assert found.sentence == "No rare class has enough rows to be attacked and tested."
