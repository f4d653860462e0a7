"""What every batch sampler promises, and what each rule draws."""

from collections import Counter
from itertools import chain

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.data import DataLoader, TensorDataset

from steelyard.deep.batches import Batches, ClassAware, EffectiveNumber, Natural, Progressive, SquareRoot
from steelyard.deep.losses import ClassBalanced
from steelyard.errors import BadOption, BadTarget

RULES = [Natural(), ClassAware(), SquareRoot(), Progressive(), EffectiveNumber(beta=0.99)]
LABELS = np.repeat(["a", "b", "c"], [70, 25, 5])
every = pytest.mark.parametrize("rule", RULES, ids=repr)


def taken(drawn):
    return list(chain.from_iterable(drawn))


@every
def test_shares_are_met_on_average(rule):
    counts, passes = np.array([70, 25, 5]), 400
    drawn = rule.over(LABELS, 10, seed=0, passes=passes)
    met = np.zeros(3)
    wanted = np.zeros(3)
    for number in range(passes):
        rows = taken(drawn)
        assert len(rows) == len(LABELS)
        met += np.bincount(np.searchsorted(["a", "b", "c"], LABELS[rows]), minlength=3)
        share = rule.shares(counts, number / (passes - 1))
        assert share.sum() == pytest.approx(1)
        wanted += share * len(LABELS)
    np.testing.assert_allclose(met / passes, wanted / passes, atol=0.1)


@every
def test_no_row_comes_twice_before_all_of_its_class_came_once(rule):
    drawn = rule.over(LABELS, 8, seed=3, passes=4)
    seen = Counter()
    for number in range(6):
        # Batches hide the order in which rows were drawn, so it is checked at the end of each pass.
        seen.update(taken(drawn))
        for label in "abc":
            times = [seen[row] for row in np.flatnonzero(label == LABELS)]
            assert max(times) - min(times) <= 1, (number, label)


def test_natural_batches_hold_every_row_once_a_pass():
    drawn = Natural().over(LABELS, 7, seed=0)
    first, second = taken(drawn), taken(drawn)
    assert sorted(first) == sorted(second) == list(range(100))
    assert first != second


def test_effective_number_draws_what_class_balanced_weights():
    counts = np.array([5000, 300, 20])
    weights = ClassBalanced(beta=0.999).for_counts(counts.tolist()).weights.numpy()
    weighted = counts * weights
    shares = EffectiveNumber(beta=0.999).shares(counts, 0.0)
    np.testing.assert_allclose(shares, weighted / weighted.sum(), rtol=1e-5)


def test_effective_number_lies_between_the_data_and_equal_classes():
    counts = np.array([5000, 300, 20])
    np.testing.assert_allclose(EffectiveNumber(beta=0.0).shares(counts, 0), Natural().shares(counts, 0))
    near = EffectiveNumber(beta=1 - 1e-9).shares(counts, 0)
    np.testing.assert_allclose(near, ClassAware().shares(counts, 0), rtol=1e-4)


def test_progressive_goes_from_the_data_to_equal_classes():
    drawn = Progressive().over(np.repeat([0, 1], [90, 10]), 20, seed=0, passes=5)
    rare = [sum(row >= 90 for row in taken(drawn)) for _ in range(6)]
    assert rare == [10, 20, 30, 40, 50, 50]
    assert sum(row >= 90 for row in taken(Progressive().over(np.repeat([0, 1], [90, 10]), 20))) == 10


@every
def test_the_seed_and_the_number_of_the_pass_are_all_it_depends_on(rule):
    def passes(seed):
        drawn = rule.over(LABELS, 16, seed=seed, passes=3)
        return [list(drawn) for _ in range(3)]

    one = passes(1)
    assert one == passes(1) != passes(2)
    assert one[0] != one[1] != one[2]
    resumed = rule.over(LABELS, 16, seed=1, passes=3)
    resumed.set_epoch(2)
    assert list(resumed) == one[2]
    resumed.set_epoch(0)
    assert list(resumed) == one[0]


@every
@pytest.mark.parametrize("world", [2, 3])
def test_processes_share_each_batch(rule, world):
    whole = rule.over(LABELS, 15, seed=0, passes=2)
    parts = [rule.over(LABELS, 15, seed=0, passes=2, rank=rank, world=world) for rank in range(world)]
    for _ in range(2):
        batches = list(whole)
        shared = [list(part) for part in parts]
        assert {len(part) for part in shared} == {len(part) for part in parts} == {len(batches)}
        for number, batch in enumerate(batches):
            pieces = [part[number] for part in shared]
            assert sorted(chain.from_iterable(pieces)) == sorted(batch)
            sizes = [len(piece) for piece in pieces]
            assert max(sizes) - min(sizes) <= 1


