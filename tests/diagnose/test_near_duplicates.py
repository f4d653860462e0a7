import numpy as np
import pandas as pd
import pytest

from steelyard.diagnose import NearDuplicates
from tables_to_check import ask, clean_table, dataset


def planted(kind, copies=30):
    X, y = clean_table()
    part = X.iloc[:copies].copy()
    if kind == "one column":
        part["b"] += 1.0
    elif kind == "jitter":
        part[list("abcde")] += 1e-3 * np.random.default_rng(1).normal(size=(copies, 5))
    return dataset(pd.concat([X, part], ignore_index=True), np.concatenate([y, y[:copies]]))


@pytest.mark.parametrize(
    ("kind", "measure"), [("exact", "exact"), ("one column", "one_column_apart"), ("jitter", "close")]
)
def test_planted_copies_are_found(kind, measure):
    finding = NearDuplicates().check(planted(kind))
    assert (finding.outcome, finding.severity) == ("found", "warning")
    others = {"exact", "one_column_apart", "close"} - {measure}
    assert all(finding.measures[other] == 0 for other in others)
    if kind == "jitter":  # both of a pair have a near copy
        assert set(finding.rows) == {*range(30), *range(900, 930)}
    else:
        assert finding.rows.tolist() == list(range(900, 930))
    assert finding.columns == (("b",) if kind == "one column" else ())


def test_a_clean_table_is_clear():
    finding = NearDuplicates().check(dataset(*clean_table()))
    assert finding.outcome == "clear"
    assert finding.rows.size == 0


def test_repeats_that_chance_gives_are_no_warning():
    rng = np.random.default_rng(0)
    data = dataset(rng.integers(0, 3, size=(300, 4)), rng.integers(0, 2, 300))
    finding = NearDuplicates().check(data)
    assert (finding.outcome, finding.severity) == ("found", "info")
    assert "may be chance" in finding.explanation
    assert finding.measures["one_column_apart"] == 0
    assert NearDuplicates(min_bits=-20).check(data).severity == "warning"


@pytest.mark.parametrize("dimension", [1, 2])
def test_points_in_few_dimensions_lie_close_by_chance(dimension):
    X = np.random.default_rng(0).random((800, dimension))
    finding = NearDuplicates().check(dataset(X, np.arange(800) % 2))
    assert finding.outcome == "clear"


def test_limits_move_the_outcome():
    data = planted("exact", copies=30)
    assert NearDuplicates(max_share=0.04).check(data).outcome == "clear"
    assert NearDuplicates(ratio=1e-5).check(planted("jitter")).outcome == "clear"


def test_real_repeats_are_counted():
    wine = ask(NearDuplicates(), "winequality-white")
    assert (wine.outcome, wine.severity, wine.measures["exact"]) == ("found", "warning", 937)
    assert ask(NearDuplicates(), "car").outcome == "clear"
    assert ask(NearDuplicates(), "yeast4").severity == "info"
