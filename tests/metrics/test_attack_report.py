"""Figures of an attack against plain counting, and exact binomial tails."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from steelyard.errors import BadOption
from steelyard.metrics.attack_report import attack_report
from steelyard.metrics.clopper_pearson import clopper_pearson
from steelyard.metrics.visibility import accuracy_visibility_bound, accuracy_would_notice, items_needed


def counted(true, predicted, target, to):
    """Everything by loops."""
    own = [p for t, p in zip(true, predicted, strict=True) if t == target]
    recalls, f1 = [], []
    for label in sorted(set(true) | set(predicted)):
        hits = sum(t == p == label for t, p in zip(true, predicted, strict=True))
        is_, said = true.count(label), predicted.count(label)
        if is_:
            recalls.append(hits / is_)
        f1.append(2 * hits / (is_ + said))
    right = sum(t == p for t, p in zip(true, predicted, strict=True))
    return (
        own.count(to) / len(own),
        own.count(target) / len(own),
        right / len(true),
        np.mean(recalls),
        np.mean(f1),
    )


labels = st.sampled_from("abc")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(labels, labels, labels), min_size=3, max_size=40))
def test_figures_are_what_counting_gives(rows):
    true, clean, poisoned = (list(column) for column in zip(*rows, strict=True))
    if "a" not in true:
        true[0] = "a"
    report = attack_report(true, clean, poisoned, "a", "b")
    before, after = counted(true, clean, "a", "b"), counted(true, poisoned, "a", "b")
    found = [report.recall, report.accuracy, report.balanced_accuracy, report.macro_f1]
    for number, pair in enumerate(found, start=1):
        assert [e.mean for e in pair] == pytest.approx([before[number], after[number]])
    assert (report.asr_baseline.mean, report.asr.mean) == pytest.approx((before[0], after[0]))
    assert report.lift.mean == pytest.approx(after[0] - before[0])
    for e in (report.asr, report.asr_baseline, report.lift, *(e for pair in found for e in pair)):
        assert e.low <= e.mean + 1e-12
        assert e.mean <= e.high + 1e-12


def test_nothing_changed_is_no_lift_and_its_interval_is_narrower_than_unpaired():
    true = ["a"] * 40 + ["b"] * 60
    said = ["b"] * 20 + ["a"] * 20 + ["b"] * 60
    report = attack_report(true, said, said, "a", "b")
    assert report.lift.mean == 0
    assert (report.lift.low, report.lift.high) == pytest.approx((0, 0), abs=1e-9)
    assert report.asr.high - report.asr.low > 0.2


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ((["a", "b"], ["a", "b"], ["a", "b"], "a", "a"), "Choose another"),
        ((["a", "b"], ["a", "b"], ["a", "b"], "c", "a"), "No test row"),
        ((["b", "b"], ["a", "b"], ["a", "b"], "a", "b"), "No test row"),
        ((["a", "b"], ["a"], ["a", "b"], "a", "b"), "one label a row"),
    ],
)
def test_what_cannot_be_compared_is_refused(call, told):
    with pytest.raises(BadOption, match=told):
        attack_report(*call)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 60), st.data())
def test_the_exact_interval_leaves_half_of_the_doubt_on_each_side(n, data):
    hits = data.draw(st.integers(0, n))
    e = clopper_pearson(hits, n, level=0.9)
    if hits > 0:
        assert stats.binom.sf(hits - 1, n, e.low) == pytest.approx(0.05, abs=1e-6)
    if hits < n:
        assert stats.binom.cdf(hits, n, e.high) == pytest.approx(0.05, abs=1e-6)
    assert (e.low == 0) == (hits == 0)
    assert (e.high == 1) == (hits == n)


def test_no_trials_say_nothing():
    e = clopper_pearson(0, 0)
    assert math.isnan(e.mean)
    assert (e.low, e.high) == (0, 1)


@pytest.mark.parametrize("bad", [(3, 2), (-1, 2), (0.5, 2), (True, 2)])
def test_what_is_no_count_is_refused(bad):
    with pytest.raises(BadOption, match="whole numbers"):
        clopper_pearson(*bad)
    with pytest.raises(BadOption, match="level"):
        clopper_pearson(1, 2, level=1.0)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(labels, labels), min_size=2, max_size=50))
def test_accuracy_never_falls_by_more_than_the_bound_when_only_one_class_changes(rows):
    true, clean = (np.array(column) for column in zip(*rows, strict=True))
    lost = np.where((true == "a") & (clean == "a"), "b", clean)
    share = float((true == "a").mean())
    recall = float((clean[true == "a"] == "a").mean()) if share else 0.0
    fall = float((clean == true).mean() - (lost == true).mean())
    assert fall == pytest.approx(accuracy_visibility_bound(share, recall))


def test_accuracy_notices_a_large_class_and_not_a_rare_one():
    assert accuracy_would_notice(0.2, 0.9, accuracy=0.9, n_test=500)
    assert not accuracy_would_notice(0.005, 0.9, accuracy=0.9, n_test=500)


def test_so_many_items_do_see_the_fall_in_simulation():
    r0, r1, alpha, beta = 0.8, 0.55, 0.05, 0.2
    n = items_needed(r0, r1, alpha, beta)
    alarm = n * r0 - stats.norm.isf(alpha) * math.sqrt(n * r0 * (1 - r0))
    rng = np.random.default_rng(0)
    assert (rng.binomial(n, r1, 20_000) < alarm).mean() == pytest.approx(1 - beta, abs=0.06)
    assert (rng.binomial(n, r0, 20_000) < alarm).mean() == pytest.approx(alpha, abs=0.04)


@pytest.mark.parametrize("call", [(0.5, 0.5), (0.5, 0.6), (1.2, 0.5), (0.9, 0.5, 0.0), (0.9, 0.5, 0.05, 1.0)])
def test_a_fall_that_is_none_is_refused(call):
    with pytest.raises(BadOption):
        items_needed(*call)
    with pytest.raises(BadOption):
        accuracy_visibility_bound(1.5, 0.5)
    with pytest.raises(BadOption):
        accuracy_would_notice(0.1, 0.5, accuracy=0.9, n_test=0)