def test_a_loader_takes_it_with_and_without_workers():
    rows = TensorDataset(torch.arange(100))
    for workers in (0, 2):
        drawn = ClassAware().over(LABELS, 8, seed=0)
        loader = DataLoader(rows, batch_sampler=drawn, num_workers=workers)
        assert len(loader) == len(drawn) == 13
        expected = list(ClassAware().over(LABELS, 8, seed=0))
        assert [batch[0].tolist() for batch in loader] == expected


@settings(deadline=None, max_examples=150)
@given(
    labels=st.lists(st.integers(0, 4), min_size=2, max_size=60),
    size=st.integers(1, 70),
    world=st.integers(1, 4),
    drop_last=st.booleans(),
    rule=st.sampled_from(RULES),
    seed=st.integers(0, 99),
)
def test_sizes_of_batches(labels, size, world, drop_last, rule, seed):
    n = len(labels)
    fits = min(size, n)
    settings = {"seed": seed, "passes": 2, "drop_last": drop_last, "world": world}
    if fits < world:
        with pytest.raises(BadOption, match="cannot be shared"):
            rule.over(labels, size, **settings)
        return
    parts = [rule.over(labels, size, rank=rank, **settings) for rank in range(world)]
    shared = [list(part) for part in parts]
    assert {len(part) for part in shared} == {len(parts[0])}
    sizes = [sum(len(part[number]) for part in shared) for number in range(len(parts[0]))]
    assert all(found == fits for found in sizes[:-1])
    if drop_last:
        assert sizes == [fits] * (n // fits)
    else:
        assert sum(sizes) == n
    # A rest so small that some process had a single row of it went to the batch before.
    smallest = min(len(batch) for part in shared for batch in part)
    assert smallest >= min(fits // world, 2)


def test_one_class_is_drawn_like_any():
    for rule in RULES:
        assert sorted(taken(rule.over([7] * 9, 4))) == list(range(9))


def test_a_class_of_one_row_among_many_comes_as_often_as_the_rule_says():
    labels = np.r_[np.zeros(5000, dtype=int), 1]
    rows = taken(ClassAware().over(labels, 100, seed=0))
    assert rows.count(5000) in (2500, 2501)


def test_adding_a_class_moves_no_other_ones_draws():
    two = ClassAware().over([0] * 20 + [1] * 10, 5, seed=0)
    three = ClassAware().over([0] * 20 + [1] * 10 + [2] * 15, 5, seed=0)
    first, second = ({row for row in taken(drawn) if row < 20} for drawn in (two, three))
    assert len(first) == 15
    assert first == second


@pytest.mark.parametrize(
    ("settings", "error", "said"),
    [
        ({"batch_size": 0}, BadOption, "batch_size"),
        ({"batch_size": 2.5}, BadOption, "batch_size"),
        ({"passes": 0}, BadOption, "passes"),
        ({"rank": 2, "world": 2}, BadOption, "rank"),
        ({"rank": -1}, BadOption, "rank"),
        ({"world": 5}, BadOption, "cannot be shared"),
        ({"labels": [0, 1, 1], "batch_size": 100, "world": 4}, BadOption, "3 rows cannot be shared by 4"),
        ({"drop_last": 1}, BadOption, "drop_last"),
        ({"labels": []}, BadTarget, "no labels"),
        ({"seed": -1}, ValueError, "negative"),
        ({"labels": [0.5, np.nan]}, ValueError, "NaN"),
    ],
)
def test_what_cannot_be_drawn_is_refused(settings, error, said):
    settings = {"labels": LABELS, "batch_size": 4, **settings}
    with pytest.raises(error, match=said):
        Natural().over(**settings)


class Crooked(Batches):
    """A rule of somebody's own that does not add up."""

    def shares(self, counts, done):
        return np.full(counts.size, 1.0)


def test_a_rule_that_does_not_add_up_is_refused():
    with pytest.raises(BadOption, match="sum of 1"):
        next(iter(Crooked().over(LABELS, 4)))


@pytest.mark.parametrize("beta", [1.0, -0.1, "much"])
def test_beta_is_checked(beta):
    with pytest.raises(BadOption, match="'beta' parameter of EffectiveNumber"):
        EffectiveNumber(beta=beta)
