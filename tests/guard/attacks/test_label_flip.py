"""Flipped labels: which rows, how many, the same ones again."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.errors import BadOption, BadTarget
from steelyard.guard.attacks import LabelFlip

Y = np.array(["ok"] * 30 + ["fraud"] * 10 + ["theft"] * 5)


def flipped(y=Y, target="fraud", to="ok", **how):
    return LabelFlip(target, to, **{"random_state": 0, **how}).apply(None, y)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from("abc"), min_size=4, max_size=60).filter(lambda y: {"a", "b"} <= set(y)),
    st.floats(0.01, 1.0),
    st.integers(0, 5),
)
def test_only_labels_of_the_target_change_and_as_many_as_asked(labels, share, seed):
    X = object()
    back, y, rows = LabelFlip("a", "b", share=share, random_state=seed).apply(X, labels)
    before = np.array(labels)
    assert back is X
    assert rows.tolist() == np.flatnonzero(y != before).tolist()
    assert set(before[rows]) == {"a"}
    assert set(y[rows]) == {"b"}
    assert rows.size == max(1, round(share * labels.count("a")))


def test_a_larger_attack_contains_the_smaller_ones():
    found = [set(flipped(share=share)[2].tolist()) for share in (0.1, 0.3, 0.5, 1.0)]
    assert [len(rows) for rows in found] == [1, 3, 5, 10]
    assert all(a < b for a, b in pairwise(found))
    assert set(flipped(n=3)[2].tolist()) == found[1]


def test_the_seed_decides_and_another_one_decides_otherwise():
    assert flipped(n=4)[2].tolist() == flipped(n=4)[2].tolist()
    assert len({tuple(flipped(n=4, random_state=seed)[2]) for seed in range(8)}) > 1


def test_labels_given_stay_as_they_were():
    given_ = Y.copy()
    flipped(given_, n=5)
    np.testing.assert_array_equal(given_, Y)


@pytest.mark.parametrize("dtype", ["str", "category"])
def test_a_series_stays_a_series_with_its_index(dtype):
    series = pd.Series(Y, index=np.arange(Y.size)[::-1], name="label").astype(dtype)
    _, y, rows = flipped(series, n=2)
    assert (y.index.tolist(), y.name, y.dtype) == (series.index.tolist(), "label", series.dtype)
    assert (y.iloc[rows] == "ok").all()
    assert (series.iloc[rows] == "fraud").all()


def test_whole_numbers_stay_whole_numbers():
    _, y, rows = LabelFlip(1, 0, n=2, random_state=0).apply(None, np.array([0, 0, 1, 1, 1]))
    assert y.dtype.kind == "i"
    assert y[rows].tolist() == [0, 0]


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ({}, "one of 'n' and 'share'"),
        ({"n": 1, "share": 0.5}, "one of 'n' and 'share'"),
        ({"n": 0}, r"range \[1, 10\]"),
        ({"n": 11}, "10 rows of 'fraud'"),
        ({"n": True}, "must be an int"),
        ({"share": 0.0}, r"range \(0, 1\]"),
        ({"share": 1.5}, r"range \(0, 1\]"),
        ({"n": 1, "target": "none"}, "'target' parameter of LabelFlip must be a class"),
        ({"n": 1, "to": "none"}, "'to' parameter of LabelFlip must be a class"),
        ({"n": 1, "to": "fraud"}, "another class"),
    ],
)
def test_what_makes_no_sense_is_refused(how, told):
    with pytest.raises(BadOption, match=told):
        flipped(**how)


def test_no_labels_are_refused():
    with pytest.raises(BadTarget, match="None"):
        flipped(None, n=1)
