"""Every kind of table gives its own kind back: rows taken, and synthetic rows added."""

from fractions import Fraction

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy import sparse

from steelyard.balance.tables.base import Children
from steelyard.balance.tables.open_table import open_table
from steelyard.balance.tables.pandas_table import grown_index
from steelyard.errors import BadTable
from steelyard.kernels.interpolate import segments

ROWS = np.array([2, 0, 2])


def children(numeric, numbers, categorical=(), cells_of=()):
    base = np.array([1, 1])
    return Children(
        base, base[:, None], list(numeric), np.asarray(numbers), list(categorical), np.asarray(cells_of)
    )


FRAME = pd.DataFrame(
    {
        "f": np.array([1.5, 2.5, np.nan], dtype="float32"),
        "i": np.array([1, 2, 3], dtype="int8"),
        "n": pd.array([1, None, 3], dtype="Int64"),
        "c": pd.Categorical(["x", "y", None], categories=["x", "y", "z"], ordered=True),
        "s": pd.array(["a", None, "b"], dtype="str"),
        "b": [True, False, True],
        "p": pd.array([1.5, None, 2.0], dtype="float64[pyarrow]"),
    }
)
MADE = children(
    [0, 1, 2, 6],
    [[1.75, 1.4, 2.6, np.nan], [np.nan, 2.5, np.nan, 1.0]],
    [3, 4, 5],
    [[2, 0, 0], [0, 1, 1]],
)


def test_pandas_keeps_types_categories_and_gaps():
    grown = open_table(FRAME).grow(MADE)
    assert grown.dtypes.equals(FRAME.dtypes)
    pd.testing.assert_frame_equal(grown.iloc[:3], FRAME)
    new = grown.iloc[3:]
    assert new["i"].tolist() == [1, 2]  # 1.4 and 2.5, to the nearest whole number, halves to even
    assert new["n"].tolist() == [3, pd.NA]
    assert new["c"].isna().tolist() == [True, False]
    assert new["c"].iloc[1] == "x"
    assert new["s"].iloc[0] == "a"
    assert new["b"].tolist() == [True, False]
    assert new["p"].isna().tolist() == [True, False]
    assert new["f"].isna().tolist() == [False, True]


def test_polars_keeps_types_enumerations_and_nulls():
    frame = pl.DataFrame(
        {
            "f": pl.Series([1.5, 2.5, None], dtype=pl.Float32),
            "i": pl.Series([1, 2, 3], dtype=pl.Int8),
            "e": pl.Series(["x", "y", None], dtype=pl.Enum(["x", "y", "z"])),
            "c": pl.Series(["x", "y", None], dtype=pl.Categorical),
            "s": ["a", None, "b"],
            "b": [True, False, True],
        }
    )
    table = open_table(frame)
    assert [table.kind_of(column) for column in range(6)] == ["numeric"] * 2 + ["categorical"] * 4
    grown = table.grow(
        children([0, 1], [[1.75, 1.4], [np.nan, 2.6]], [2, 3, 4, 5], [[2, 0, 0, 0], [0, 1, 1, 1]])
    )
    assert grown.schema == frame.schema
    assert grown.head(3).equals(frame)
    assert grown.tail(2).to_dict(as_series=False) == {
        "f": [1.75, None],
        "i": [1, 3],
        "e": [None, "x"],
        "c": ["x", "y"],
        "s": ["a", None],
        "b": [True, False],
    }
    assert table.take(ROWS)["i"].to_list() == [3, 1, 3]
    with_nan = open_table(pl.DataFrame({"f": [1.0, float("nan"), 2.0]}))
    assert np.isnan(with_nan.grow(children([0], [[np.nan], [1.0]])).get_column("f")[3])


