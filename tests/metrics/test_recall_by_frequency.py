"""Recall of head, medium and tail classes."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import recall_score

from steelyard.errors import BadOption
from steelyard.metrics import recall_by_frequency


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=40),
    st.permutations([900, 500, 200, 80, 40, 9, 3]),
)
def test_loops(drawn, counts):
    true, decided = [t for t, _ in drawn], [d for _, d in drawn]
    found = recall_by_frequency(true, decided, counts)
    order = sorted(range(7), key=lambda c: -counts[c])
    for name, classes in zip(("head", "medium", "tail"), (order[:2], order[2:5], order[5:]), strict=True):
        recalls = []
        for c in classes:
            rows = [d for t, d in drawn if t == c]
            if rows:
                recalls.append(sum(d == c for d in rows) / len(rows))
        value = found[name]
        assert value.recall == pytest.approx(np.mean(recalls)) if recalls else math.isnan(value.recall)
        assert (value.classes, value.left_out) == (len(recalls), len(classes) - len(recalls))


def test_groups_of_equal_size_add_up_to_balanced_accuracy():
    rng = np.random.default_rng(0)
    true, decided = rng.integers(9, size=(2, 500))
    found = recall_by_frequency(true, decided, np.arange(9, 0, -1) * 10)
    mean = np.mean([value.recall for value in found.values()])
    assert mean == pytest.approx(recall_score(true, decided, average="macro"))


def test_labels_of_any_kind_and_shape():
    counts = {"cat": 10, "ape": 1000, "dog": 200}
    true = np.array([["cat", "ape"], ["dog", "dog"]])
    decided = np.array([["ape", "ape"], ["dog", "gnu"]])  # a class that was never learned is a miss
    found = recall_by_frequency(true, decided, counts, groups=("many", "some", "few"))
    assert {name: value.recall for name, value in found.items()} == {"many": 1.0, "some": 0.5, "few": 0.0}


def test_cuts():
    true = decided = [0, 1, 2, 3]
    by_counts = recall_by_frequency(true, decided, [500, 100, 20, 19], cuts=(100, 20))
    assert [value.classes for value in by_counts.values()] == [1, 2, 1]
    by_sizes = recall_by_frequency(true, decided, [500, 100, 20, 19], cuts=(1, 0, 3))
    assert [value.classes for value in by_sizes.values()] == [1, 0, 3]
    assert math.isnan(by_sizes["medium"].recall)


def test_classes_without_test_rows_are_counted():
    found = recall_by_frequency([0], [0], [9, 8, 7, 6, 5, 4])
    assert [(value.classes, value.left_out) for value in found.values()] == [(1, 1), (0, 2), (0, 2)]
    assert all(value.left_out == 2 for value in recall_by_frequency([], [], [9, 8, 7, 6, 5, 4]).values())


def test_what_makes_no_sense_is_refused():
    with pytest.raises(BadOption, match="label 5 has no training count"):
        recall_by_frequency([0, 5], [0, 0], [9, 8])
    with pytest.raises(BadOption, match=r"one shape, got \(2,\) and \(1,\)"):
        recall_by_frequency([0, 1], [0], [9, 8])
