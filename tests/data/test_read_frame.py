"""Any library's frame becomes the same plain one; what cannot is named."""

import datetime
import decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy import sparse

from steelyard.data import read_frame
from steelyard.data.tidy_frame import tidy_frame
from steelyard.errors import BadTable

COLUMNS = {"n": [1, 2, 3], "r": [0.5, None, 1.5], "w": ["a", None, "c"], "t": [True, False, True]}


def kinds(frame):
    return {
        name: frame[name].dtype.kind if frame[name].dtype != "boolean" else "boolean"
        for name in frame.columns
    }


@pytest.mark.parametrize(
    "make", [pd.DataFrame, pl.DataFrame, pa.table, dict], ids=["pandas", "polars", "arrow", "dict"]
)
def test_every_library_gives_the_same(make):
    frame = read_frame(make(COLUMNS))
    assert list(frame.columns) == list(COLUMNS)
    assert frame["n"].dtype == np.int64
    assert frame["r"].dtype == np.float64
    assert frame["t"].dtype == bool
    assert frame["w"].tolist()[0] == "a"
    assert frame["w"].isna().tolist() == [False, True, False]
    assert frame["w"].dtype == pd.Series(["a"], dtype="str").dtype


def test_arrays():
    assert read_frame(np.ones((2, 3), dtype=np.float32))["x2"].dtype == np.float32
    frame = read_frame(np.array([[1, "a"], [2, "b"]], dtype=object))
    assert frame["x0"].dtype == np.int64
    assert frame["x1"].tolist() == ["a", "b"]
    structured = np.array([(1, 2.5)], dtype=[("a", "i4"), ("b", "f8")])
    assert list(read_frame(structured).columns) == ["a", "b"]
    masked = np.ma.masked_array([[1, 2], [3, 4]], mask=[[0, 1], [0, 0]])
    assert read_frame(masked)["x1"].isna().tolist() == [True, False]
    with pytest.raises(BadTable, match="reshape"):
        read_frame(np.ones(3))
    with pytest.raises(BadTable, match="columns"):
        read_frame(np.ones((1, 50_001), dtype=np.int8))


@pytest.mark.parametrize("make", [sparse.csr_matrix, sparse.csc_array, sparse.coo_array])
def test_sparse(make):
    dense = np.array([[0.0, 2.0], [3.0, 0.0]])
    assert np.array_equal(read_frame(make(dense)).to_numpy(), dense)


def test_sparse_larger_than_memory_is_refused():
    wide = sparse.csr_matrix((200_000, 5_000))
    with pytest.raises(BadTable, match=r"7,629 MiB.*TruncatedSVD"):
        read_frame(wide)
    with pytest.raises(BadTable, match="50,000 columns"):
        read_frame(sparse.csr_matrix((2, 50_001)))


def test_what_is_no_table():
    with pytest.raises(BadTable, match="lazy"):
        read_frame(pl.LazyFrame(COLUMNS))
    with pytest.raises(BadTable, match="list"):
        read_frame([[1, 2], [3, 4]])
    with pytest.raises(BadTable, match="got int"):
        read_frame(3)
    with pytest.raises(BadTable, match="same number"):
        read_frame({"a": [1, 2], "b": [1]})
    with pytest.raises(BadTable, match="0 x 2"):
        read_frame(pd.DataFrame({"a": [], "b": []}))
    with pytest.raises(BadTable, match="more than once"):
        read_frame(pd.DataFrame([[1, 2]], columns=["a", "a"]))
    with pytest.raises(BadTable, match="two-level"):
        read_frame(pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "b"), ("a", "c")])))


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"bad": [[1], [2]]}),
        pd.DataFrame({"bad": [{"a": 1}, {}]}),
        pd.DataFrame({"bad": [object(), object()]}),
        pd.DataFrame({"bad": [1 + 2j, 3j]}),
        pl.DataFrame({"bad": [[1, 2], [3]]}),
        pl.DataFrame({"bad": [{"a": 1}, {"a": 2}]}),
        pa.table({"bad": [[1, 2], [3]]}),
    ],
)
def test_cells_that_are_no_single_value_are_named(frame):
    with pytest.raises(BadTable, match="'bad'"):
        read_frame(frame)


def test_odd_dtypes():
    frame = tidy_frame(
        pd.DataFrame(
            {
                "nullable": pd.array([1, None, 3], dtype="Int64"),
                "full": pd.array([1, 2, 3], dtype="Int32"),
                "gaps": pd.array([True, None, False], dtype="boolean"),
                "no_gaps": pd.array([True, True, False], dtype="boolean"),
                "objects": np.array([True, None, False], dtype=object),
                "numbers": np.array([1, decimal.Decimal("2.5"), None], dtype=object),
                "ints": np.array([1, 2, 3], dtype=object),
                "huge": np.array([1, 2**70, 3], dtype=object),
                "arrow": pd.array([1, None, 3], dtype=pd.ArrowDtype(pa.int16())),
                "arrow_words": pd.array(["a", None, "b"], dtype=pd.ArrowDtype(pa.string())),
                "arrow_dates": pd.array([datetime.date(2024, 1, 1)] * 3, dtype=pd.ArrowDtype(pa.date32())),
                "period": pd.period_range("2024-01", periods=3, freq="M"),
                "interval": pd.interval_range(0, 3),
                "lapse": pd.to_timedelta([60, 120, 180], unit="s"),
                "zone": pd.date_range("2024-01-01", periods=3, tz="Europe/Paris"),
                "days": [datetime.date(2024, 1, i) for i in (1, 2, 3)],
                "category": pd.Categorical(["x", "y", "x"]),
                "sparse": pd.arrays.SparseArray([0.0, 0.0, 1.0]),
                "nothing": [None, None, None],
                "half": np.array([1, 2, 3], dtype=np.float16),
            },
            index=["p", "q", "r"],
        )
    )
    assert kinds(frame) == {
        "nullable": "f",
        "full": "i",
        "gaps": "boolean",
        "no_gaps": "b",
        "objects": "boolean",
        "numbers": "f",
        "ints": "i",
        "huge": "f",
        "arrow": "f",
        "arrow_words": "O",
        "arrow_dates": "M",
        "period": "M",
        "interval": "O",
        "lapse": "f",
        "zone": "M",
        "days": "M",
        "category": "O",
        "sparse": "f",
        "nothing": "f",
        "half": "f",
    }
    assert frame["lapse"].tolist() == [60.0, 120.0, 180.0]
    assert frame["zone"].iloc[0] == pd.Timestamp("2023-12-31 23:00")
    assert list(frame.index) == [0, 1, 2]
    assert len(frame.attrs["notes"]) == 2


def test_a_mixed_column_becomes_text_and_says_so():
    frame = read_frame(pd.DataFrame({"m": pd.Series([np.int8(8), "x", None], dtype=object), "ok": [1, 2, 3]}))
    assert frame["m"].tolist()[:2] == ["8", "x"]
    assert frame["m"].isna().tolist() == [False, False, True]
    assert frame.attrs["notes"] == ("Column 'm' mixes int8 and str; it is read as text.",)
    assert list(read_frame(pd.DataFrame({0: [1], "0x": [2]})).columns) == ["0", "0x"]


def test_the_callers_frame_is_left_alone():
    mine = pd.DataFrame({"m": [1, "x"], "n": [1.0, np.inf]})
    before = mine.copy()
    out = read_frame(mine)
    out.loc[0, "n"] = 7.0
    pd.testing.assert_frame_equal(mine, before)
    assert not mine.attrs
