import math

import numpy as np
import pytest
from scipy import stats

from steelyard.evaluate.nadeau_bengio import corrected_interval, corrected_t_test


def twin(differences, ratio):
    """The formula of the paper, term by term."""
    n = len(differences)
    mean = sum(differences) / n
    variance = sum((d - mean) ** 2 for d in differences) / (n - 1)
    t = mean / math.sqrt((1 / n + ratio) * variance)
    return t, 2 * stats.t.cdf(-abs(t), n - 1)


@pytest.mark.parametrize("folds", [3, 5, 15])
def test_equals_the_formula_term_by_term(folds):
    differences = np.random.default_rng(folds).normal(0.1, 0.2, size=folds)
    found = corrected_t_test(differences, 0.25)
    t, p = twin(differences.tolist(), 0.25)
    assert found.mean / found.standard_error == pytest.approx(t)
    assert found.p_value == pytest.approx(p)
    assert found.freedom == folds - 1


def test_without_correction_it_is_the_paired_t_test():
    a, b = np.random.default_rng(0).normal(size=(2, 10))
    assert corrected_t_test(a - b, 0.0).p_value == pytest.approx(stats.ttest_rel(a, b).pvalue)


def test_interval_excludes_zero_exactly_when_the_test_rejects():
    rng = np.random.default_rng(1)
    seen = set()
    for _ in range(200):
        differences = rng.normal(0.3, 0.3, size=5)
        rejects = corrected_t_test(differences, 0.25).p_value < 0.05
        interval = corrected_interval(differences, 0.25)
        assert rejects == (interval.low > 0 or interval.high < 0)
        seen.add(bool(rejects))
    assert seen == {True, False}


def test_undefined_folds_are_left_out_but_shown():
    found = corrected_interval([0.5, np.nan, 0.7, 0.6], 0.25)
    assert found.mean == pytest.approx(0.6)
    assert len(found.values) == 4
    assert found.low == pytest.approx(corrected_interval([0.5, 0.7, 0.6], 0.25).low)


def test_one_fold_says_nothing_of_its_error():
    found = corrected_interval([0.5], 0.25, bounds=(0.0, 1.0))
    assert (found.low, found.mean, found.high) == (0.0, 0.5, 1.0)
    assert corrected_t_test([0.5], 0.25).p_value == 1.0


def test_no_difference_is_no_evidence_and_no_fold_is_nan():
    assert corrected_t_test(np.zeros(5), 0.25).p_value == 1.0
    assert corrected_t_test(np.full(5, 0.1), 0.25).p_value < 1e-6
    assert math.isnan(corrected_interval([np.nan], 0.25).mean)


def test_interval_is_cut_to_what_the_metric_can_be():
    assert corrected_interval([0.9, 1.0, 1.0, 0.7], 0.33, bounds=(0, 1)).high == 1.0


def test_error_rate_under_overlapping_training_sets():
    """Labels that no column explains: the corrected test rarely finds a difference, the naive one often."""
    from sklearn.model_selection import RepeatedStratifiedKFold
    from sklearn.naive_bayes import GaussianNB
    from sklearn.neighbors import NearestCentroid

    false_alarms = {"corrected": 0, "naive": 0}
    for trial in range(25):
        rng = np.random.default_rng(trial)
        X, y = rng.normal(size=(60, 4)), rng.integers(0, 2, size=60)
        splits = RepeatedStratifiedKFold(n_splits=3, n_repeats=4, random_state=trial).split(X, y)
        models = [(GaussianNB().fit(X[a], y[a]), NearestCentroid().fit(X[a], y[a]), b) for a, b in splits]
        differences = [one.score(X[b], y[b]) - other.score(X[b], y[b]) for one, other, b in models]
        false_alarms["corrected"] += corrected_t_test(differences, 0.5).p_value < 0.05
        false_alarms["naive"] += corrected_t_test(differences, 0.0).p_value < 0.05
    assert false_alarms["corrected"] <= 4
    assert false_alarms["naive"] > false_alarms["corrected"]
