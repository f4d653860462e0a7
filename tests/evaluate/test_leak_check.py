"""Parents that cross a split, against plain loops."""

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.model_selection import StratifiedKFold

from steelyard.balance import SMOTE, RandomOverSampler, RandomUnderSampler
from steelyard.balance.combine.big_jump_omrp import BigJumpOMRP
from steelyard.errors import BadOption
from steelyard.evaluate.leak_check import leak_check


@pytest.fixture(scope="module")
def rows():
    return make_classification(90, 4, weights=[0.7], random_state=0)


def slow_crossing(origin, parents, train, test):
    """Rows, copies and siblings that cross, pair by pair."""
    found = {"rows": set(), "copies": set(), "siblings": set()}
    for here, there in ((train, test), (test, train)):
        for row in here:
            mine = {parent for parent in parents[row] if parent >= 0}
            for other in there:
                if origin[row] >= 0:
                    if origin[row] == origin[other]:
                        found["copies"].add(row)
                elif origin[other] >= 0:
                    if origin[other] in mine:
                        found["rows"].add(row)
                elif mine & {parent for parent in parents[other] if parent >= 0}:
                    found["siblings"].add(row)
    return {name: sorted(rows) for name, rows in found.items()}


@pytest.mark.parametrize(
    "sampler",
    [SMOTE(random_state=0), RandomOverSampler(random_state=0), BigJumpOMRP(random_state=0)],
    ids=repr,
)
def test_by_the_definition(rows, sampler):
    sampler.fit_resample(*rows)
    sides = np.random.default_rng(1).permutation(sampler.origin_.size)
    train, test = sides[20:], sides[:15]  # some rows are on neither side
    leak = leak_check(sampler, train, test)
    slow = slow_crossing(sampler.origin_, sampler.parents_, train.tolist(), test.tolist())
    assert {name: getattr(leak, name).tolist() for name in slow} == slow
    assert leak.tested.tolist() == sorted(row for row in test if sampler.origin_[row] < 0)
    assert leak.found == any(slow.values())


def test_resampling_first_leaks_and_resampling_the_training_part_does_not(rows):
    X, y = rows
    sampler = SMOTE(random_state=0)
    X_out, y_out = sampler.fit_resample(X, y)
    train, test = next(iter(StratifiedKFold(3, shuffle=True, random_state=0).split(X_out, y_out)))
    leak = leak_check(sampler, train, test)
    assert leak.share > 0.5
    assert "resample the training rows alone" in str(leak)
    train, test = next(iter(StratifiedKFold(3, shuffle=True, random_state=0).split(X, y)))
    made = sampler.resample(X[train], y[train])
    honest = leak_check(made, np.arange(made.origin.size), np.empty(0, dtype=int))
    assert not honest.found
    assert "Nothing crosses" in str(honest)


def test_a_split_of_the_source(rows):
    X, y = rows
    sampler = SMOTE(random_state=0)
    sampler.fit_resample(X, y)
    test = np.arange(0, 90, 3)
    leak = leak_check(sampler, np.setdiff1d(np.arange(90), test), test, split_of="source")
    slow = [row for row, parents in enumerate(sampler.parents_) if set(parents) & set(test.tolist())]
    assert leak.rows.tolist() == slow
    assert leak.share == len(slow) / (sampler.origin_ < 0).sum()
    untouched = np.setdiff1d(np.arange(90), sampler.parents_)
    assert not leak_check(sampler, [], untouched, split_of="source").found


def test_rows_that_are_only_kept_leak_nothing(rows):
    sampler = RandomUnderSampler(random_state=0)
    sampler.fit_resample(*rows)
    half = np.arange(sampler.origin_.size) < 20
    assert not leak_check(sampler, np.flatnonzero(half), np.flatnonzero(~half)).found


def test_what_makes_no_sense(rows):
    sampler = SMOTE(random_state=0)
    sampler.fit_resample(*rows)
    with pytest.raises(BadOption, match="share rows"):
        leak_check(sampler, [0, 1], [1, 2])
    with pytest.raises(BadOption, match="positions below"):
        leak_check(sampler, [0], [10_000])
    with pytest.raises(BadOption, match="split_of"):
        leak_check(sampler, [0], [1], split_of="both")
    with pytest.raises(BadOption, match="does not say where its rows come from"):
        leak_check(object(), [0], [1])
