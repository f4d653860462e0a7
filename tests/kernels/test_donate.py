"""Donations keep the sum and the caps; the search only ever goes down."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.kernels.donate import first_improvement, soft_donation


def spread_evenly(caps):
    return lambda given_: float(((given_ / caps) ** 2).sum())


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 30), st.integers(0, 30)), min_size=2, max_size=6),
    st.integers(0, 40),
    st.integers(0, 2**20),
)
def test_a_donation_keeps_the_sum_and_the_caps(classes, amount, seed):
    given_ = np.array([some for some, _ in classes])
    caps = given_ + [room for _, room in classes]
    source = seed % given_.size
    amount = min(amount, int(given_[source]) - 1)
    after = soft_donation(given_, caps, source, amount, np.random.default_rng(seed))
    room = int((caps - given_).sum() - (caps - given_)[source])
    assert after.sum() == given_.sum()
    assert (after <= caps).all()
    assert after[source] == given_[source] - min(amount, room)
    assert (np.delete(after - given_, source) >= 0).all()


def test_shares_follow_the_room_and_the_rest_goes_by_descending_room():
    # Room 6 and 3, seven rows: whole shares 4 and 2, the seventh to the one with more room left.
    after = soft_donation(np.array([10, 1, 1]), np.array([10, 7, 4]), 0, 7, np.random.default_rng(0))
    assert after.tolist() == [3, 6, 3]


def test_a_single_row_goes_to_one_class_drawn_by_room():
    given_, caps = np.array([9, 1, 1]), np.array([9, 91, 11])
    rng = np.random.default_rng(0)
    times = sum(soft_donation(given_, caps, 0, 1, rng)[1] == 2 for _ in range(400))
    assert 330 < times < 390  # 90 of 100 in the mean


def test_a_lucky_class_without_enough_room_passes_the_rest_on():
    given_, caps = np.array([20, 1, 1, 1, 1]), np.array([20, 2, 2, 2, 2])
    for seed in range(20):
        after = soft_donation(given_, caps, 0, 3, np.random.default_rng(seed))
        assert sorted(after.tolist()) == [1, 2, 2, 2, 17]


def test_every_move_lowers_the_cost():
    start, caps = np.array([30, 8, 1, 1]), np.array([100, 100, 20, 2])
    moves = first_improvement(start, caps, spread_evenly(caps), np.random.default_rng(0))
    costs = [move.cost for move in moves]
    assert moves[0].allocation == (30, 8, 1, 1)
    assert len(moves) > 1
    assert (np.diff(costs) < 0).all()
    for move in moves:
        assert sum(move.allocation) == 40
        assert move.cost == pytest.approx(spread_evenly(caps)(np.array(move.allocation)))


def test_equal_seeds_take_equal_ways():
    start, caps = np.array([30, 8, 1, 1]), np.array([100, 100, 20, 2])
    ways = [first_improvement(start, caps, spread_evenly(caps), np.random.default_rng(5)) for _ in range(2)]
    assert ways[0] == ways[1]


def test_as_released_a_class_that_started_at_one_row_never_gives():
    """Once class 0 has ten rows, only gifts of class 1 to class 2 lower the cost."""

    def cost(given_):
        return float(100 * abs(given_[0] - 10) + given_[1])

    start, caps = np.array([30, 1, 1]), np.array([50, 50, 50])
    for as_released in (True, False):
        moves = first_improvement(
            start, caps, cost, np.random.default_rng(0), patience=10**6, as_released=as_released
        )
        assert moves[-1].allocation[0] == 10
        assert (moves[-1].allocation[1] == 1) == (not as_released)


def test_patience_counts_rejected_moves_of_next_to_no_effect():
    turns = []

    def flat(given_):
        turns.append(1)
        return 5.0

    first_improvement(np.array([9, 9]), np.array([20, 20]), flat, np.random.default_rng(0), patience=7)
    assert len(turns) == 1 + 7


def test_nothing_moves_where_nothing_can():
    full = np.array([1, 1])
    assert len(first_improvement(full, np.array([5, 5]), lambda _: 1.0, np.random.default_rng(0))) == 1
    assert len(first_improvement(full + 3, full + 3, lambda _: 1.0, np.random.default_rng(0))) == 1
