from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.kernels.mates import even_shares, has_mates, random_mates, vote_winners


@settings(deadline=None, max_examples=50)
@given(part=st.lists(st.integers(0, 4), min_size=1, max_size=20), seed=st.integers(0, 99))
def test_a_mate_is_another_member_of_the_part_if_there_is_one(part, seed):
    part = np.unique(part, return_inverse=True)[1]
    asked = np.arange(len(part)).repeat(3)
    mates = random_mates(part, asked, np.random.default_rng(seed))
    np.testing.assert_array_equal(part[mates], part[asked])
    np.testing.assert_array_equal(mates != asked, has_mates(part)[asked])


def test_every_mate_has_the_same_chance():
    part = np.array([0, 1, 0, 0, 1, 0])
    mates = random_mates(part, np.full(6000, 2), np.random.default_rng(0))
    counts = np.bincount(mates, minlength=6)
    assert (counts[[1, 2, 4]] == 0).all()
    assert counts[[0, 3, 5]] == pytest.approx(2000, rel=0.1)


@given(n=st.integers(0, 40), places=st.integers(1, 9))
def test_shares_differ_by_one_at_most(n, places):
    counts = np.bincount(even_shares(n, places, np.random.default_rng(0)), minlength=places)
    assert counts.sum() == n
    assert counts.max() - counts.min() <= 1


@settings(deadline=None, max_examples=50)
@given(seed=st.integers(0, 999))
def test_votes_are_counted_as_by_hand(seed):
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 3, size=(8, 2))
    around = np.array([rng.permutation(8)[:4] for _ in range(5)])
    around[np.arange(4) >= rng.integers(1, 5, size=(5, 1))] = -1
    winners = vote_winners(codes, around)
    for row, neighbors in enumerate(around):
        present = [neighbor for neighbor in neighbors if neighbor >= 0]
        for column in range(2):
            votes = Counter(codes[present, column].tolist())
            expected = next(n for n in present if votes[codes[n, column]] == max(votes.values()))
            assert winners[row, column] == expected
