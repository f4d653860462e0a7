import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.data import load
from steelyard.data.long_tail import long_tail_counts, long_tail_rows
from steelyard.errors import BadOption, BadTarget


def twin(sizes, ratio, shape, largest=None):
    """Counts from the most frequent class on, one by one; sizes come in that order."""
    k, found = len(sizes), []
    for i, size in enumerate(sizes):
        head = largest or sizes[0]
        if shape == "exponential":
            wanted = int(head * (1 / ratio) ** (i / (k - 1)) + 1e-6)
        else:
            wanted = head if i < k - round(k / 2) else int(head / ratio + 1e-6)
        found.append(min(max(wanted, 1), size))
    return found


@pytest.mark.parametrize(
    ("k", "each", "total"),
    [(10, 5000, 12_406), (100, 500, 10_847)],
)
def test_the_customary_tails_of_cifar(k, each, total):
    y = np.repeat(np.arange(k), each)
    counts = list(long_tail_counts(y, 100).values())
    assert sum(counts) == total
    assert counts[0] == each
    assert counts[-1] == each / 100
    assert len(long_tail_rows(y, 100, random_state=0)) == total


@settings(deadline=None, max_examples=60)
@given(
    sizes=st.lists(st.integers(1, 80), min_size=2, max_size=7).map(lambda n: sorted(n, reverse=True)),
    ratio=st.sampled_from([1, 1.5, 7, 100, 10_000]),
    shape=st.sampled_from(["exponential", "step"]),
    largest=st.none() | st.integers(1, 100),
    seed=st.integers(0, 9),
)
def test_rows_meet_the_counts(sizes, ratio, shape, largest, seed):
    y = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(sizes)), sizes))
    counts = long_tail_counts(y, ratio, shape=shape, largest=largest)
    assert list(counts.values()) == twin(sizes, ratio, shape, largest)
    rows = long_tail_rows(y, ratio, shape=shape, largest=largest, random_state=seed)
    assert np.array_equal(rows, np.unique(rows))
    assert dict(zip(*np.unique(y[rows], return_counts=True), strict=True)) == counts


def test_head_is_the_most_frequent_class_unless_an_order_says_otherwise():
    y = np.repeat(["x", "y", "z"], [50, 80, 50])
    assert long_tail_counts(y, 16) == {"y": 80, "x": 20, "z": 5}
    assert long_tail_counts(y, 16, order=["z", "y", "x"]) == {"z": 50, "y": 12, "x": 3}
    assert long_tail_counts(y, 16, largest=32) == {"y": 32, "x": 8, "z": 2}


def test_a_class_too_small_for_its_place_gives_what_it_has():
    y = np.repeat([0, 1, 2], [100, 3, 3])
    assert long_tail_counts(y, 4) == {0: 100, 1: 3, 2: 3}
    assert long_tail_counts(y, 4, order=[1, 0, 2]) == {1: 3, 0: 1, 2: 1}


def test_a_steep_tail_keeps_one_row_of_each_class():
    assert list(long_tail_counts(np.repeat([0, 1, 2], 10), 1e9).values()) == [10, 1, 1]


def test_the_step_divides_the_last_share_of_the_classes():
    y = np.repeat(np.arange(10), 40)
    for share, minorities in [(0.01, 1), (0.2, 2), (0.5, 5), (0.99, 9)]:
        counts = list(long_tail_counts(y, 10, shape="step", minority_share=share).values())
        assert counts == [40] * (10 - minorities) + [4] * minorities


def test_the_seed_decides_and_tails_are_nested():
    y = np.random.default_rng(0).integers(5, size=1000)
    steep, mild = (long_tail_rows(y, ratio, random_state=3) for ratio in (50, 5))
    assert np.array_equal(steep, long_tail_rows(y, 50, random_state=3))
    assert not np.array_equal(steep, long_tail_rows(y, 50, random_state=4))
    assert set(steep) <= set(mild)
    draws = np.random.default_rng(0)
    assert not np.array_equal(
        long_tail_rows(y, 50, random_state=draws), long_tail_rows(y, 50, random_state=draws)
    )


def test_every_row_of_a_class_is_as_likely():
    y = np.repeat([0, 1], 10)
    often = sum(np.isin(np.arange(20), long_tail_rows(y, 5, random_state=seed)) for seed in range(500))
    assert (often[:10] == 500).all()
    assert often[10:].min() > 60
    assert often[10:].max() < 140


def test_a_data_set_takes_the_rows():
    data = load("page-blocks")
    rows = long_tail_rows(data.y, 20, largest=300, random_state=0)
    small = data.take(rows)
    wanted = long_tail_counts(data.y, 20, largest=300)
    assert small.counts == dict(sorted(wanted.items(), key=lambda pair: -pair[1]))
    assert len(small.X) == len(rows)


@pytest.mark.parametrize("kind", [list, np.array, pd.Series, pd.Categorical])
def test_labels_of_any_kind(kind):
    y = kind(["b"] * 20 + ["a"] * 20)
    assert long_tail_counts(y, 5) == {"a": 20, "b": 4}
    assert len(long_tail_rows(y, 5, random_state=0)) == 24
    assert long_tail_counts([True] * 9 + [False] * 8, 4) == {True: 9, False: 2}


@pytest.mark.parametrize(
    ("settings", "error", "said"),
    [
        ({"ratio": 0.5}, BadOption, "'ratio'"),
        ({"ratio": "steep"}, BadOption, "'ratio'"),
        ({"ratio": np.inf}, BadOption, "'ratio'"),
        ({"shape": "linear"}, BadOption, "'shape'"),
        ({"minority_share": 1}, BadOption, "'minority_share'"),
        ({"largest": 0}, BadOption, "'largest'"),
        ({"largest": 2.5}, BadOption, "'largest'"),
        ({"order": ["a"]}, BadOption, r"without \['b'\]"),
        ({"order": ["a", "b", "c"]}, BadOption, r"with \['c'\]"),
        ({"order": ["a", "a"]}, BadOption, "each of the 2 classes once"),
        ({"y": ["a"] * 5}, BadTarget, "at least 2 classes"),
        ({"y": None}, BadTarget, "None"),
        ({"y": np.linspace(0, 1, 30)}, ValueError, "continuous"),
    ],
)
def test_what_makes_no_tail_is_refused(settings, error, said):
    settings = {"y": ["a"] * 5 + ["b"] * 5, **settings}
    with pytest.raises(error, match=said):
        long_tail_rows(**settings)
    settings.pop("random_state", None)
    with pytest.raises(error, match=said):
        long_tail_counts(**settings)