def test_pyarrow_keeps_its_schema():
    schema = pa.schema(
        [
            ("f", pa.float32()),
            ("i", pa.int8()),
            ("d", pa.dictionary(pa.int32(), pa.string())),
            ("s", pa.string()),
            ("b", pa.bool_()),
        ],
        metadata={"made": "by hand"},
    )
    parts = [
        pa.array([1.5, 2.5, None], pa.float32()),
        pa.array([1, 2, 3], pa.int8()),
        pa.array(["x", "y", None]).dictionary_encode(),
        pa.array(["a", None, "b"]),
        pa.array([True, False, True]),
    ]
    source = pa.Table.from_arrays(parts, schema=schema)
    table = open_table(source)
    assert [table.kind_of(column) for column in range(5)] == ["numeric"] * 2 + ["categorical"] * 3
    grown = table.grow(children([0, 1], [[1.75, 1.4], [np.nan, 2.6]], [2, 3, 4], [[2, 0, 0], [0, 1, 1]]))
    assert grown.schema.equals(schema, check_metadata=True)
    assert grown.slice(0, 3).to_pydict() == source.to_pydict()
    assert grown.slice(3).to_pydict() == {
        "f": [1.75, None],
        "i": [1, 3],
        "d": [None, "x"],
        "s": ["a", None],
        "b": [True, False],
    }
    assert table.take(ROWS).column("i").to_pylist() == [3, 1, 3]


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "int8", "uint16", "int64"])
def test_arrays_keep_their_type(dtype):
    values = np.arange(6).reshape(3, 2).astype(dtype)
    grown = open_table(values).grow(children([0, 1], [[2.0, 3.4], [2.6, 3.0]]))
    assert grown.dtype == dtype
    assert grown.shape == (5, 2)
    if values.dtype.kind in "iu":
        assert grown[3:].tolist() == [[2, 3], [3, 3]]


def test_arrays_of_further_axes_keep_their_shape():
    values = np.arange(24.0).reshape(3, 2, 4)
    grown = open_table(values).grow(children(range(8), np.full((2, 8), 0.5)))
    assert grown.shape == (5, 2, 4)
    assert open_table(values).take(ROWS).shape == (3, 2, 4)


def test_arrays_of_objects_keep_whole_numbers_whole():
    values = np.array([[1, 1.5, "a"], [2, None, "b"], [3, 2.5, "a"]], dtype=object)
    table = open_table(values)
    assert [table.kind_of(column) for column in range(3)] == ["numeric", "numeric", "categorical"]
    grown = table.grow(children([0, 1], [[1.4, 2.0], [2.6, 1.0]], [2], [[0], [1]]))
    assert grown[3:].tolist() == [[1, 2.0, "a"], [3, 1.0, "b"]]
    assert isinstance(grown[3, 0], int)


def test_lists_come_back_as_lists():
    assert open_table([[1, 2], [3, 4], [5, 6]]).take(ROWS) == [[5, 6], [1, 2], [5, 6]]
    assert open_table([[1.0], [2.0], [4.0]]).grow(children([0], [[1.5], [3.0]])) == [
        [1],
        [2],
        [4],
        [1.5],
        [3],
    ]


@pytest.mark.parametrize("form", [sparse.csr_matrix, sparse.csc_matrix, sparse.csr_array, sparse.coo_array])
@pytest.mark.parametrize("dtype", ["float32", "float64", "int32"])
def test_sparse_tables_keep_format_type_and_explicit_zeros(form, dtype):
    values = form(np.array([[0, 2], [3, 0], [0, 0]], dtype=dtype))
    made = open_table(values).grow(_sparse_children())
    assert type(made) is form
    assert made.dtype == dtype
    assert made.toarray()[3:].tolist() == ([[1, 0], [0, 2]] if dtype == "int32" else [[1.25, 0], [0, 2]])
    zeros = sparse.csr_array((np.array([0.0, 1.0]), np.array([0, 1]), np.array([0, 1, 2])), shape=(2, 2))
    assert open_table(zeros).take(np.array([0, 0])).nnz == 2


