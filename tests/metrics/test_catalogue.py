import math
from pathlib import Path

import numpy as np
import pytest

from steelyard.errors import BadOption
from steelyard.metrics import (
    METRICS,
    average_precision,
    brier,
    calibration_error,
    expected_cost,
    g_mean,
    metrics,
    precision_at_k,
    roc_auc,
)

COST = np.array([[0.0, 1.0], [20.0, 0.0]])
TOLD = {"cost": COST, "k": 30, "positive": 1}


def rows_of(n=600, k=2, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.choice(k, n, p=np.r_[1 - 0.1 * (k - 1), np.full(k - 1, 0.1)])
    proba = rng.dirichlet(np.ones(k), n) + 0.4 * np.eye(k)[y]
    proba /= proba.sum(axis=1, keepdims=True)
    return y, proba, proba.argmax(axis=1)


def test_order():
    assert list(METRICS) == [
        "average_precision",
        "roc_auc",
        "balanced_accuracy",
        "macro_f1",
        "g_mean",
        "mcc",
        "log_loss",
        "brier",
        "calibration_error",
        "expected_cost",
        "precision_at_k",
        "accuracy",
    ]
    assert all(name == metric.name for name, metric in METRICS.items())
    assert {name for name, metric in METRICS.items() if not metric.greater_is_better} == {
        "log_loss",
        "brier",
        "calibration_error",
        "expected_cost",
    }


def test_values_are_those_of_the_functions():
    y, proba, decided = rows_of()
    said = {name: metric.value(y, proba, decided, **TOLD) for name, metric in METRICS.items()}
    assert said["average_precision"] == average_precision(y, proba)
    assert said["roc_auc"] == roc_auc(y, proba)
    assert said["g_mean"] == g_mean(y, decided)
    assert said["brier"] == brier(y, proba)
    assert said["calibration_error"] == calibration_error(y, proba)
    assert said["expected_cost"] == expected_cost(y, decided, COST)
    assert said["precision_at_k"] == precision_at_k(y, proba, 30)


@pytest.mark.parametrize("k", [2, 4])
@pytest.mark.parametrize("name", METRICS)
def test_prepared_once_and_weighed_often(name, k):
    y, proba, decided = rows_of(k=k)
    cost = 1.0 - np.eye(k)
    told = {"cost": cost, "k": 0.1, "positive": 1 if k == 2 or name == "precision_at_k" else None}
    weigh = METRICS[name].prepared(y, proba, decided, **told)
    assert weigh(None) == METRICS[name].value(y, proba, decided, **told)
    assert weigh(None) == pytest.approx(weigh(np.ones(y.size)), abs=1e-12)
    weight = np.random.default_rng(1).poisson(1, y.size)
    taken = np.repeat(np.arange(y.size), weight)
    if name != "calibration_error":  # whose allowance for chance knows repeated rows from new ones
        again = METRICS[name].value(y[taken], proba[taken], decided[taken], **told)
        assert weigh(weight.astype(float)) == pytest.approx(again, abs=1e-12)
    assert weigh(weight.astype(float)) == METRICS[name].value(y, proba, decided, weight=weight, **told)


@pytest.mark.parametrize("name", METRICS)
def test_a_good_model_beats_chance_and_chance_is_what_it_says(name):
    y, _, _ = rows_of(seed=3)
    metric = METRICS[name]
    level = metric.chance_level(y, 2, **TOLD)
    share = (y == 1).mean()
    entropy = -share * math.log(share) - (1 - share) * math.log(1 - share)
    expected = {
        "average_precision": share,
        "roc_auc": 0.5,
        "balanced_accuracy": 0.5,
        "macro_f1": (2 * (1 - share) / (2 - share)) / 2,
        "g_mean": 0.0,
        "mcc": 0.0,
        "log_loss": entropy,
        "brier": share * (1 - share),
        "calibration_error": 0.0,
        "expected_cost": min(20 * share, 1 - share),
        "precision_at_k": share,
        "accuracy": 1 - share,
    }
    assert level == pytest.approx(expected[name], abs=1e-9)
    truth = np.eye(2)[y]
    best = metric.value(y, truth, y, **TOLD)
    assert best >= level if metric.greater_is_better else best <= level + 1e-12
    assert metric.chance


@pytest.mark.parametrize("name", METRICS)
def test_a_fold_without_the_rare_class(name):
    y, proba, decided = rows_of(n=80)
    value = METRICS[name].value(np.zeros_like(y), proba, decided, **TOLD)
    undefined = {"average_precision", "roc_auc"}
    assert math.isnan(value) == (name in undefined)


@pytest.mark.parametrize("name", METRICS)
def test_a_fold_without_one_of_many_classes(name):
    y, proba, decided = rows_of(n=300, k=4)
    y[y == 3] = 0
    value = METRICS[name].value(y, proba, decided, cost=1 - np.eye(4), k=20)
    assert math.isfinite(value)


@pytest.mark.parametrize("name", METRICS)
def test_no_rows(name):
    empty = np.empty(0, dtype=int)
    value = METRICS[name].value(empty, np.empty((0, 2)), empty, **TOLD)
    assert math.isnan(value)


def test_what_is_needed_is_asked_for():
    y, proba, decided = rows_of()
    with pytest.raises(BadOption, match="'expected_cost' needs cost, got None"):
        METRICS["expected_cost"].value(y, proba, decided)
    with pytest.raises(BadOption, match="'precision_at_k' needs k, got None"):
        METRICS["precision_at_k"].value(y, proba, decided)
    with pytest.raises(BadOption, match="'roc_auc' needs proba"):
        METRICS["roc_auc"].value(y, None, decided)
    with pytest.raises(BadOption, match="'accuracy' needs decided"):
        METRICS["accuracy"].value(y, proba)


def test_the_positive_class_may_be_the_larger_one():
    y, proba, _ = rows_of()
    metric = METRICS["average_precision"]
    assert metric.value(y, proba, positive=0) == average_precision(y, proba, positive=0)
    assert metric.value(y, proba) == metric.value(y, proba, positive=1)


def test_metrics_by_modality():
    assert metrics() == metrics(on="image") == METRICS
    with pytest.raises(BadOption, match="no modality 'smell'"):
        metrics(on="smell")


def test_every_metric_has_its_section():
    page = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text(encoding="utf-8")
    sections = [line for line in page.splitlines() if line.startswith("## ")]
    for name in METRICS:
        assert sum(f"(`{name}`)" in line for line in sections) == 1, (
            f"docs/metrics.md has no section for {name}"
        )
