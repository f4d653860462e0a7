"""Groups by shared runs and the nearest training string, beside plain loops."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedGroupKFold

from steelyard.data import load
from steelyard.data.groups import nearest_overlap, shared_kmer_groups
from steelyard.errors import BadOption, BadTable

TEXTS = st.lists(st.text(alphabet="AB中", max_size=9), min_size=1, max_size=12)


def plain_groups(texts, k):
    """Union by union, with strings too short taken as they are."""
    parent = list(range(len(texts)))

    def find(row):
        while parent[row] != row:
            row = parent[row]
        return row

    owner = {}
    for row, text in enumerate(texts):
        runs = [text[i : i + k] for i in range(len(text) - k + 1)] or [("whole", text)]
        for run in runs:
            parent[find(row)] = find(owner.setdefault(run, row))
    numbers = {}
    return [numbers.setdefault(find(row), len(numbers)) for row in range(len(texts))]


@settings(max_examples=80, deadline=None)
@given(TEXTS, st.integers(1, 11))
def test_groups_are_those_of_unions_one_by_one(texts, k):
    assert shared_kmer_groups(texts, k).tolist() == plain_groups(texts, k)


def longest_common(a, b):
    return max(
        (
            n
            for n in range(min(len(a), len(b)), 0, -1)
            if any(a[i : i + n] in b for i in range(len(a) - n + 1))
        ),
        default=0,
    )


@settings(max_examples=80, deadline=None)
@given(TEXTS, TEXTS)
def test_the_longest_overlap_is_that_of_trying_all(train, test):
    near = nearest_overlap(train, test)
    for row, text in enumerate(test):
        lengths = [longest_common(text, known) for known in train]
        best = max(lengths)
        assert near.length[row] == best
        if not best:
            assert near.row[row] == -1
            continue
        # Of several training strings the shortest, then the first.
        owners = [place for place, length in enumerate(lengths) if length == best]
        assert near.row[row] == min(owners, key=lambda place: (len(train[place]), place))
        known, start = train[near.row[row]], near.train_start[row]
        assert text[near.start[row] :][:best] == known[start:][:best]


def test_long_strings_that_are_equal_need_few_looks(monkeypatch):
    from steelyard.data import groups

    looks = []
    shares = groups._Index.shares
    monkeypatch.setattr(groups._Index, "shares", lambda *given: looks.append(given[2]) or shares(*given))
    text = "".join(np.random.default_rng(0).choice(list("ACDE"), size=3000))
    near = nearest_overlap([text], [text, text[:2000] + "X", "XX"])
    assert near.length.tolist() == [3000, 2000, 0]
    assert len(looks) < 50


def test_the_packaged_set_falls_into_the_known_groups():
    data = load("pip_el")
    groups = shared_kmer_groups(data.X)
    assert groups.max() + 1 == 1229
    for train, test in StratifiedGroupKFold(3).split(data.X, data.y, groups):
        near = nearest_overlap(data.X.iloc[train], data.X.iloc[test])
        assert near.length.max() < 8


@pytest.mark.parametrize("k", [0, 2.5, True, "8"])
def test_a_length_that_makes_no_sense(k):
    with pytest.raises(BadOption, match="'k' parameter of shared_kmer_groups"):
        shared_kmer_groups(["AB"], k)


@pytest.mark.parametrize("given", [["AB", None], [1], "AB"])
def test_what_is_no_string_is_refused(given):
    with pytest.raises(BadTable, match="string"):
        shared_kmer_groups(given)
    with pytest.raises(BadTable, match="string"):
        nearest_overlap(["AB"], given)


def test_nothing_to_compare_with_is_refused_and_nothing_to_compare_is_fine():
    with pytest.raises(BadTable, match="at least one training string"):
        nearest_overlap([], ["AB"])
    assert nearest_overlap(["AB"], []).length.shape == (0,)
    assert shared_kmer_groups([]).shape == (0,)
