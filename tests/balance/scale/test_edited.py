"""Rows that are called safe have no enemy among their neighbours."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.balance.scale import edited
from steelyard.balance.scale.edited import contradicted, unsafe_places
from steelyard.balance.scale.everywhere import Asked, Found, nearest_among
from steelyard.kernels.mixed_distance import Points


def asked(numbers, code, first=0):
    rows = np.arange(len(numbers)) + first
    return Asked(Points(numbers), rows, np.full(len(numbers), code))


@settings(deadline=None, max_examples=60)
@given(
    st.integers(1, 40),
    st.integers(0, 10),
    st.integers(1, 4),
    st.integers(0, 10**6),
    st.sampled_from([1, 3, 64]),
)
def test_safe_rows_have_only_their_own_class_around(n_own, n_enemies, k, seed, piece):
    rng = np.random.default_rng(seed)
    # A grid, so that distances tie.
    own = asked(rng.integers(0, 6, size=(n_own, 2)).astype(float), 0)
    enemies = asked(rng.integers(0, 6, size=(n_enemies, 2)).astype(float), 1, first=1000)
    before, edited.FIRST_PIECE = edited.FIRST_PIECE, piece
    try:
        unsafe = unsafe_places(own, enemies, k)
    finally:
        edited.FIRST_PIECE = before
    assert len(set(unsafe)) == len(unsafe)
    if not n_enemies:
        assert unsafe.size == 0
        return
    everything = Asked.together([own, enemies])
    numbered = Asked(everything.points, np.arange(len(everything)), everything.codes)
    around = nearest_among(numbered.points, numbered.codes, 0, numbered.take(slice(0, n_own)), k).codes
    for place in set(range(n_own)) - set(unsafe.tolist()):
        assert (around[place] == 0).all()


def test_most_rows_far_from_enemies_are_safe():
    rng = np.random.default_rng(0)
    own, enemies = asked(rng.normal(size=(500, 2)), 0), asked(rng.normal(30, 1, size=(50, 2)), 1, first=1000)
    assert unsafe_places(own, enemies, 3).size == 0


def test_votes():
    around, codes = np.array([[0, 0, 1], [0, 1, 1], [1, 2, 2]]), np.array([0, 0, 1])
    assert contradicted(around, codes, "all").tolist() == [True, True, True]
    assert contradicted(around, codes, "mode").tolist() == [False, True, True]


@given(st.integers(1, 5), st.lists(st.lists(st.integers(0, 3), max_size=6), max_size=4))
def test_the_nearest_of_all_parts_are_kept_whatever_their_order(k, parts):
    lots, start = [], 0
    for squared in parts:
        lots.append([(float(far), start + i) for i, far in enumerate(squared)])
        start += len(squared)
    expected = [row for _, row in sorted(one for lot in lots for one in lot)][:k]
    for order in (lots, lots[::-1]):
        found = Found.nothing(1, k)
        for lot in order:
            best = sorted(lot)[:k]
            other = Found.nothing(1, k)
            for place, (far, row) in enumerate(best):
                other.rows[0, place], other.squared[0, place], other.codes[0, place] = row, far, 0
            found = found.merged(other)
        assert [row for row in found.rows[0] if row >= 0] == expected
