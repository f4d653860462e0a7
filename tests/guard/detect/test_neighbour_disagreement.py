import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from guard.detect.flipped import clouds, flip
from steelyard.errors import BadOption, BadTable
from steelyard.guard.detect import neighbour_disagreement


def twin(X, y, k, groups):
    """Row by row: share of other labels among the k nearest rows of other groups, and who outvotes."""
    share, rows = [], []
    for i in range(len(y)):
        others = [j for j in range(len(y)) if j != i and groups[j] != groups[i]]
        near = sorted(others, key=lambda j: (float(((X[i] - X[j]) ** 2).sum()), j))[:k]
        share.append(np.mean([y[j] != y[i] for j in near]) if near else np.nan)
        votes = {label: sum(y[j] == label for j in near) for label in set(y) - {y[i]}}
        if max(votes.values()) > len(near) / 2:
            rows.append(i)
    return np.array(share), rows


@settings(max_examples=40, deadline=None)
@given(
    n=st.integers(4, 25),
    k=st.integers(1, 6),
    seed=st.integers(0, 99),
    grouped=st.booleans(),
)
def test_a_plain_loop_says_the_same(n, k, seed, grouped):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 4, size=(n, 2)).astype(float)
    y = rng.integers(0, 3, size=n)
    y[:2] = 0, 1
    groups = rng.integers(0, 5, size=n) if grouped else np.arange(n)
    found = neighbour_disagreement(X, y, k=k, groups=groups if grouped else None)
    share, rows = twin(X, y, k, groups)
    assert np.allclose(found.every, share, equal_nan=True)
    assert sorted(found.rows.tolist()) == rows


def test_planted_flips_come_first():
    X, y = clouds((300, 60), apart=4.0)
    bad, flipped = flip(y, "b", "a", 0.25)
    found = neighbour_disagreement(X, bad)
    assert roc_auc_score(np.isin(np.arange(y.size), flipped), found.every) > 0.95
    assert np.isin(flipped, found.rows).mean() > 0.7


def test_copies_in_one_group_do_not_confirm_each_other():
    X, y = clouds((60, 30), apart=6.0)
    bad = y.copy()
    bad[60:66] = "a"
    X[60:66] = X[60]
    groups = np.arange(y.size)
    groups[60:66] = 60
    blind, seeing = neighbour_disagreement(X, bad, k=5), neighbour_disagreement(X, bad, k=5, groups=groups)
    assert not np.isin(np.arange(60, 66), blind.rows).any()
    assert np.isin(np.arange(60, 66), seeing.rows).all()


@pytest.mark.parametrize("jobs", [1, 2])
def test_threads_change_nothing(jobs):
    X, y = clouds((200, 60), apart=1.0)
    a, b = neighbour_disagreement(X, y), neighbour_disagreement(X, y, n_jobs=jobs)
    assert a.rows.tolist() == b.rows.tolist()


def test_what_cannot_be_judged_is_said():
    X, y = clouds((60, 4), apart=6.0)
    found = neighbour_disagreement(X, y)
    assert "no more than 5 rows: 'b'" in found.note
    assert "fewer than 200 others" in neighbour_disagreement(X, y, k=200).note
    with pytest.raises(BadOption, match="'k'"):
        neighbour_disagreement(X, y, k=0)
    with pytest.raises(BadTable, match="one label"):
        neighbour_disagreement(X[:-1], y)
    with pytest.raises(BadTable, match="one group"):
        neighbour_disagreement(X, y, groups=y[:-1])
