import numpy as np
import pytest

from steelyard.errors import CannotEvaluate
from steelyard.evaluate.holdout import split
from steelyard.records import Dataset


def table(counts, **more):
    y = np.repeat(list(counts), list(counts.values()))
    return Dataset(np.arange(y.size, dtype=float)[:, None], y, **more)


def test_holdout_keeps_shares_groups_and_time():
    data = table({"ok": 80, "rare": 20})
    train, test = split(data, 0.25)
    assert test.counts == {"ok": 20, "rare": 5}
    assert len(train) == 75

    groups = np.arange(100) % 25
    held = split(table({"ok": 80, "rare": 20}, groups=groups), 0.3)
    assert np.intersect1d(held.train.groups, held.test.groups).size == 0
    assert "no group is in both parts" in held.sentence
    assert 0.2 < len(held.test) / 100 < 0.45

    time = np.random.default_rng(0).permutation(100)
    held = split(table({"ok": 80, "rare": 20}, time=time), 0.3)
    assert held.train.time.max() < held.test.time.min()
    assert len(held.test) == 30
    assert np.array_equal(data.y[held.test_rows], held.test.y)


@pytest.mark.parametrize("size", [0, 1, 1.5, -0.1])
def test_holdout_refuses_what_is_not_a_share(size):
    with pytest.raises(CannotEvaluate, match="between 0 and 1"):
        split(table({"a": 5, "b": 5}), size)


def test_holdout_refuses_a_part_of_one_class():
    with pytest.raises(CannotEvaluate, match="single class"):
        split(table({"a": 50, "b": 1}), 0.1)
