import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.errors import CannotEvaluate
from steelyard.evaluate.make_splitter import auto_repeats, make_splitter
from steelyard.records import Dataset


def table(counts, **more):
    y = np.repeat(list(counts), list(counts.values()))
    return Dataset(np.arange(y.size, dtype=float)[:, None], y, **more)


def partition(splitter, repeat=0):
    return np.sort(np.concatenate([f.test for f in splitter.folds if f.repeat == repeat]))


def test_repeats_are_complete_partitions_in_proportion():
    data = table({"ok": 90, "rare": 10})
    splitter = make_splitter(data, 5, 3, random_state=1)
    assert len(splitter.folds) == splitter.get_n_splits() == 15
    for repeat in range(3):
        assert np.array_equal(partition(splitter, repeat), np.arange(100))
    for fold in splitter.folds:
        assert np.intersect1d(fold.train, fold.test).size == 0
        assert (data.y[fold.test] == "rare").sum() == 2
    assert splitter.ratio == pytest.approx(0.25)
    assert not np.array_equal(splitter.folds[0].test, splitter.folds[5].test)


def test_the_first_repeat_does_not_depend_on_how_many_follow():
    data = table({"ok": 40, "rare": 10})
    one, three = make_splitter(data, 5, 1), make_splitter(data, 5, 3)
    assert all(np.array_equal(a.test, b.test) for a, b in zip(one.folds, three.folds, strict=False))


def test_fewer_folds_for_a_rare_class_and_it_is_said():
    splitter = make_splitter(table({"ok": 40, "rare": 4}), 5, 1)
    assert splitter.n_folds == 4
    assert "4 folds instead of 5" in splitter.notes[0]
    assert splitter.not_evaluated == ()


@pytest.mark.parametrize("rows", [1, 2])
def test_a_class_too_rare_stays_in_training_and_is_named(rows):
    data = table({"a": 30, "b": 20, "tiny": rows})
    splitter = make_splitter(data, 5, 2)
    assert splitter.not_evaluated == ("tiny",)
    assert "tiny" in splitter.notes[-1]
    for fold in splitter.folds:
        assert (data.y[fold.train] == "tiny").sum() == rows
        assert "tiny" not in data.y[fold.test]


def test_two_classes_of_which_one_is_too_rare_cannot_be_evaluated():
    with pytest.raises(CannotEvaluate, match=r"2 classes with 3 rows each.*\[2, 30\]"):
        make_splitter(table({"ok": 30, "rare": 2}), 5)
    with pytest.raises(CannotEvaluate, match="at least 2 classes, got 1"):
        make_splitter(table({"ok": 30}), 5)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1000))
def test_groups_are_never_on_both_sides(seed):
    rng = np.random.default_rng(seed)
    groups = rng.integers(0, 30, size=200)
    y = np.where(rng.random(200) < 0.2, "rare", "ok")
    splitter = make_splitter(Dataset(np.zeros((200, 1)), y, groups=groups), 5, 2, random_state=seed)
    assert splitter.kind == "whole groups"
    for fold in splitter.folds:
        assert np.intersect1d(groups[fold.train], groups[fold.test]).size == 0
        assert np.unique(y[fold.test]).size == 2


def test_groups_with_a_class_too_rare_stay_in_training():
    groups = np.repeat(np.arange(20), 5)
    y = np.where(np.arange(100) % 5 == 0, "b", "a").astype(object)
    y[:2] = "c"
    splitter = make_splitter(Dataset(np.zeros((100, 1)), y.astype(str), groups=groups), 5, 1)
    assert splitter.not_evaluated == ("c",)
    assert all(0 not in groups[fold.test] for fold in splitter.folds)


def test_groups_that_hold_the_rare_class_alone_are_too_few():
    groups = np.repeat(np.arange(20), 5)
    y = np.where(groups < 2, "rare", "ok")
    with pytest.raises(CannotEvaluate, match="2 classes with 3 groups each"):
        make_splitter(Dataset(np.zeros((100, 1)), y, groups=groups), 5)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1000), ties=st.integers(1, 40))
def test_the_future_never_trains(seed, ties):
    rng = np.random.default_rng(seed)
    time = rng.integers(0, ties + 20, size=200)
    y = np.where(rng.random(200) < 0.3, "rare", "ok")
    splitter = make_splitter(Dataset(np.zeros((200, 1)), y, time=time), 5, 3, random_state=seed)
    assert splitter.kind == "expanding window"
    assert splitter.n_repeats == 1
    assert any("One repeat only" in note for note in splitter.notes)
    for fold in splitter.folds:
        assert time[fold.train].max() < time[fold.test].min()
    sizes = [fold.train.size for fold in splitter.folds]
    assert sizes == sorted(sizes)


def test_time_and_groups_purges_groups_from_the_past():
    time, groups = np.arange(120), np.arange(120) % 40
    y = np.where(np.arange(120) % 3 == 0, "rare", "ok")
    splitter = make_splitter(Dataset(np.zeros((120, 1)), y, time=time, groups=groups), 4)
    for fold in splitter.folds:
        assert np.intersect1d(groups[fold.train], groups[fold.test]).size == 0
        assert time[fold.train].max() < time[fold.test].min()


def test_dates_order_time_too():
    time = pd.date_range("2024-01-01", periods=60).to_numpy()[::-1].copy()
    y = np.where(np.arange(60) % 3 == 0, 1, 0)
    for fold in make_splitter(Dataset(np.zeros((60, 1)), y, time=time), 3).folds:
        assert time[fold.train].max() < time[fold.test].min()


def test_a_class_that_comes_late_is_waited_for_or_not_tested():
    y = np.array(["a", "b"] * 50).astype(object)
    y[25:60:5] = "c"
    waits = make_splitter(Dataset(np.zeros((100, 1)), y.astype(str), time=np.arange(100)), 4)
    assert waits.folds[0].train.size >= 31
    y[25:60:5] = "a"
    y[[70, 80, 90]] = "late"
    ignores = make_splitter(Dataset(np.zeros((100, 1)), y.astype(str), time=np.arange(100)), 4)
    assert ignores.not_evaluated == ("late",)
    assert all("late" not in y[fold.test] for fold in ignores.folds)


def test_official_parts():
    part = np.array(["train"] * 30 + ["TEST"] * 10)
    y = np.array(["a", "b"] * 20)
    data = Dataset(np.zeros((40, 1)), y, part=part)
    splitter = make_splitter(data, use_part=True)
    assert splitter.folds[0].test.tolist() == list(range(30, 40))
    with pytest.raises(CannotEvaluate, match="column of official parts"):
        make_splitter(table({"a": 5, "b": 5}), use_part=True)
    with pytest.raises(CannotEvaluate, match="rows marked 'test'"):
        make_splitter(Dataset(np.zeros((40, 1)), y, part=np.full(40, "train")), use_part=True)


def test_works_as_a_scikit_learn_splitter():
    from sklearn.dummy import DummyClassifier
    from sklearn.model_selection import cross_val_score

    data = table({"ok": 30, "rare": 10})
    assert cross_val_score(DummyClassifier(), data.X, data.y, cv=make_splitter(data, 5, 2)).size == 10


def test_auto_repeats_never_grow_with_the_table():
    found = [auto_repeats(n) for n in (100, 1000, 5000, 50_000, 10**6)]
    assert found == sorted(found, reverse=True)
    assert found[-1] == 1
