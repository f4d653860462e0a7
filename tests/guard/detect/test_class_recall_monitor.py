import math

import numpy as np
import pytest

from steelyard.errors import BadOption, BadTarget
from steelyard.guard.detect import ClassRecallMonitor

TRUTH = np.repeat(["car", "truck"], [400, 46])


def predictions(car, truck):
    """Answers that find so many cars and trucks."""
    said = np.array(["other"] * TRUTH.size, dtype=object)
    said[:car] = "car"
    said[400 : 400 + truck] = "truck"
    return said.astype(str)


def test_the_sum_is_that_of_a_plain_loop():
    monitor = ClassRecallMonitor(drop=0.2).fit(TRUTH, predictions(390, 40))
    r0 = np.array([390.5 / 401, 40.5 / 47])
    r1 = r0 - 0.2
    sums = np.zeros(2)
    for hits in ((385, 38), (392, 30), (388, 33), (395, 46)):
        watch = monitor.update(TRUTH, predictions(*hits))
        for c, (hit, n) in enumerate(zip(hits, (400, 46), strict=True)):
            step = hit * math.log(r1[c] / r0[c]) + (n - hit) * math.log((1 - r1[c]) / (1 - r0[c]))
            sums[c] = max(0, sums[c] + step)
        assert [one.sum for one in watch] == pytest.approx(sums)
        assert [one.recall for one in watch] == pytest.approx([hits[0] / 400, hits[1] / 46])
    assert monitor.n_releases_ == 4


def test_a_lost_rare_class_alarms_at_once_and_a_small_fall_adds_up():
    monitor = ClassRecallMonitor().fit(TRUTH, predictions(390, 40))
    car, truck = monitor.update(TRUTH, predictions(390, 2))
    assert (car.alarm, truck.alarm) == (False, True)
    assert truck.low < 2 / 46 < truck.high
    monitor.fit(TRUTH, predictions(390, 40))
    alarms = [monitor.update(TRUTH, predictions(390, 32))[1].alarm for _ in range(12)]
    assert not alarms[0]
    assert alarms[-1]


def test_false_alarms_are_rarer_than_promised_and_falls_are_seen_soon():
    monitor = ClassRecallMonitor(drop=0.2, run_length=20).fit(TRUTH, predictions(390, 40))
    calm = monitor.average_run_length([400, 46], random_state=0)
    assert calm >= 20
    fallen = monitor.average_run_length([400, 46], recall=monitor.reference_ - [0, 0.3], random_state=0)
    assert 1 <= fallen < 4


def test_the_simulation_is_what_updates_do():
    monitor = ClassRecallMonitor(drop=0.2, run_length=3).fit(TRUTH, predictions(330, 30))
    recall = monitor.reference_ - 0.05
    told = monitor.average_run_length([400, 46], recall=recall, n_runs=2000)
    rng = np.random.default_rng(0)
    lengths = []
    for _ in range(120):
        monitor.fit(TRUTH, predictions(330, 30))
        for release in range(1, 61):
            hits = rng.binomial([400, 46], recall)
            if any(one.alarm for one in monitor.update(TRUTH, predictions(*hits))) or release == 60:
                lengths.append(release)
                break
    assert told == pytest.approx(np.mean(lengths), abs=4 * np.std(lengths) / math.sqrt(len(lengths)) + 0.2)


def test_better_releases_lower_the_sum_but_never_below_nothing():
    monitor = ClassRecallMonitor().fit(TRUTH, predictions(380, 36))
    assert monitor.update(TRUTH, predictions(400, 46))[1].sum == 0
    up = monitor.update(TRUTH, predictions(380, 28))[1].sum
    assert monitor.update(TRUTH, predictions(380, 44))[1].sum < up


def test_few_items_are_named_and_none_change_nothing():
    monitor = ClassRecallMonitor(drop=0.1).fit(TRUTH, predictions(390, 40))
    assert "46 items; it takes about" in monitor.update(TRUTH, predictions(390, 40))[1].note
    cars = TRUTH[:400]
    before = monitor.sums_.copy()
    watch = monitor.update(cars, cars)[1]
    assert math.isnan(watch.recall)
    assert (watch.low, watch.high) == (0, 1)
    assert watch.sum == before[1]
    assert watch.to_dict()["recall"] is None


def test_bad_input_is_refused():
    with pytest.raises(BadOption, match="Call fit"):
        ClassRecallMonitor().update(TRUTH, TRUTH)
    for name, value in (("drop", 0), ("run_length", 1), ("level", 1)):
        with pytest.raises(BadOption, match=name):
            ClassRecallMonitor(**{name: value}).fit(TRUTH, TRUTH)
    monitor = ClassRecallMonitor().fit(TRUTH, TRUTH)
    with pytest.raises(BadTarget, match="knows the classes"):
        monitor.update(["bus", "car"], ["bus", "car"])
    with pytest.raises(BadTarget, match="a prediction for each"):
        monitor.update(TRUTH, TRUTH[1:])
