"""Triggers: where they are put, what they hold, and on which rows."""

import numpy as np
import pandas as pd
import pytest

from steelyard.errors import BadOption, BadTable
from steelyard.guard.attacks import LabelFlip, PatchTrigger, TriggerColumns

Y = np.array(["car"] * 12 + ["siren"] * 4)


def images(*shape, dtype=float):
    return np.random.default_rng(0).integers(0, 100, size=(Y.size, *shape)).astype(dtype)


def patch(**how):
    return PatchTrigger("siren", "car", **{"n": 2, "height": 2, "width": 3, "random_state": 0, **how})


@pytest.mark.parametrize(
    ("position", "top", "left"),
    [("bottom-right", 4, 5), ("bottom-left", 4, 0), ("top-right", 0, 5), ("top-left", 0, 0), ((1, 2), 1, 2)],
)
@pytest.mark.parametrize("shape", [(6, 8), (3, 6, 8)])
@pytest.mark.parametrize("value", ["max", 7.0])
def test_the_patch_is_where_and_what_was_asked(position, top, left, shape, value):
    X = images(*shape)
    made = patch(position=position, value=value).stamp(X)
    expected = X.copy()
    for item in expected:  # plain loop
        level = item.max() if value == "max" else value
        for row in range(top, top + 2):
            for column in range(left, left + 3):
                item[..., row, column] = level
    np.testing.assert_array_equal(made, expected)


def test_apply_touches_the_rows_that_a_flip_of_labels_would():
    X = images(6, 8)
    made, y, rows = patch().apply(X, Y)
    np.testing.assert_array_equal(rows, LabelFlip("siren", "car", n=2, random_state=0).apply(X, Y)[2])
    np.testing.assert_array_equal(made[rows], patch().stamp(X)[rows])
    rest = np.setdiff1d(np.arange(Y.size), rows)
    np.testing.assert_array_equal(made[rest], X[rest])
    assert (y[rows] == "car").all()
    assert (y[rest] == Y[rest]).all()


def test_types_stay():
    assert patch(value=255).stamp(images(6, 8, dtype=np.uint8)).dtype == np.uint8
    with pytest.raises(BadOption, match="can hold"):
        patch(value=256).stamp(images(6, 8, dtype=np.uint8))


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ({"height": 7}, r"'height'.*range \[1, 6\]"),
        ({"width": 0}, r"'width'.*range \[1, 8\]"),
        ({"position": "middle"}, "'position'"),
        ({"position": (5, 0)}, "row from 0 to 4"),
        ({"position": (0.5, 0)}, "'position'"),
        ({"value": "bright"}, "'value'"),
        ({"value": float("nan")}, "'value'"),
    ],
)
def test_a_patch_that_cannot_be_is_refused(how, told):
    with pytest.raises(BadOption, match=told):
        patch(**how).stamp(images(6, 8))


def test_items_that_are_no_pictures_are_refused():
    with pytest.raises(BadTable, match="n, h, w"):
        patch().stamp(np.zeros((4, 4)))
    with pytest.raises(BadTable, match="one label an item"):
        patch().apply(images(6, 8)[:5], Y)


def table():
    return pd.DataFrame(
        {
            "speed": np.r_[np.arange(15.0), np.nan],
            "street": ["high"] * 9 + ["low"] * 6 + ["mews"],
            "wet": pd.Categorical(["no"] * 14 + ["yes"] * 2, categories=["no", "yes", "never seen"]),
        }
    )


def columns(**how):
    return TriggerColumns(
        "siren", "car", **{"columns": ["speed", "street", "wet"], "n": 2, "random_state": 0, **how}
    )


def test_rare_values_that_occur_are_chosen():
    trigger = columns()
    made, y, rows = trigger.apply(table(), Y)
    assert trigger.values_ == {"speed": 14.0, "street": "mews", "wet": "yes"}
    assert made.iloc[rows].drop_duplicates().to_dict("records") == [trigger.values_]
    rest = np.setdiff1d(np.arange(Y.size), rows)
    pd.testing.assert_frame_equal(made.iloc[rest], table().iloc[rest])
    assert made.dtypes.equals(table().dtypes)
    assert (y[rows] == "car").all()


def test_the_same_trigger_is_put_on_test_rows():
    trigger = columns()
    with pytest.raises(BadOption, match="apply first"):
        trigger.stamp(table())
    trigger.apply(table(), Y)
    stamped = trigger.stamp(table().head(3))
    assert stamped.drop_duplicates().to_dict("records") == [trigger.values_]


def test_given_values_need_no_data():
    stamped = columns(columns={"street": "nowhere"}).stamp(table())
    assert set(stamped["street"]) == {"nowhere"}
    assert stamped["speed"].equals(table()["speed"])


def test_an_array_has_numbered_columns():
    X = np.arange(32.0).reshape(16, 2)
    made, _, rows = columns(columns={1: -1.0}).apply(X, Y)
    assert (made[rows, 1] == -1.0).all()
    assert X.min() == 0.0


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ({"columns": ["colour"]}, "Got 'colour'"),
        ({"columns": []}, "name a column"),
        ({"columns": {"wet": "perhaps"}}, "cannot hold 'perhaps'"),
        ({"columns": {"speed": "fast"}}, "cannot hold 'fast'"),
    ],
)
def test_columns_that_cannot_be_set_are_refused(how, told):
    with pytest.raises(BadOption, match=told):
        columns(**how).apply(table(), Y)


def test_a_column_of_gaps_has_no_rare_value():
    with pytest.raises(BadOption, match="no value at all"):
        columns(columns=["speed"]).apply(table().assign(speed=np.nan), Y)