def _sparse_children():
    return Children(
        np.array([1, 1]), np.array([[1], [1]]), [0, 1], sparse.csr_array([[1.25, 0], [0, 2]]), [], []
    )


def test_codes_are_equal_where_cells_are_and_missing_is_a_level():
    for values in (
        FRAME[["s", "c"]],
        pl.from_pandas(FRAME[["s", "c"]]),
        pa.Table.from_pandas(FRAME[["s", "c"]]),
    ):
        codes = open_table(values).codes([0, 1])
        assert len(set(codes[:, 0])) == 3
        assert len(set(codes[:, 1])) == 3
    mixed = np.array([["a", 1], ["a", None], [2, 1]], dtype=object)
    assert open_table(mixed).codes([0])[:, 0].tolist() == [0, 0, 1]


def test_numbers_keep_single_precision_only_if_all_are():
    single = FRAME[["f"]]
    for values in (single, pl.from_pandas(single), pa.Table.from_pandas(single), single.to_numpy()):
        numbers = open_table(values).numbers([0])
        assert numbers.dtype == np.float32
        assert np.isnan(numbers[2, 0])
    assert open_table(FRAME).numbers([0, 1]).dtype == np.float64


def test_columns_of_the_same_name_are_kept_apart():
    frame = pd.DataFrame([[1.0, "a"], [2.0, "b"], [3.0, "c"]], columns=["x", "x"])
    grown = open_table(frame).grow(children([0], [[1.5], [2.5]], [1], [[2], [0]]))
    assert grown.to_numpy().tolist()[3:] == [[1.5, "c"], [2.5, "a"]]


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        (pd.RangeIndex(3), [3, 4]),
        (pd.RangeIndex(10, 13, name="id"), [13, 14]),
        (pd.Index([7, 3, 5], dtype="int32"), [8, 9]),
        (pd.Index(["a", "b", "c"]), "missing"),
        (pd.DatetimeIndex(["2024-01-01"] * 3), "missing"),
        (pd.MultiIndex.from_tuples([("a", 1), ("b", 2), ("c", 3)]), [(np.nan, np.nan)] * 2),
    ],
    ids=lambda value: type(value).__name__,
)
def test_labels_of_new_rows(index, expected):
    grown = grown_index(index, 2)
    assert type(grown) is type(index)
    assert grown.names == index.names
    assert grown[:3].equals(index)
    if expected == "missing":
        assert grown[3:].isna().all()
    else:
        np.testing.assert_equal([grown[3], grown[4]], expected)


def test_sparse_columns_of_a_frame_stay_sparse():
    frame = pd.DataFrame({"x": pd.arrays.SparseArray([0.0, 0.0, 2.0]), "y": [1.0, 2.0, 3.0]})
    grown = open_table(frame).grow(children([0, 1], [[0.0, 1.5], [1.0, 2.5]]))
    assert grown.dtypes.equals(frame.dtypes)
    assert grown["x"].tolist() == [0, 0, 2, 0, 1]


def test_items_can_be_taken_and_nothing_else():
    texts = ["one", "two", "three"]
    assert open_table(texts).take(ROWS) == ["three", "one", "three"]
    assert open_table(pd.Series(texts)).take(ROWS).tolist() == ["three", "one", "three"]
    assert open_table(np.array(texts)).take(ROWS).tolist() == ["three", "one", "three"]
    assert open_table(pl.Series(texts)).take(ROWS).to_list() == ["three", "one", "three"]
    assert open_table([np.zeros(2), np.zeros(3)]).n_rows == 2
    for work in ("kind_of", "numbers", "codes", "grow"):
        with pytest.raises(BadTable, match="only chooses rows"):
            getattr(open_table(texts), work)(None)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (np.arange(3.0), "Reshape your data"),
        (np.zeros((2, 2), dtype=complex), "Complex data not supported"),
        (5, "a single int"),
        (pl.LazyFrame({"x": [1]}), "collect"),
    ],
)
def test_what_is_no_table_is_refused(values, said):
    with pytest.raises(BadTable, match=said):
        open_table(values)


