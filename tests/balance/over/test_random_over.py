import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.balance import RandomOverSampler


def test_all_rows_stay_and_copies_follow_class_by_class():
    y = np.array(["b", "a", "a", "a", "c", "c"])
    sampler = RandomOverSampler(random_state=0)
    X_out, y_out = sampler.fit_resample(np.arange(6)[:, None], y)
    assert sampler.origin_[:6].tolist() == [0, 1, 2, 3, 4, 5]
    assert y_out[6:].tolist() == ["b", "b", "c"]
    np.testing.assert_array_equal(X_out[:, 0], sampler.origin_)
    assert (sampler.parents_ == -1).all()


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        ("auto", [12, 12, 12]),
        ("minority", [12, 5, 12]),
        ("not minority", [2, 12, 12]),
        ({0: 7}, [7, 5, 12]),
        (lambda y: {1: 2 * int((y == 1).sum())}, [2, 10, 12]),
    ],
)
def test_strategies(strategy, expected):
    y = np.repeat([0, 1, 2], [2, 5, 12])
    _, y_out = RandomOverSampler(sampling_strategy=strategy, random_state=0).fit_resample(
        np.zeros((19, 1)), y
    )
    assert np.bincount(y_out).tolist() == expected


def test_copies_are_drawn_evenly():
    y = np.repeat([0, 1], [4000, 10])
    sampler = RandomOverSampler(random_state=0)
    sampler.fit_resample(np.zeros((4010, 1)), y)
    copies = np.bincount(sampler.origin_[4010:], minlength=4010)[4000:]
    assert (np.abs(copies - 399) < 5 * np.sqrt(399)).all()


@settings(deadline=None, max_examples=30)
@given(counts=st.lists(st.integers(1, 30), min_size=2, max_size=5), seed=st.integers(0, 1000))
def test_every_class_ends_with_the_largest_count(counts, seed):
    y = np.repeat(np.arange(len(counts)), counts)
    sampler = RandomOverSampler(random_state=seed)
    _, y_out = sampler.fit_resample(np.zeros((len(y), 1)), y)
    assert np.bincount(y_out).tolist() == [max(counts)] * len(counts)
    assert (y[sampler.origin_] == y_out).all()
