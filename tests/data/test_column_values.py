import datetime
import decimal

import numpy as np
import pandas as pd
import pytest

from steelyard.data.column_values import column_kind, to_levels, to_numbers, to_seconds, to_texts
from steelyard.errors import BadTable

NA = pd.NA


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pd.Series([1, 2]), [1, 2]),
        (pd.Series([1.5, None], dtype="float32"), [1.5, np.nan]),
        (pd.Series([1, NA], dtype="Int8"), [1, np.nan]),
        (pd.Series([1.5, NA], dtype="Float64"), [1.5, np.nan]),
        (pd.Series([True, False]), [1, 0]),
        (pd.Series([True, NA], dtype="boolean"), [1, np.nan]),
        (pd.Series([True, None], dtype=object), [1, np.nan]),
        (pd.Series([1, None], dtype="int64[pyarrow]"), [1, np.nan]),
        (pd.Series([2.5, None], dtype="double[pyarrow]"), [2.5, np.nan]),
        (pd.Series([True, None], dtype="bool[pyarrow]"), [1, np.nan]),
        (pd.Series([decimal.Decimal("1.5"), None]), [1.5, np.nan]),
        (pd.Series([" 3 ", "4e2", None]), [3, 400, np.nan]),
        (pd.Series(["true", "FALSE", 1], dtype=object), [1, 0, 1]),
        (pd.Series(pd.Categorical([2, 1, None])), [2, 1, np.nan]),
        (pd.Series(pd.Categorical.from_codes([0, -1, 1], ["2", "1"])), [2, np.nan, 1]),
        (pd.to_timedelta(pd.Series(["1min", None])), [60, np.nan]),
        (pd.Series([datetime.timedelta(seconds=2), None], dtype=object), [2, np.nan]),
        (pd.Series([None, None], dtype=object), [np.nan, np.nan]),
        (pd.Series(pd.arrays.SparseArray([0.0, 2.0])), [0, 2]),
    ],
)
def test_numbers(values, expected):
    numbers = to_numbers(values)
    assert numbers.dtype == np.float64
    np.testing.assert_array_equal(numbers, expected)


@pytest.mark.parametrize(
    "values", [pd.Series([1 + 2j]), pd.to_datetime(pd.Series(["2024"])), pd.Series([1, "x"])]
)
def test_what_is_no_number(values):
    with pytest.raises(BadTable, match="expects"):
        to_numbers(values)


@pytest.mark.parametrize(
    "values",
    [
        pd.to_datetime(pd.Series(["2024-05-06 07:08:09.5", None])),
        pd.to_datetime(pd.Series(["2024-05-06 07:08:09.5", None])).astype("datetime64[ms]"),
        pd.to_datetime(pd.Series(["2024-05-06 09:08:09.5", None])).dt.tz_localize("Europe/Berlin"),
        pd.Series([datetime.datetime(2024, 5, 6, 7, 8, 9, 500_000), None], dtype=object),
        pd.Series(["2024-05-06 07:08:09.5", None]),
        pd.Series(["2024-05-06T09:08:09.5+02:00", None]),
        pd.Series(pd.Categorical(["2024-05-06 07:08:09.5", None])),
        pd.to_datetime(pd.Series(["2024-05-06 07:08:09.5", None])).astype("timestamp[us][pyarrow]"),
    ],
)
def test_seconds(values):
    np.testing.assert_array_equal(to_seconds(values), [1714979289.5, np.nan])


def test_seconds_of_days_periods_and_nothing():
    np.testing.assert_array_equal(to_seconds(pd.Series([datetime.date(1970, 1, 3)], dtype=object)), [172_800])
    np.testing.assert_array_equal(
        to_seconds(pd.Series(pd.period_range("1970-02", periods=1, freq="M"))), [2_678_400]
    )
    np.testing.assert_array_equal(to_seconds(pd.Series([None, None], dtype=object)), [np.nan, np.nan])


@pytest.mark.parametrize(
    "values", [pd.Series([20240101]), pd.Series([True]), pd.Series(["2024-01-01", "never"])]
)
def test_what_is_no_date(values):
    with pytest.raises(BadTable, match="expects dates, got"):
        to_seconds(values)


def test_levels_are_compared_as_text():
    codes, levels = to_levels(pd.Series([1, "1", 1.0, "a", None, np.float32(2)], dtype=object))
    assert levels == ["1", "a", "2"]
    assert codes.tolist() == [0, 0, 0, 1, -1, 2]
    codes, levels = to_levels(pd.Series(pd.Categorical(["b", "a"], categories=["a", "b", "c"])))
    assert (codes.tolist(), levels) == ([1, 0], ["a", "b", "c"])


def test_levels_of_lists_are_refused():
    with pytest.raises(BadTable, match="list cells"):
        to_levels(pd.Series([["a"], ["b"]]))


def test_texts():
    assert to_texts(pd.Series(["a", None, 3], dtype=object)) == ["a", "", "3"]
    assert to_texts(pd.Series(pd.Categorical(["a", None]))) == ["a", ""]


SENTENCES = [f"ticket {i} was closed by team {i % 7} today" for i in range(100)]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (SENTENCES, "text"),
        (SENTENCES[:10] * 10, "categorical"),  # ten sentences that repeat are levels
        ([f"id-{i}" for i in range(100)], "categorical"),
        (["red apple", "green pear"], "categorical"),
        ([1, "x"], "categorical"),
        ([b"x", b"y"], "categorical"),
        ([None, None], "numeric"),
        ([1, None], "numeric"),
        ([True, None], "boolean"),
        ([datetime.date(2024, 1, 1)], "date"),
        ([datetime.timedelta(1)], "numeric"),
    ],
)
def test_kind_of_objects(values, kind):
    assert column_kind(pd.Series(values, dtype=object)) == kind


def test_kind_of_a_long_column_is_that_of_its_rows():
    assert column_kind(pd.Series(SENTENCES + ["x"] * 5_000)) == "categorical"
    many = pd.Series([f"row {i} of a very long table" for i in range(50_000)])
    assert column_kind(many) == "text"
