import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.diagnose import ConflictingDuplicates
from tables_to_check import ask, clean_table, dataset, raw


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1), st.integers(0, 2)), min_size=2, max_size=40))
def test_equals_a_plain_loop(rows):
    X, y = [row[:2] for row in rows], [row[2] for row in rows]
    if len(set(y)) < 2:
        return
    finding = ConflictingDuplicates().check(dataset(np.array(X), y))
    labels = {x: [label for other, label in zip(X, y, strict=True) if other == x] for x in X}
    expected = [i for i, x in enumerate(X) if len(set(labels[x])) > 1]
    best = sum(max(labels[x].count(label) for label in set(labels[x])) for x in labels)
    assert finding.rows.tolist() == expected
    assert finding.measures["error_floor"] == pytest.approx(1 - best / len(X))
    assert finding.measures["repeats"] == len(X) - len(labels)
    assert (finding.outcome == "found") == bool(expected)


def test_missing_values_are_equal():
    X = np.array([[1.0, np.nan], [1.0, np.nan], [2.0, 1.0]])
    assert ConflictingDuplicates().check(dataset(X, [0, 1, 0])).rows.tolist() == [0, 1]


def test_a_clean_table_is_clear():
    assert ConflictingDuplicates().check(dataset(*clean_table())).outcome == "clear"


def test_limits_move_outcome_and_severity():
    X = np.arange(100)
    X[1] = 0
    data = dataset(X[:, None], np.arange(100) % 2)
    assert ConflictingDuplicates().check(data).severity == "warning"
    assert ConflictingDuplicates(serious_share=0.02).check(data).severity == "info"
    assert ConflictingDuplicates(max_share=0.02).check(data).outcome == "clear"


def test_real_sets():
    wine = ask(ConflictingDuplicates(), "winequality-white")
    assert (wine.outcome, wine.measures["repeats"]) == ("clear", 937)
    assert ConflictingDuplicates().check(raw("fars")).measures["sets"] == 2696
