"""Dice and IoU: against plain loops, against scikit-learn, and where a class is missing."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as theirs

from steelyard.errors import BadOption
from steelyard.metrics import dice_of, dice_score, iou_of, mean_iou, pixel_confusion

IGNORED = 3
pairs = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=40)


def by_loops(true, decided, classes, ignore):
    """Dice and IoU of each class, None where it does not occur."""
    dice, iou = [], []
    for c in classes:
        both = either = sizes = 0
        for t, d in zip(true, decided, strict=True):
            if t == ignore:
                continue
            both += int(t == c and d == c)
            either += int(t == c or d == c)
            sizes += int(t == c) + int(d == c)
        dice.append(2 * both / sizes if sizes else None)
        iou.append(both / either if either else None)
    return dice, iou


@given(pairs, st.sampled_from([None, IGNORED, 0]))
def test_loops(drawn, ignore):
    true, decided = (np.array(column) for column in zip(*drawn, strict=True))
    classes = [c for c in range(4) if c != ignore]
    for metric, expected in zip(
        (dice_score, mean_iou), by_loops(true, decided, classes, ignore), strict=True
    ):
        told = {"labels": classes, "ignore": ignore}
        each = metric(true, decided, average=None, **told)
        np.testing.assert_allclose(each, [math.nan if e is None else e for e in expected])
        known = [e for e in expected if e is not None]
        mean = metric(true, decided, **told)
        assert mean == pytest.approx(np.mean(known)) if known else math.isnan(mean)
        assert metric(true, decided, ignore=ignore) == pytest.approx(mean, nan_ok=True)
        for c, value in zip(classes, expected, strict=True):
            wanted = math.nan if value is None else value
            assert metric(true, decided, average=c, **told) == pytest.approx(wanted, nan_ok=True)
            assert metric(true, decided, average=c, ignore=ignore) == pytest.approx(wanted, nan_ok=True)


@pytest.mark.parametrize("shape", [(500,), (3, 10, 20), (2, 5, 5, 4)])
@pytest.mark.parametrize("kind", ["numbers", "words", "bool"])
def test_scikit_learn(shape, kind):
    rng = np.random.default_rng(0)
    names = {
        "numbers": np.array([2, 7, 255], dtype=np.uint8),
        "words": np.array(["a", "b", "c"]),
        "bool": np.array([False, True]),
    }[kind]
    true, decided = (names[rng.integers(names.size, size=shape)] for _ in range(2))
    flat = true.reshape(-1), decided.reshape(-1)
    for ours, other in ((dice_score, theirs.f1_score), (mean_iou, theirs.jaccard_score)):
        assert ours(true, decided) == pytest.approx(other(*flat, average="macro"))
        np.testing.assert_allclose(ours(true, decided, average=None), other(*flat, average=None))
        one = other(*flat, labels=names[1:2], average="macro")
        assert ours(true, decided, average=names[1]) == pytest.approx(one)


def test_the_ignored_label_is_no_class_and_predicting_it_is_a_miss():
    true, decided = [0, 0, 1, 1, 9, 9], [0, 9, 1, 1, 0, 1]
    assert dice_score(true, decided, ignore=9, average=None).tolist() == pytest.approx([2 / 3, 1])
    assert mean_iou(true, decided, ignore=9, average=None).tolist() == pytest.approx([0.5, 1])
    assert mean_iou(true, decided, ignore=9, labels=[0, 1]) == pytest.approx(0.75)
    with pytest.raises(BadOption, match="is the one to ignore"):
        dice_score(true, decided, ignore=9, average=9)


def test_a_class_that_is_nowhere_is_left_out_and_one_found_nowhere_is_not():
    true, decided = np.zeros((2, 2), int), np.array([[0, 0], [0, 1]])
    assert math.isnan(dice_score(true, decided, labels=[0, 1, 2], average=None)[2])
    assert dice_score(true, decided, labels=[0, 1, 2]) == pytest.approx((6 / 7 + 0) / 2)
    assert math.isnan(mean_iou(true, true, average=1))
    for metric in (dice_score, mean_iou):
        assert math.isnan(metric([], []))
        assert math.isnan(metric([9, 9], [0, 1], ignore=9))
        assert metric([9, 9], [0, 1], ignore=9, average=None, labels=[0, 1]).shape == (2,)


def test_matrices_of_parts_add_up():
    rng = np.random.default_rng(1)
    true, decided = rng.integers(4, size=(6, 8, 8)), rng.integers(3, size=(6, 8, 8))
    total = sum(
        pixel_confusion(t, d, labels=range(3), ignore=IGNORED)[1] for t, d in zip(true, decided, strict=True)
    )
    np.testing.assert_allclose(dice_of(total), dice_score(true, decided, ignore=IGNORED, average=None))
    np.testing.assert_allclose(iou_of(total), mean_iou(true, decided, ignore=IGNORED, average=None))


def test_dice_is_a_function_of_iou():
    rng = np.random.default_rng(2)
    true, decided = rng.integers(3, size=(2, 300))
    dice, iou = (metric(true, decided, average=None) for metric in (dice_score, mean_iou))
    np.testing.assert_allclose(iou, dice / (2 - dice))


@pytest.mark.parametrize("metric", [dice_score, mean_iou])
def test_what_makes_no_sense_is_refused(metric):
    with pytest.raises(BadOption, match=r"one shape, got \(2, 2\) and \(4,\)"):
        metric(np.zeros((2, 2)), np.zeros(4))
    with pytest.raises(BadOption, match=r"2.* is not among the labels"):
        metric([0, 1], [0, 2], labels=[0, 1])
    with pytest.raises(BadOption, match=r"'macro', None or a label among \[0, 1\]. Got 'micro'"):
        metric([0, 1], [0, 1], average="micro")
    with pytest.raises(BadOption, match="Got 5 instead"):
        metric([0, 1], [0, 1], labels=[0, 1], average=5)
