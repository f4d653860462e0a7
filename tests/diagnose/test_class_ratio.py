import numpy as np
import pytest

from steelyard.diagnose import ClassRatio
from tables_to_check import dataset


def rows(*counts):
    return dataset(np.zeros((sum(counts), 1)), np.repeat(np.arange(len(counts)), counts))


def test_unequal_classes_are_found_and_measured():
    finding = ClassRatio().check(rows(90, 10))
    assert finding.outcome == "found"
    assert finding.severity == "info"
    assert finding.measures["ratio"] == 9
    assert finding.measures["prevalence"] == 0.1
    assert "90.0%" in finding.advice
    entropy = -(0.9 * np.log2(0.9) + 0.1 * np.log2(0.1))
    assert finding.measures["evenness"] == pytest.approx(entropy)


def test_equal_classes_are_clear():
    finding = ClassRatio().check(rows(20, 20, 20))
    assert (finding.outcome, finding.measures["evenness"]) == ("clear", pytest.approx(1))


@pytest.mark.parametrize(("limit", "outcome"), [(2.9, "found"), (3.0, "clear")])
def test_the_limit_decides(limit, outcome):
    assert ClassRatio(max_ratio=limit).check(rows(30, 10)).outcome == outcome
