"""Head, medium and tail: sizes, ties, cuts."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.errors import BadOption
from steelyard.kernels.frequency_groups import GROUPS, frequency_groups


@pytest.mark.parametrize(
    ("k", "sizes"),
    [
        (1, (1, 0, 0)),
        (2, (1, 0, 1)),
        (3, (1, 1, 1)),
        (4, (1, 2, 1)),
        (5, (2, 1, 2)),
        (8, (3, 2, 3)),
        (10, (3, 4, 3)),
        (100, (33, 34, 33)),
    ],
)
def test_thirds(k, sizes):
    counts = np.random.default_rng(0).permutation(np.arange(k) * 7 + 1)
    groups = frequency_groups(counts)
    ordered = groups[np.argsort(-counts)].tolist()
    assert ordered == [name for name, n in zip(GROUPS, sizes, strict=True) for _ in range(n)]


@given(st.lists(st.integers(0, 6), min_size=1, max_size=15))
def test_equal_counts_share_a_group_and_more_is_never_further_down(counts):
    places = [GROUPS.index(name) for name in frequency_groups(counts)]
    for one, here in zip(counts, places, strict=True):
        for other, there in zip(counts, places, strict=True):
            assert here == there if one == other else (here <= there) == (one > other) or here == there


@given(st.lists(st.integers(0, 6), min_size=1, max_size=15))
def test_a_stretch_of_equals_is_where_its_middle_is(counts):
    """By loops: the mean rank of the equals, against the borders."""
    k = len(counts)
    outer = max(1, int(k / 3 + 0.5))  # no third ends in a half, so any rounding will do
    for count, name in zip(counts, frequency_groups(counts), strict=True):
        above, equal = sum(c > count for c in counts), sum(c == count for c in counts)
        middle = above + equal / 2
        expected = "head" if middle <= outer else "medium" if middle <= k - outer else "tail"
        assert name == expected


def test_classes_that_are_all_as_large():
    assert set(frequency_groups([5] * 9)) == {"medium"}
    assert set(frequency_groups([5, 5])) == set(frequency_groups([5])) == {"head"}


def test_thresholds_include_their_ends_in_the_middle():
    names = frequency_groups([101, 100, 20, 19, 0], cuts=(100, 20))
    assert names.tolist() == ["head", "medium", "medium", "tail", "tail"]
    assert frequency_groups([4, 5, 6], cuts=(5, 5)).tolist() == ["tail", "medium", "head"]


def test_numbers_of_classes_are_met_even_among_equals():
    assert frequency_groups([5] * 4, cuts=(1, 1, 2)).tolist() == ["head", "medium", "tail", "tail"]
    names = frequency_groups(np.arange(100, 0, -1), cuts=(35, 35, 30))
    assert Counter(names.tolist()) == {"head": 35, "medium": 35, "tail": 30}


def test_names_of_your_own():
    assert frequency_groups([9, 5, 1], groups=("many", "some", "few")).tolist() == ["many", "some", "few"]


@pytest.mark.parametrize(
    ("counts", "settings", "message"),
    [
        ([], {}, "one number of 0 or more a class"),
        ([[1, 2]], {}, "one number of 0 or more a class"),
        ([1, -2], {}, "one number of 0 or more a class"),
        ([1, np.nan], {}, "one number of 0 or more a class"),
        ([3, 2], {"cuts": (1, 0, 2)}, "must add up to 2"),
        ([3, 2], {"cuts": (0.5, 1, 0.5)}, "must add up to 2"),
        ([3, 2], {"cuts": (-1, 1, 2)}, "must add up to 2"),
        ([3, 2], {"cuts": (20, 100)}, "the larger one first"),
        ([3, 2], {"cuts": (20,)}, "three numbers of classes"),
        ([3, 2], {"groups": ("a", "b")}, "three different names"),
        ([3, 2], {"groups": ("a", "b", "b")}, "three different names"),
    ],
)
def test_what_makes_no_sense_is_refused(counts, settings, message):
    with pytest.raises(BadOption, match=message):
        frequency_groups(counts, **settings)
