import numpy as np
import pandas as pd
import pytest

from steelyard.diagnose import HiddenTime
from steelyard.diagnose.hidden_time import rate_drift
from tables_to_check import ask, clean_table, dataset

N = 3000


def drifting(low=0.02, high=0.2, n=N):
    rng = np.random.default_rng(0)
    y = (rng.random(n) < np.linspace(low, high, n)).astype(int)
    return pd.DataFrame(rng.normal(size=(n, 2)), columns=["a", "b"]), y


def test_variation_is_that_of_the_shares_where_chance_is_small():
    shares = np.array([0.1, 0.2, 0.3])
    block = np.repeat([0, 1, 2], 10_000)
    inside = np.concatenate([np.arange(10_000) < 10_000 * share for share in shares])
    variation, p = rate_drift(block, inside)
    assert variation == pytest.approx(shares.std() / shares.mean(), rel=0.01)
    assert p < 1e-10


def test_variation_of_chance_is_taken_out():
    rng = np.random.default_rng(0)
    drifts = [rate_drift(np.arange(2000) % 10, rng.random(2000) < 0.05)[0] for _ in range(200)]
    assert np.median(drifts) < 0.1
    assert rate_drift(np.zeros(5, dtype=int), np.array([True] + [False] * 4)) == (0.0, 1.0)


def test_drift_along_a_date_is_a_warning_and_along_the_file_information():
    X, y = drifting()
    file_only = HiddenTime().check(dataset(X, y))
    assert (file_only.outcome, file_only.severity, file_only.columns) == ("found", "info", ())
    order = np.random.default_rng(1).permutation(N)
    dated = X.assign(filed_at=pd.date_range("2023-01-01", periods=N, freq="h")).iloc[order]
    finding = HiddenTime().check(dataset(dated.reset_index(drop=True), y[order]))
    assert (finding.outcome, finding.severity, finding.columns) == ("found", "warning", ("filed_at",))
    assert finding.measures["drift"]["filed_at"] > 0.4
    assert finding.measures["drift"]["the order of the file"] < 0.2


def test_a_number_named_like_a_time_counts():
    X, y = drifting()
    order = np.random.default_rng(1).permutation(N)
    year = 1990 + np.arange(N) // 100
    for name, outcome in (("year", "found"), ("years_employed", "clear")):
        table = X.assign(**{name: year}).iloc[order].reset_index(drop=True)
        assert HiddenTime().check(dataset(table, y[order])).outcome == outcome


def test_a_rare_class_is_judged_relative_to_its_share():
    X, y = drifting(0.002, 0.015, n=20_000)
    assert HiddenTime().check(dataset(X, y)).outcome == "found"


def test_steady_data_are_clear():
    X, y = clean_table(N)
    steady = X.assign(day=pd.date_range("2023-01-01", periods=N))
    assert HiddenTime().check(dataset(steady, y)).outcome == "clear"


def test_files_sorted_by_label_or_by_a_feature_say_nothing_of_time():
    X, y = clean_table(N)
    order = np.argsort(y, kind="stable")
    by_label = HiddenTime().check(dataset(X.iloc[order].reset_index(drop=True), y[order]))
    assert (by_label.outcome, by_label.severity) == ("found", "info")
    assert "sorted by label" in by_label.explanation
    level = np.digitize(X["a"], [-1, 0, 1, 2])
    order = np.argsort(level, kind="stable")
    table = X.assign(level=level).iloc[order].reset_index(drop=True)
    by_feature = HiddenTime().check(dataset(table, y[order]))
    assert (by_feature.outcome, by_feature.measures["sorted_by"]) == ("clear", "level")


def test_a_given_time_is_enough():
    X, y = drifting()
    assert HiddenTime().check(dataset(X, y, time=np.arange(N))).outcome == "clear"


def test_limits_move_the_outcome():
    data = dataset(*drifting())
    assert HiddenTime(max_drift=1.0).check(data).outcome == "clear"
    assert HiddenTime(blocks=500).check(data).outcome == "not applicable"
    weak = dataset(*drifting(0.08, 0.18))
    assert HiddenTime(max_drift=0.1).check(weak).outcome == "found"
    assert HiddenTime(max_drift=0.1, alpha=1e-12).check(weak).outcome == "clear"


def test_coswara_drifts():
    assert ask(HiddenTime(), "coswara_metadata").outcome == "found"
