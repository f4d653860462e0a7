import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.balance import RandomUnderSampler
from steelyard.errors import BadOption, CannotResample


def test_rows_stay_in_order_and_the_small_class_whole():
    y = np.repeat(["b", "a"], [50, 8])
    sampler = RandomUnderSampler(random_state=0)
    X_out, _ = sampler.fit_resample(np.arange(58)[:, None], y)
    assert sampler.origin_[8:].tolist() == list(range(50, 58))
    assert (np.diff(X_out[:, 0]) > 0).all()


def test_a_row_is_drawn_twice_only_with_replacement():
    y = np.repeat([0, 1], [12, 10])
    X = np.zeros((22, 1))
    once, twice = RandomUnderSampler(random_state=0), RandomUnderSampler(random_state=0, replacement=True)
    once.fit_resample(X, y)
    twice.fit_resample(X, y)
    assert len(set(once.origin_)) == 20
    assert len(set(twice.origin_)) < 20
    assert len(twice.origin_) == 20


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [("auto", [2, 2, 2]), ("majority", [2, 5, 2]), ("not majority", [2, 2, 12]), ({2: 3, 1: 0}, [2, 0, 3])],
)
def test_strategies(strategy, expected):
    y = np.repeat([0, 1, 2], [2, 5, 12])
    _, y_out = RandomUnderSampler(sampling_strategy=strategy, random_state=0).fit_resample(
        np.zeros((19, 1)), y
    )
    assert np.bincount(y_out, minlength=3).tolist() == expected


def test_a_ratio_of_minority_to_majority():
    y = np.repeat([0, 1], [100, 10])
    _, y_out = RandomUnderSampler(sampling_strategy=0.5, random_state=0).fit_resample(np.zeros((110, 1)), y)
    assert np.bincount(y_out).tolist() == [20, 10]


def test_rows_are_drawn_evenly():
    y = np.repeat([0, 1], [40, 10])
    times = np.zeros(40)
    for seed in range(400):
        times[RandomUnderSampler(random_state=seed).select(np.zeros((50, 1)), y)[:10]] += 1
    assert (np.abs(times - 100) < 5 * np.sqrt(100)).all()


def test_no_rows_at_all_are_refused():
    with pytest.raises(CannotResample, match="0 rows of every class"):
        RandomUnderSampler(sampling_strategy={"a": 0, "b": 0}).fit_resample([[1], [2]], ["a", "b"])


def test_parameters_that_make_no_sense():
    with pytest.raises(BadOption, match="'replacement' parameter of RandomUnderSampler must be a bool"):
        RandomUnderSampler(replacement="yes").fit_resample([[1], [2]], ["a", "b"])
    with pytest.raises(BadOption, match="random_state must not be negative"):
        RandomUnderSampler(random_state=-1).fit_resample([[1], [2]], ["a", "b"])


@settings(deadline=None, max_examples=30)
@given(counts=st.lists(st.integers(1, 30), min_size=2, max_size=5), seed=st.integers(0, 1000))
def test_every_class_ends_with_the_smallest_count(counts, seed):
    y = np.repeat(np.arange(len(counts)), counts)
    sampler = RandomUnderSampler(random_state=seed)
    _, y_out = sampler.fit_resample(np.zeros((len(y), 1)), y)
    assert np.bincount(y_out).tolist() == [min(counts)] * len(counts)
    assert len(set(sampler.origin_)) == len(y_out)


def test_with_replacement_a_named_class_is_drawn_anew_even_at_its_own_size():
    """As in imbalanced-learn, where this makes a bootstrap of the class."""
    y = np.repeat([0, 1], [30, 20])
    X = np.arange(50)[:, None]
    for strategy, drawn in (("auto", False), ("all", True), ({0: 20, 1: 20}, True), ({0: 20}, False)):
        sampler = RandomUnderSampler(sampling_strategy=strategy, replacement=True, random_state=0)
        small = sampler.select(X, y)[20:]
        assert len(small) == 20
        assert (len(set(small)) < 20) is drawn


def test_arrays_of_more_axes_and_items_of_any_kind():
    y = np.repeat([0, 1], [6, 2])
    images = np.arange(8 * 3 * 4).reshape(8, 3, 4)
    sampler = RandomUnderSampler(random_state=0)
    X_out, _ = sampler.fit_resample(images, y)
    np.testing.assert_array_equal(X_out, images[sampler.origin_])
    texts, _ = RandomUnderSampler(random_state=0).fit_resample([f"text {i}" for i in range(8)], y)
    assert texts == [f"text {i}" for i in sampler.origin_]
