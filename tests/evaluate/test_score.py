import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from evaluation_rows import made
from steelyard.decide import MetricThreshold
from steelyard.errors import BadTarget
from steelyard.evaluate import score, wilson
from steelyard.evaluate.bootstrap import percentile_interval, units_of, weights_of
from steelyard.kernels.rng import int_seed
from steelyard.metrics import METRICS

DATA = made(400)


@pytest.fixture(scope="module")
def model():
    return LogisticRegression().fit(DATA.X, DATA.y)


def test_figures_and_intervals_equal_a_plain_loop(model):
    data = made(150, seed=9)
    card = score(model, data, metrics=["average_precision", "balanced_accuracy"])
    proba, codes = model.predict_proba(data.X), (data.y == "rare").astype(int)
    decided = (model.predict(data.X) == "rare").astype(int)
    for name in ("average_precision", "balanced_accuracy"):
        metric = METRICS[name]
        found = card.row("model").metrics[name]
        assert found.mean == pytest.approx(metric.value(codes, proba, decided, positive=1))
        times = 1000 if name == "average_precision" else 200
        drawn = []
        for weight in weights_of(units_of(150), times, int_seed(0, "intervals")):
            rows = np.repeat(np.arange(150), weight.astype(int))
            drawn.append(metric.value(codes[rows], proba[rows], decided[rows], positive=1))
        assert (found.low, found.high) == pytest.approx(percentile_interval(drawn, int(codes.sum())))


def test_shape_is_that_of_a_comparison(model):
    card = score(model, made(150, seed=9), review=20)
    assert card.chosen == "model"
    assert card.row("model").kind == "model"
    assert set(card.protocol["metrics"]) == set(card.row("model").metrics) >= {"precision_at_k", "accuracy"}
    hits = card.row("model").recall["rare"]
    rare = made(150, seed=9).y == "rare"
    found = int((model.predict(made(150, seed=9).X)[rare] == "rare").sum())
    assert hits == wilson(found, int(rare.sum()))


def test_decisions_of_a_rule_are_what_is_scored():
    rule = MetricThreshold(LogisticRegression(), random_state=0).fit(DATA.X, DATA.y)
    data = made(150, seed=9)
    card = score(rule, data, metrics=["accuracy"])
    assert card.row("model").metrics["accuracy"].mean == pytest.approx(
        (rule.predict(data.X) == data.y).mean()
    )
    assert card.row("model").decision["rule"] == "best_f1"


def test_groups_are_drawn_as_a_whole(model):
    data = made(150, seed=9, groups=np.arange(150) // 10)
    card = score(model, data)
    assert card.protocol["intervals"] == "bootstrap of whole groups"
    assert card.row("model").recall["rare"].method == "Wilson, groups"


def test_rows_of_one_class_leave_undefined_what_needs_two(model):
    data = made(150, seed=9)
    card = score(model, data.take(np.flatnonzero(data.y == "common")), positive="rare")
    assert np.isnan(card.row("model").metrics["roc_auc"].mean)
    assert card.to_dict()["rows"][0]["metrics"]["roc_auc"]["mean"] is None
    assert card.row("model").metrics["accuracy"].mean > 0.5


def test_a_label_the_model_does_not_know(model):
    data = made(150, seed=9)
    data.y[0] = "other"
    with pytest.raises(BadTarget, match=r"knows the classes \['common', 'rare'\].*\['other'\]"):
        score(model, data)


def test_same_seed_same_scorecard(model):
    data = made(150, seed=9)
    assert score(model, data) == score(model, data)
    assert score(model, data) != score(model, data, random_state=1)
