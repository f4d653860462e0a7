import numpy as np
import pytest
from sklearn.dummy import DummyClassifier

from steelyard.diagnose import ClassOverlap
from tables_to_check import ask, clean_table, dataset


def clouds(distance, n=400, rare=40, noise_columns=0):
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], [n, rare])
    X = rng.normal(size=(n + rare, 3)) + distance * y[:, None]
    return dataset(np.column_stack([X, rng.normal(size=(n + rare, noise_columns))]), y)


def test_one_cloud_overlaps_and_two_do_not():
    mixed, apart = ClassOverlap().check(clouds(0.3)), ClassOverlap().check(clouds(6))
    assert (mixed.outcome, apart.outcome) == ("found", "clear")
    assert mixed.measures["overlap"] > 0.85
    assert apart.measures["overlap"] < 0.05
    assert set(mixed.rows) <= set(range(400, 440))
    assert mixed.severity == "info"


def test_measures_equal_the_count_of_all_pairs():
    data = clouds(1.5, n=80, rare=30)
    finding = ClassOverlap().check(data)
    X = (data.X - data.X.mean(axis=0)) / data.X.std(axis=0)
    outnumbered = first = 0
    for row in np.flatnonzero(data.y == 1):
        order = np.argsort(((X - X[row]) ** 2).sum(axis=1), kind="stable")[1:]
        outnumbered += (data.y[order[:5]] != 1).sum() >= 3
        first += data.y[order[0]] != 1
    assert finding.measures["by_class"]["1"]["r_value"] == pytest.approx(outnumbered / 30)
    assert finding.measures["by_class"]["1"]["n3"] == pytest.approx(first / 30)


def test_one_view_alone_is_not_enough():
    """Many useless columns mislead the neighbours; a model that knows nothing misleads the other view."""
    hidden = clouds(3, n=300, rare=60, noise_columns=120)
    finding = ClassOverlap().check(hidden)
    assert finding.measures["by_class"]["1"]["r_value"] > 0.5
    assert finding.outcome == "clear"
    blind = ClassOverlap(estimator=DummyClassifier()).check(clouds(6))
    assert blind.measures["by_class"]["1"]["outvoted_by_model"] == 1
    assert blind.outcome == "clear"


def test_limits_move_the_outcome():
    data = dataset(*clean_table())
    assert ClassOverlap().check(data).outcome == "clear"
    assert ClassOverlap(max_overlap=0.01).check(data).outcome == "found"
    few = ClassOverlap(min_rows=41).check(clouds(0.3))
    assert (few.outcome, few.explanation) == ("not applicable", "No rare class has 41 rows.")


def test_hard_real_sets_overlap_and_easy_ones_do_not():
    assert ask(ClassOverlap(), "abalone19").outcome == "found"
    assert ask(ClassOverlap(), "yeast4").outcome == "found"
    assert ask(ClassOverlap(), "car").outcome == "clear"
