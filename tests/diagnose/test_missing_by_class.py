import numpy as np
import pytest

from steelyard.diagnose import MissingByClass
from tables_to_check import clean_table, dataset, raw


def gaps(rare, usual, n=900):
    X, y = clean_table(n)
    rng = np.random.default_rng(1)
    X.loc[rng.random(n) < np.where(y == "rare", rare, usual), "a"] = np.nan
    return dataset(X, y)


def test_gaps_that_follow_the_class_are_found():
    data = gaps(0.4, 0.1)
    finding = MissingByClass().check(data)
    assert (finding.outcome, finding.severity, finding.columns) == ("found", "warning", ("a",))
    assert finding.rows.tolist() == np.flatnonzero(data.X["a"].isna()).tolist()
    rates = finding.measures["columns"]["a"]["rates"]
    assert rates["rare"] == pytest.approx(data.X["a"].isna()[data.y == "rare"].mean(), abs=1e-4)


def test_gaps_of_one_class_only_are_critical():
    assert MissingByClass().check(gaps(0.3, 0.0)).severity == "critical"
    # All classes but the usual one being complete is a matter of course when nearly all rows are usual.
    X, y = clean_table(3000, rare=0.03)
    X.loc[(y == "usual") & (np.random.default_rng(0).random(3000) < 0.5), "a"] = np.nan
    assert MissingByClass().check(dataset(X, y)).severity == "warning"


def test_gaps_by_chance_are_clear():
    assert MissingByClass().check(gaps(0.2, 0.2)).outcome == "clear"


def test_without_gaps_nothing_can_be_asked():
    assert MissingByClass().check(dataset(*clean_table())).outcome == "not applicable"
    X, y = clean_table()
    assert MissingByClass().check(dataset(X.assign(empty=np.nan), y)).outcome == "not applicable"


def test_limits_move_the_outcome():
    data = gaps(0.4, 0.1)
    assert MissingByClass(max_association=0.6).check(data).outcome == "clear"
    assert MissingByClass(min_rows=300).check(data).outcome == "not applicable"
    assert MissingByClass(purity=0.5).check(data).severity == "critical"
    weak = gaps(0.3, 0.2)
    assert MissingByClass(max_association=0.0, alpha=0.05).check(weak).outcome == "found"
    assert MissingByClass(max_association=0.0, alpha=1e-12).check(weak).outcome == "clear"


def test_flights_lack_their_tail_number_only_when_cancelled():
    finding = MissingByClass().check(raw("flights", 50_000))
    assert finding.severity == "critical"
    assert "tailnum" in finding.columns
    assert finding.measures["columns"]["tailnum"]["pure"]


def test_coswara_tests_are_filled_by_outcome():
    found = MissingByClass().check(raw("coswara")).columns
    assert {"test_status", "test_date", "testType", "ctScan"} <= set(found)
