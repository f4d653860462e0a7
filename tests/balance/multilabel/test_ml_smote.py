"""MLSMOTE: seeds, neighbours, labels and categories beside plain loops."""

import math
from collections import Counter

import numpy as np
import pandas as pd
import pytest

from steelyard.balance.multilabel import MLSMOTE
from steelyard.data import load
from steelyard.kernels.label_imbalance import irlbl, mean_ir


def seeds_by_the_paper(Y, sampler, Y_out):
    """Labels in order; one synthetic row for each row of a label that is still above the mean."""
    counts, limit, seeds, at = Y.sum(axis=0), mean_ir(Y), [], len(Y)
    for label in range(Y.shape[1]):
        if counts.max() / counts[label] > limit:
            own = [row for row in range(len(Y)) if Y[row, label]]
            seeds += own
            counts = counts + Y_out[at : at + len(own)].sum(axis=0)
            at += len(own)
    return seeds


def nearest_in(X, rows, row, k):
    others = [other for other in rows if other != row]
    return sorted(others, key=lambda other: (math.dist(X[row], X[other]), other))[:k]


@pytest.mark.parametrize("policy", ["ranking", "union", "intersection"])
def test_it_equals_the_paper(policy, rows):
    X, Y = rows
    k = 4
    sampler = MLSMOTE(k_neighbors=k, label_policy=policy, random_state=3)
    X_out, Y_out = sampler.fit_resample(X, Y)
    made = np.flatnonzero(sampler.origin_ < 0)
    assert sampler.parents_[made, 0].tolist() == seeds_by_the_paper(Y, sampler, Y_out)
    minority = [label for label in range(5) if irlbl(Y)[label] > mean_ir(Y)]
    homes = []
    for label in minority:
        homes += [label] * int(Y[:, label].sum())
    assert len(homes) == len(made)
    for row, label in zip(made, homes, strict=True):
        seed, partner, *_ = sampler.parents_[row]
        around = nearest_in(X, np.flatnonzero(Y[:, label]).tolist(), seed, k)
        assert sorted(sampler.parents_[row, 1:]) == sorted(around)
        step = sampler.steps_[row]
        np.testing.assert_allclose(X_out[row], X[seed] + step * (X[partner] - X[seed]))
        votes = Y[[seed, *around]].sum(axis=0)
        wanted = {
            "ranking": votes > (k + 1) / 2,
            "union": votes > 0,
            "intersection": votes == k + 1,
        }[policy]
        np.testing.assert_array_equal(Y_out[row].astype(bool), wanted)
        assert Y_out[row, label] == 1


def test_categories_are_voted_and_gaps_are_survived(rows):
    X, Y = rows
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(X, columns=list("abcd"))
    frame["shop"] = pd.Categorical(rng.choice(["x", "y", "z"], len(X)))
    frame.loc[::9, "a"] = np.nan
    sampler = MLSMOTE(k_neighbors=3, random_state=0)
    out, _ = sampler.fit_resample(frame, Y)
    assert out.dtypes.equals(frame.dtypes)
    for row in np.flatnonzero(sampler.origin_ < 0):
        votes = Counter(frame["shop"].iloc[sampler.parents_[row, 1:]])
        assert votes[out["shop"].iloc[row]] == max(votes.values())


def test_groups_keep_to_themselves_and_lonely_rows_make_nothing():
    X = np.arange(24.0).reshape(12, 2)
    Y = np.array([[1, 0]] * 8 + [[0, 1]] * 4)
    groups = np.array([0] * 8 + [1, 1, 2, 3])
    sampler = MLSMOTE(random_state=0)
    sampler.fit_resample(X, Y, groups=groups)
    made = sampler.origin_ < 0
    assert sampler.parents_[made, 0].tolist() == [8, 9]
    assert sampler.note_ == "label 1: 0 to 1 neighbours instead of 5, for it has 4 rows"


def test_a_label_of_one_row_makes_nothing_and_that_is_said():
    sampler = MLSMOTE(random_state=0)
    X_out, _ = sampler.fit_resample(np.arange(20.0).reshape(10, 2), np.array([[1, 0]] * 9 + [[0, 1]]))
    assert len(X_out) == 10
    assert "no row added" in sampler.note_


def test_a_label_without_rows_is_left_alone(rows):
    X, Y = rows
    sampler = MLSMOTE(random_state=0)
    _, Y_out = sampler.fit_resample(X, np.c_[Y, np.zeros(len(Y), dtype=int)])
    assert (Y_out[:, 5] == 0).all()
    assert math.isnan(sampler.irlbl_after_[5])


def test_real_symptoms_of_real_people():
    people = load("coswara_metadata").X
    Y = people[["cough", "fever", "diarrhoea", "pneumonia"]].fillna(False).astype("int8")
    X = people[["a", "g", "vacc"]].astype({"g": "category", "vacc": "category"})
    sampler = MLSMOTE(random_state=0, standardize=True)
    X_out, Y_out = sampler.fit_resample(X, Y)
    assert X_out.dtypes.equals(X.dtypes)
    assert Y_out.dtypes.equals(Y.dtypes)
    new = int(Y[["diarrhoea", "pneumonia"]].sum().sum())
    assert len(X_out) == len(X) + new
    assert sampler.irlbl_after_["pneumonia"] < 0.7 * sampler.irlbl_before_["pneumonia"]
    assert X_out["a"].iloc[-new:].between(X["a"].min(), X["a"].max()).all()
