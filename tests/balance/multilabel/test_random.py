"""ML-ROS, ML-RUS, LP-ROS, LP-RUS beside what their papers say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.balance.multilabel import LPROS, LPRUS, MLROS, MLRUS
from steelyard.balance.multilabel.labelset_quota import shared_out
from steelyard.kernels.label_imbalance import irlbl, mean_ir


def test_ml_ros_takes_turns_among_minority_labels_until_they_reach_the_mean(rows):
    X, Y = rows
    sampler = MLROS(percentage=60, random_state=1)
    sampler.fit_resample(X, Y)
    copies = sampler.sample_indices_[len(X) :]
    limit = mean_ir(Y)
    open_labels = [label for label in range(5) if irlbl(Y)[label] > limit]
    counts = Y.sum(axis=0)
    turn = 0
    for row in copies:  # replay: each copy carries the label whose turn it is
        label = open_labels[turn % len(open_labels)]
        assert Y[row, label] == 1
        counts = counts + Y[row]
        if counts.max() / counts[label] <= limit:
            open_labels.pop(turn % len(open_labels))
        else:
            turn += 1
        if open_labels and turn >= len(open_labels):
            turn = 0
    assert open_labels == [] or len(copies) == int(len(X) * 0.6)
    assert "every minority label came down to the mean" in sampler.note_


def test_ml_ros_adds_the_rows_asked_for(rows):
    X, Y = rows
    sampler = MLROS(percentage=5, random_state=0)
    assert len(sampler.fit_resample(X, Y)[0]) == 210
    assert sampler.note_ == ""


def test_ml_rus_leaves_out_rows_of_majority_labels_only(rows):
    X, Y = rows
    for protect in (False, True):
        sampler = MLRUS(percentage=20, random_state=0, protect_minority=protect)
        sampler.fit_resample(X, Y)
        gone = np.setdiff1d(np.arange(200), sampler.sample_indices_)
        assert gone.size == 40
        assert Y[gone][:, irlbl(Y) < mean_ir(Y)].any(axis=1).all()
        assert protect != bool(Y[gone][:, irlbl(Y) > mean_ir(Y)].any())


def test_ml_rus_never_takes_the_last_row_of_a_label():
    Y = np.array([[1, 0, 0]] * 5 + [[1, 1, 0]] + [[0, 0, 1]])
    sampler = MLRUS(percentage=100, random_state=0)
    _, Y_out = sampler.fit_resample(np.zeros((7, 1)), Y)
    assert (Y_out.sum(axis=0) >= 1).all()
    assert "rows left out instead of 7" in sampler.note_


def test_lp_ros_brings_rare_sets_towards_the_mean(rows):
    X, Y = rows
    _, Y_out = LPROS(percentage=25, random_state=0).fit_resample(X, Y)
    before = np.unique(Y, axis=0, return_counts=True)[1]
    after = np.unique(Y_out, axis=0, return_counts=True)[1]
    assert len(Y_out) <= 250
    grown = after > before
    assert (before[grown] < before.mean()).all()
    assert (after[grown] <= before.mean()).all()


def test_lp_rus_brings_frequent_sets_towards_the_mean(rows):
    X, Y = rows
    _, Y_out = LPRUS(percentage=25, random_state=0).fit_resample(X, Y)
    before = np.unique(Y, axis=0, return_counts=True)[1]
    after = np.unique(Y_out, axis=0, return_counts=True)[1]
    shrunk = after < before
    assert len(Y_out) == 150
    assert (before[shrunk] > before.mean()).all()
    assert (after[shrunk] >= before.mean()).all()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=8), st.integers(0, 300))
def test_shares_are_level_and_fit(room, total):
    room = np.array(room)
    share = shared_out(room, total)
    assert share.sum() == min(total, room.sum())
    assert (share <= room).all()
    # Nobody who has room left gets less than another one by more than a row.
    hungry = share < room
    if hungry.any():
        assert share[hungry].min() >= share.max() - 1


@pytest.mark.parametrize("kind", [MLROS, MLRUS, LPROS, LPRUS])
def test_less_than_a_row_is_said(kind, rows):
    sampler = kind(percentage=0.1, random_state=0)
    assert len(sampler.fit_resample(*rows)[0]) == 200
    assert sampler.note_
