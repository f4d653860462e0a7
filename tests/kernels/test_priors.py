"""Prior arithmetic against plain loops, Bayes' rule and imbalanced-learn."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from imblearn.utils import check_sampling_strategy
from sklearn.utils.class_weight import compute_class_weight

from steelyard.kernels.priors import (
    class_counts,
    class_prior,
    class_weights,
    correct_prior,
    effective_number,
    imbalance_ratio,
    target_counts,
)

IMBLEARN_KIND = {"over": "over-sampling", "under": "under-sampling", "clean": "clean-sampling"}


def loop_correct(proba, trained, wanted):
    moved = []
    for row in proba:
        scaled = [p * w / t for p, t, w in zip(row, trained, wanted, strict=True)]
        moved.append([value / sum(scaled) for value in scaled])
    return np.array(moved)


shares = st.lists(st.floats(0.01, 1), min_size=3, max_size=3).map(lambda v: np.array(v) / sum(v))


@given(shares, shares, shares)
def test_correct_prior_equals_the_loop_and_comes_back(row, trained, wanted):
    proba = np.array([row])
    moved = correct_prior(proba, trained, wanted)
    np.testing.assert_allclose(moved, loop_correct(proba, trained, wanted))
    np.testing.assert_allclose(correct_prior(moved, wanted, trained), proba)


def test_correct_prior_is_bayes_rule():
    likelihood = np.array([0.2, 0.6])
    old, new = np.array([0.5, 0.5]), np.array([0.95, 0.05])
    posterior = likelihood * old / (likelihood * old).sum()
    expected = likelihood * new / (likelihood * new).sum()
    np.testing.assert_allclose(correct_prior([posterior], old, new)[0], expected)


def test_impossible_classes_do_not_divide_by_zero():
    moved = correct_prior([[1.0, 0.0], [0.0, 1.0]], [0.5, 0.5], [0.0, 1.0])
    np.testing.assert_allclose(moved, [[0, 1], [0, 1]])
    np.testing.assert_allclose(correct_prior([[1.0, 0.0]], [1.0, 0.0], [0.5, 0.5]), [[1, 0]])


def test_shapes_must_fit():
    with pytest.raises(ValueError, match="one column per prior"):
        correct_prior([[0.5, 0.5]], [1.0], [1.0])


def test_counts_and_priors_with_weights():
    np.testing.assert_array_equal(class_counts([2, 0, 2], 4), [1, 0, 2, 0])
    np.testing.assert_allclose(class_prior([0, 1], 2, weight=[1, 3]), [0.25, 0.75])


def test_weights_are_scikit_learns():
    codes = np.array([0] * 7 + [1] * 2 + [2])
    expected = compute_class_weight("balanced", classes=np.arange(3), y=codes)
    np.testing.assert_allclose(class_weights(codes, 3), expected)
    assert class_weights([0, 0, 2], 3)[1] == 0


def test_ratio_and_effective_number():
    assert imbalance_ratio([5, 0, 20]) == 4
    loop = [sum(0.9**i for i in range(n)) for n in (1, 5, 40)]
    np.testing.assert_allclose(effective_number([1, 5, 40], beta=0.9), loop)
    with pytest.raises(ValueError, match="beta must lie"):
        effective_number([1], beta=1)


@pytest.mark.parametrize("how", ["over", "under", "clean"])
@pytest.mark.parametrize("name", ["auto", "minority", "majority", "not minority", "not majority", "all"])
@given(counts=st.lists(st.integers(1, 50), min_size=2, max_size=5, unique=True))
def test_named_strategies_equal_imbalanced_learn(how, name, counts):
    y = np.repeat(np.arange(len(counts)), counts)
    by_label = dict(enumerate(counts))
    try:
        reference = check_sampling_strategy(name, y, IMBLEARN_KIND[how])
    except ValueError:
        with pytest.raises(ValueError, match="sampling_strategy must be one of"):
            target_counts(name, by_label, how)
        return
    got = target_counts(name, by_label, how)
    for label, count in by_label.items():
        if how == "over":
            expected = count + int(reference.get(label, 0))
        elif how == "under":
            expected = int(reference.get(label, count))
        else:
            expected = 0 if label in reference else count
        assert got[label] == expected


@given(st.integers(1, 40), st.integers(41, 200), st.floats(0.05, 1))
def test_ratios_equal_imbalanced_learn(few, many, ratio):
    y = np.repeat([0, 1], [many, few])
    assume(int(many * ratio) > few)
    over = check_sampling_strategy(ratio, y, "over-sampling")
    assert target_counts(ratio, {0: many, 1: few}, "over")[1] == few + over[1]
    under = check_sampling_strategy(ratio, y, "under-sampling")
    assert target_counts(ratio, {0: many, 1: few}, "under")[0] == under[0]


def test_dicts_lists_and_callables():
    counts = {"a": 10, "b": 4}
    assert target_counts({"b": 6}, counts, "over") == {"a": 10, "b": 6}
    assert target_counts(["a"], counts, "clean") == {"a": 0, "b": 4}
    assert target_counts(lambda y: {"b": len(y)}, counts, "over", y=[0] * 14) == {"a": 10, "b": 14}


def test_a_class_may_be_named_as_a_command_line_spells_it():
    assert target_counts({"1": 6}, {0: 10, 1: 4}, "over") == {0: 10, 1: 6}
    assert target_counts(["0"], {0: 10, 1: 4}, "clean") == {0: 0, 1: 4}
    assert target_counts({"1": 6}, {"1": 4, 1: 3, 0: 9}, "over") == {"1": 6, 1: 3, 0: 9}


@pytest.mark.parametrize(
    ("strategy", "how", "message"),
    [
        ({"c": 1}, "over", "names the class 'c'"),
        ({"a": 3}, "over", "cannot take rows away"),
        ({"b": 9}, "under", "cannot add rows"),
        ({"b": 4.5}, "over", "whole number"),
        ({"b": 9}, "clean", "name or a list"),
        (["a"], "over", "suits cleaning methods only"),
        (1.5, "over", r"must lie in \(0, 1\]"),
        (0.5, "clean", r"must lie in \(0, 1\]"),
        (0.1, "over", "cannot take rows away"),
        ("most", "over", "must be one of"),
    ],
)
def test_what_makes_no_sense_is_refused(strategy, how, message):
    with pytest.raises(ValueError, match=message):
        target_counts(strategy, {"a": 10, "b": 4}, how)


def test_ratio_needs_two_classes():
    with pytest.raises(ValueError, match="needs two classes, got 3"):
        target_counts(0.5, {"a": 9, "b": 5, "c": 2}, "over")