def test_cells_that_cannot_be_read_are_refused_by_column():
    with pytest.raises(BadTable, match="Column 'x' holds values that cannot be categories"):
        open_table(pd.DataFrame({"x": [[1], [2]]})).codes([0])
    with pytest.raises(BadTable, match="Expected numbers in column 'x'"):
        open_table(pd.DataFrame({"x": ["a", "b"]})).numbers([0])
    with pytest.raises(BadTable, match="Column 0 holds"):
        open_table(np.array([[[1]], [{}]], dtype=object)).codes([0])
    with pytest.raises(BadTable, match="Expected numbers"):
        open_table(np.array([["a"], ["b"]])).numbers([0])
    with pytest.raises(BadTable, match="either numbers or categories alone"):
        open_table(sparse.csr_array(np.eye(2))).codes([0])


def test_sparse_tables_may_be_categories_alone():
    values = sparse.csc_array(np.array([[0, 2], [3, 0], [0, 2]], dtype=np.int16))
    table = open_table(values)
    codes = table.codes([0, 1])
    assert (codes[:, 0] == codes[0, 0]).tolist() == [True, False, True]
    assert (codes[:, 1] == codes[0, 1]).tolist() == [True, False, True]
    nothing = sparse.csr_array((2, 0))
    grown = table.grow(
        Children(np.array([1, 1]), np.array([[1], [1]]), [], nothing, [0, 1], np.array([[0, 1], [1, 2]]))
    )
    assert type(grown) is sparse.csc_array
    assert grown.dtype == np.int16
    assert grown.toarray()[3:].tolist() == [[0, 0], [3, 2]]


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int64", "uint64"])
def test_whole_numbers_stop_at_the_ends_of_their_type(dtype):
    limits = np.iinfo(dtype)
    values = np.array([[limits.min], [limits.max]], dtype=dtype)
    made = [[-1e30], [1e30], [limits.max / 2]]
    for table in (
        values,
        pd.DataFrame(values),
        pl.DataFrame(values),
        pa.table({"x": values[:, 0]}),
    ):
        grown = open_table(table).grow(
            Children(
                np.array([1, 1, 1]), np.ones((3, 1), int), [0], np.array(made), [], np.empty((3, 0), int)
            )
        )
        cells = np.asarray(grown if not isinstance(grown, pa.Table) else grown.column("x").to_numpy()).ravel()
        assert cells[2] == limits.min
        # The largest double that fits is a little below the largest long whole number.
        assert int(cells[3]) == pytest.approx(limits.max)
        assert int(cells[3]) <= limits.max


