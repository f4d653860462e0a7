import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from steelyard.records import Dataset, Predictions
from steelyard.report.collect_curves import calibration_curve, precision_recall_curve
from steelyard.report.held_out import held_out


def held(n=400, passes=2, seed=0, ties=False):
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.15).astype(int)
    dataset = Dataset(np.zeros((n, 1)), np.where(y == 1, "rare", "common"))
    score = np.clip(0.2 * y[:, None] + rng.random((n, passes)) * 0.7, 0, 1)
    if ties:
        score = score.round(1)
    rows = np.tile(np.arange(n), passes)
    p = 1.0 - score.T.ravel()
    proba = np.column_stack([p, 1 - p])
    fold = np.repeat(np.arange(passes), n)
    return held_out(Predictions(rows, fold, proba, proba.argmax(1)), dataset, ["common", "rare"])


@pytest.mark.parametrize("ties", [False, True])
def test_precision_is_that_of_a_plain_loop_over_thresholds(ties):
    h = held(ties=ties)
    line = precision_recall_curve(h, 1, "a")
    truth, score = h.truth == 1, h.proba[:, 1]
    for recall, precision in zip(line["recall"], line["precision"], strict=True):
        for threshold in sorted(set(score), reverse=True):
            flagged = score >= threshold
            if (truth & flagged).sum() / truth.sum() >= recall - 1e-12:
                break
        assert precision == pytest.approx((truth & flagged).sum() / flagged.sum(), abs=1e-5)


def test_the_area_is_the_average_precision():
    h = held(n=2000)
    line = precision_recall_curve(h, 1, "a")
    exact = average_precision_score(h.truth == 1, h.proba[:, 1])
    assert np.mean(line["precision"]) == pytest.approx(exact, abs=0.01)
    assert line["chance"] == pytest.approx(np.mean(h.truth == 1))


def test_bands_hold_the_curve_and_are_narrower_with_more_rows():
    few, many_rows = (precision_recall_curve(held(n=n, passes=1), 1, "a") for n in (200, 5000))
    for line in (few, many_rows):
        low, middle, high = (np.array(line[key]) for key in ("low", "precision", "high"))
        assert np.mean((low <= middle + 1e-9) & (middle <= high + 1e-9)) > 0.95
        assert len(middle) <= 200
    width = [np.mean(np.array(line["high"]) - line["low"]) for line in (few, many_rows)]
    assert width[1] < 0.5 * width[0]


def test_a_class_that_never_occurs_has_no_curve():
    h = held()
    assert precision_recall_curve(h, 7 % 2, "a") is not None
    h.truth[:] = 0
    assert precision_recall_curve(h, 1, "a") is None
    assert calibration_curve(h, 1, "a") is None


def test_calibration_is_that_of_a_plain_loop_over_bins():
    h = held()
    line = calibration_curve(h, 1, "a")
    seen, total = h.truth == 1, 0.0
    assert not line["log"]
    for point in line["points"]:
        p = h.proba[:, 1]
        last = point["to"] == pytest.approx(1.0)
        inside = (p >= point["from"]) & ((p < point["to"]) | last)
        assert point["seen"] == pytest.approx(seen[inside].mean())
        assert point["promised"] == pytest.approx(p[inside].mean())
        assert point["rows"] == inside.sum() / 2
        assert point["low"] <= point["seen"] <= point["high"]
        total += point["rows"]
    assert total == 400


def test_rare_classes_get_an_axis_in_powers_of_ten():
    rng = np.random.default_rng(0)
    y = np.r_[np.ones(20), np.zeros(3000)].astype(int)
    proba = np.clip(rng.beta(0.2, 20, len(y)), 0, 1)
    predictions = Predictions(np.arange(len(y)), np.zeros(len(y), int), np.c_[1 - proba, proba], y)
    line = calibration_curve(held_out(predictions, Dataset(np.zeros((len(y), 1)), y), ["0", "1"]), 1, "a")
    assert line["log"]
    assert line["floor"] <= 20 / 3020 / 10
    assert sum(point["rows"] for point in line["points"]) == len(y)
