"""Chance levels speak of the classes that are tested, not of those kept in training only."""

import pytest

from steelyard.data import load
from steelyard.flow import Settings, compare


def test_a_class_that_is_never_tested_does_not_lower_the_chance_level():
    ecoli = load("ecoli")
    settings = Settings(folds=5, repeats=1, random_state=0)
    card = compare(ecoli, with_=["random-under"], settings=settings, jobs=1, progress=False)
    left_out = set(card.protocol["not_evaluated"])
    assert left_out
    n_tested = len(ecoli.classes) - len(left_out)
    assert card.protocol["chance"]["average_precision"] == pytest.approx(1 / n_tested)
    constant = next(row for row in card.rows if row.system == "constant")
    assert constant.metrics["average_precision"].mean == pytest.approx(1 / n_tested, rel=0.05)
