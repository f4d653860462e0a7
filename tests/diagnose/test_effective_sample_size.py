import numpy as np
import pytest
from scipy.stats import norm

from steelyard.diagnose import EffectiveSampleSize
from steelyard.diagnose.effective_sample_size import recall_half_width
from tables_to_check import dataset


def rows(*counts, **more):
    return dataset(np.zeros((sum(counts), 1)), np.repeat(np.arange(len(counts)), counts), **more)


@pytest.mark.parametrize("n", [1, 4, 30, 1000])
def test_half_width_is_wilsons_at_one_half(n):
    z, p = norm.ppf(0.975), 0.5
    expected = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    assert recall_half_width(np.array([float(n)]))[0] == pytest.approx(expected)


def test_few_rows_are_a_warning_and_fewer_than_folds_critical():
    few = EffectiveSampleSize().check(rows(200, 20))
    assert (few.outcome, few.severity) == ("found", "warning")
    assert few.rows.tolist() == list(range(200, 220))
    fewer = EffectiveSampleSize().check(rows(200, 4, 20))
    assert fewer.severity == "critical"
    assert "1 of these classes has fewer than 5" in fewer.explanation


def test_enough_rows_are_clear():
    assert EffectiveSampleSize().check(rows(200, 93)).outcome == "clear"
    assert EffectiveSampleSize().check(rows(200, 92)).outcome == "found"


def test_limits_move_the_outcome():
    assert EffectiveSampleSize(max_half_width=0.25).check(rows(200, 20)).outcome == "clear"
    assert EffectiveSampleSize(folds=21).check(rows(200, 20)).severity == "critical"
    assert EffectiveSampleSize(confidence=0.5).check(rows(200, 20)).outcome == "clear"


def test_rows_of_one_group_count_once():
    groups = np.concatenate([np.arange(200), np.full(100, 200), [201, 202]])
    finding = EffectiveSampleSize().check(rows(200, 102, groups=groups))
    assert finding.severity == "critical"
    assert finding.measures["effective"] == {"0": 200.0, "1": 3.0}
    assert "groups" in finding.explanation


def test_unequal_weights_count_by_kish():
    weight = np.concatenate([np.ones(200), [100.0], np.ones(100)])
    finding = EffectiveSampleSize().check(rows(200, 101, weight=weight))
    assert finding.outcome == "found"
    assert finding.measures["effective"]["1"] == pytest.approx(200**2 / (100**2 + 100), abs=0.1)
