"""Shares of a budget, and the dynamic programme beside every allocation there is."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.errors import BadOption
from steelyard.kernels.allocate import (
    equal_allocation,
    power_allocation,
    ratio_allocation,
    separable_allocation,
)

COUNTS = st.lists(st.integers(1, 60), min_size=1, max_size=6)


@st.composite
def budgets(draw):
    counts = draw(COUNTS)
    return counts, draw(st.integers(len(counts), sum(counts)))


def brute_force(tables, budget):
    """The least cost over every allocation."""
    each = [range(1, len(table) + 1) for table in tables]
    return min(
        sum(table[k - 1] for table, k in zip(tables, given_, strict=True))
        for given_ in product(*each)
        if sum(given_) == budget
    )


@settings(max_examples=150, deadline=None)
@given(budgets(), st.floats(0, 2))
def test_every_allocation_spends_the_budget_within_the_caps(case, power):
    counts, budget = case
    for found in (
        ratio_allocation(counts, budget),
        equal_allocation(counts, budget),
        power_allocation(counts, budget, power),
    ):
        assert found.sum() == budget
        assert (found >= 1).all()
        assert (found <= counts).all()


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_the_programme_finds_what_trying_everything_finds(data):
    tables = data.draw(
        st.lists(st.lists(st.floats(0, 100), min_size=1, max_size=6).map(np.array), min_size=1, max_size=3)
    )
    budget = data.draw(st.integers(len(tables), min(12, sum(map(len, tables)))))
    found = separable_allocation(tables, budget)
    assert found.sum() == budget
    assert (found >= 1).all()
    cost = sum(table[k - 1] for table, k in zip(tables, found, strict=True))
    assert cost == pytest.approx(brute_force(tables, budget), abs=1e-9)


def test_the_programme_is_not_misled_where_greed_is():
    """The first step of class 0 saves nothing, the second all: no single step shows it."""
    tables = [np.array([10.0, 10.0, 0.0]), np.array([4.0, 2.0, 1.5])]
    assert separable_allocation(tables, 4).tolist() == [3, 1]


def test_equally_cheap_allocations_give_later_classes_less():
    assert separable_allocation([np.zeros(5), np.zeros(5), np.zeros(5)], 6).tolist() == [4, 1, 1]


def test_ratio_takes_the_whole_part_and_at_least_one():
    # 20 of 1000: 15.98, 3.98, 0.04; one row too few then goes to the class that keeps most back.
    assert ratio_allocation([799, 199, 2], 20).tolist() == [16, 3, 1]
    # Many classes of one row each take more than the shares: the largest class pays.
    assert ratio_allocation([90, 1, 1, 1, 1, 1], 8).tolist() == [3, 1, 1, 1, 1, 1]


def test_a_power_lies_between_proportional_and_equal():
    counts = [10_000, 100, 100]
    shares = [power_allocation(counts, 300, power)[0] for power in (0, 0.25, 0.5, 0.75, 1)]
    assert shares == sorted(shares)
    assert shares[0] == 100
    assert shares[-1] == 294


def test_equal_shares_of_small_classes_go_to_the_others():
    assert equal_allocation([100, 100, 3, 1], 40).tolist() == [18, 18, 3, 1]


@pytest.mark.parametrize("budget", [1, 12])
@pytest.mark.parametrize("allocate", [ratio_allocation, equal_allocation])
def test_a_budget_that_cannot_be_held_is_refused(allocate, budget):
    with pytest.raises(BadOption, match="budget must be between 2, one row a class, and 11, all rows"):
        allocate([10, 1], budget)


def test_a_class_without_rows_is_refused():
    with pytest.raises(BadOption, match="at least one row to give"):
        ratio_allocation([10, 0], 5)