def lots(*sizes):
    """Several lots of children of a table of three columns, made slice by slice."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=(3, 3))
    return [
        Children(
            base=np.zeros(m, dtype=np.int32),
            parents=np.zeros((m, 1 + m % 2), dtype=np.int32),
            numeric=[0, 1, 2],
            numbers=segments(values, *rng.integers(3, size=(2, m)), rng.random(m)),
            categorical=[],
            cells_of=np.empty((m, 0), dtype=np.int32),
            steps=rng.random(m).astype(np.float32) if m % 2 else None,
        )
        for m in sizes
    ]


def test_lots_of_children_are_written_one_after_another(monkeypatch):
    monkeypatch.setattr("steelyard.balance.tables.base.CACHED_MB", 7 * 24 / 2**20)  # seven rows at a time
    broods = lots(5, 20, 3)
    together = Children.together(broods)
    expected = np.concatenate([brood.numbers[0 : brood.base.shape[0]] for brood in broods])
    assert together.parents.shape == (28, 2)
    assert np.isnan(together.steps).tolist() == [False] * 5 + [True] * 20 + [False] * 3
    for values in (np.zeros((3, 3)), pd.DataFrame(np.zeros((3, 3))), pl.DataFrame(np.zeros((3, 3)))):
        grown = open_table(values).grow(together)
        np.testing.assert_array_equal(np.asarray(grown)[3:], expected)


@pytest.mark.parametrize("order", ["C", "F"])
def test_a_frame_that_is_one_array_stays_one(order):
    frame = pd.DataFrame(
        np.asarray(np.arange(6.0).reshape(3, 2), order=order), columns=["x", "x"], copy=False
    )
    frame.index = pd.Index([7, 8, 9])
    frame.attrs["made"] = "by hand"
    table = open_table(frame)
    assert (table.numbers_in_place([0, 1]) is not None) == (order == "C")
    grown = table.grow(children([0, 1], [[0.5, 1.5], [2.5, 3.5]]))
    assert np.shares_memory(grown.to_numpy(), grown.to_numpy())
    assert grown.index.tolist() == [7, 8, 9, 10, 11]
    assert grown.attrs == {"made": "by hand"}
    pd.testing.assert_frame_equal(grown.iloc[:3], frame)
    assert open_table(frame.assign(z=1)).numbers_in_place([0, 1, 2]) is None
    assert open_table(frame).numbers_in_place([0]) is None


def test_arrays_of_floats_are_read_where_they_are():
    values = np.arange(6.0).reshape(3, 2)
    assert np.shares_memory(open_table(values).numbers([0, 1]), values)
    assert np.shares_memory(open_table(values).numbers_in_place([0, 1]), values)
    assert open_table(values.astype(int)).numbers_in_place([0, 1]) is None
    assert open_table(np.asfortranarray(values)).numbers_in_place([0, 1]) is None
    np.testing.assert_array_equal(open_table(np.asfortranarray(values)).take(ROWS), values[ROWS])


@pytest.mark.parametrize(
    "values",
    [
        np.arange(12).reshape(3, 2, 2),
        sparse.csr_array(np.eye(3)),
        FRAME,
        pl.from_pandas(FRAME),
        pa.Table.from_pandas(FRAME),
        [[1, 2], [3, 4], [5, 6]],
        ["one", "two", "three"],
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_part_is_a_table_of_these_rows(values):
    part = open_table(values).part(ROWS)
    assert part.n_rows == 3
    assert part.n_columns == open_table(values).n_columns
    expected = open_table(values).take(ROWS)
    same = part.take(np.arange(3))
    if sparse.issparse(values):
        assert (same != expected).nnz == 0
    elif hasattr(expected, "equals"):
        assert same.equals(expected)
    else:
        np.testing.assert_array_equal(same, expected)


def test_objects_that_are_whole_numbers_may_have_gaps():
    values = np.array([[1, "a"], [None, "b"], [3, "a"]], dtype=object)
    table = open_table(values)
    assert table.kind_of(0) == "numeric"
    grown = table.grow(children([0], [[1.6], [np.nan]], [1], [[0], [1]]))
    assert grown[3:].tolist() == [[2, "a"], [None, "b"]]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ([1, 2.5, None], "numeric"),
        ([np.nan, None, None], "numeric"),
        ([True, False, True], "categorical"),
        ([1, True, 2], "categorical"),
        ([1, "1", 2], "categorical"),
        ([Fraction(1, 2), 1, 2], "numeric"),
    ],
)
def test_kinds_of_objects(cells, kind):
    assert open_table(np.array(cells, dtype=object)[:, None]).kind_of(0) == kind


def test_columns_nobody_mentions_are_copied():
    values = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    for table in (values, pd.DataFrame(values), pl.DataFrame(values)):
        grown = open_table(table).grow(children([1], [[0.5], [0.25]]))
        np.testing.assert_array_equal(np.asarray(grown)[3:], [[3.0, 0.5], [3.0, 0.25]])
    copies = open_table(values).grow(children([], np.empty((2, 0)), [], np.empty((2, 0), int)))
    assert copies[3:].tolist() == [[3.0, 4.0], [3.0, 4.0]]
