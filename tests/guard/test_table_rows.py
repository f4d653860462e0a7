"""Rows in bytes: read back exactly, alike in every frame library, told apart whenever they differ."""

import datetime
import decimal
import hashlib
import math
from importlib import import_module
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from slow_cells import read_row
from steelyard.errors import BadOption, BadTable
from steelyard.guard.canonical import new_secret, record_salt, table_rows
from steelyard.guard.canonical.table_rows import table_schema

PARIS = ZoneInfo("Europe/Paris")
NOON = datetime.datetime(2020, 6, 1, 12, 0, 0, 5)
NANO = 10**9
KIND_OF_TEXT = ("category", "t")


def cells_of(frame, **more):
    rows = list(table_rows(frame, **more))
    n_columns = frame.shape[1] + sum(value is not None for name, value in more.items() if name != "salt")
    return [read_row(row, n_columns) for row in rows]


def one_column(values, **options):
    return [row[0] for row in cells_of(pd.DataFrame({"a": pd.Series(values, **options)}))]


def nanoseconds(moment):
    return int((moment - datetime.datetime(1970, 1, 1)) / datetime.timedelta(microseconds=1)) * 1000


@pytest.mark.parametrize(
    ("values", "options", "expected"),
    [
        ([True, False], {}, [("b", True), ("b", False)]),
        ([1, -5], {"dtype": "int8"}, [("i", 1), ("i", -5)]),
        ([-(2**63), 2**63 - 1], {"dtype": "int64"}, [("i", -(2**63)), ("i", 2**63 - 1)]),
        ([3, 2**64 - 1], {"dtype": "uint64"}, [("i", 3), ("u", 2**64 - 1)]),
        ([1.5, -0.0], {}, [("f", 1.5), ("f", 0.0)]),
        ([0.1], {"dtype": "float32"}, [("f", float(np.float32(0.1)))]),
        ([0.1], {"dtype": "float16"}, [("f", float(np.float16(0.1)))]),
        ([1, None], {"dtype": "Int64"}, [("i", 1), ("n", None)]),
        ([1.5, None], {"dtype": "Float64"}, [("f", 1.5), ("n", None)]),
        ([True, None], {"dtype": "boolean"}, [("b", True), ("n", None)]),
        (["x", None, "", "é"], {"dtype": "str"}, [("t", "x"), ("n", None), ("t", ""), ("t", "é")]),
        (["x", np.nan, None], {"dtype": object}, [("t", "x"), ("n", None), ("n", None)]),
        ([b"\x00", b""], {"dtype": object}, [("x", b"\x00"), ("x", b"")]),
        (["b", None, "a"], {"dtype": "category"}, [(KIND_OF_TEXT, "b"), ("n", None), (KIND_OF_TEXT, "a")]),
        ([2, 1], {"dtype": "category"}, [(("category", "i"), 2), (("category", "i"), 1)]),
        ([NOON, None], {"dtype": "datetime64[us]"}, [("p", nanoseconds(NOON)), ("n", None)]),
        ([NOON], {"dtype": "datetime64[ns]"}, [("p", nanoseconds(NOON))]),
        ([datetime.datetime(9999, 1, 1)], {"dtype": "datetime64[s]"}, [("P", 253370764800 * 10**6)]),
        ([datetime.datetime(1, 1, 1)], {"dtype": object}, [("P", -62135596800 * 10**6)]),
        (
            [NOON.replace(tzinfo=PARIS)],
            {"dtype": "datetime64[us, Europe/Paris]"},
            [("z", (nanoseconds(NOON) - 7200 * NANO, "Europe/Paris"))],
        ),
        ([datetime.date(1970, 1, 3)], {"dtype": object}, [("d", 2)]),
        ([datetime.timedelta(seconds=-2)], {"dtype": "timedelta64[s]"}, [("e", -2 * NANO)]),
        (
            [1, True, "1", 1.0, None, b"1", 2**63, datetime.date(1970, 1, 2), np.int8(1), pd.NaT],
            {"dtype": object},
            [("i", 1), ("b", True), ("t", "1"), ("f", 1.0), ("n", None), ("x", b"1"), ("u", 2**63), ("d", 1)]
            + [("i", 1), ("n", None)],
        ),
    ],
)
def test_each_kind_is_written_as_the_documentation_says(values, options, expected):
    assert one_column(values, **options) == expected


def test_one_nan_for_all_and_it_is_not_null():
    odd = np.array([0x7FF8000000000001, 0xFFF8000000000000, 0x7FF0000000000001], dtype=np.uint64).view(float)
    written = set(table_rows(pd.DataFrame({"a": np.r_[odd, np.nan]})))
    assert len(written) == 1
    ((kind, value),) = one_column([np.nan])
    assert kind == "f"
    assert math.isnan(value)
    assert written != set(table_rows(pl.DataFrame({"a": [None]}, schema={"a": pl.Float64})))
    assert written == set(table_rows(pl.DataFrame({"a": [math.nan]})))


def test_zones_have_one_name():
    fixed = datetime.timezone(datetime.timedelta(hours=2))
    named = {datetime.UTC: "UTC", ZoneInfo("UTC"): "UTC", fixed: "+02:00", PARIS: "Europe/Paris"}
    for zone, name in named.items():
        moment = NOON.replace(tzinfo=zone)
        typed = one_column([moment])
        assert typed == one_column([moment], dtype=object)
        assert typed[0][0] == "z"
        assert typed[0][1][1] == name
    assert one_column([NOON.replace(tzinfo=datetime.UTC)]) != one_column([NOON])


ZONED = NOON.replace(tzinfo=datetime.UTC)
COLUMNS = {
    "whole": [1, -2, 3],
    "far": [2**64 - 1, 0, 7],
    "float": [0.5, math.inf, -0.0],
    "truth": [True, False, True],
    "text": ["a", "", "né"],
    "raw": [b"a", b"", b"\xff"],
    "time": [NOON, NOON + datetime.timedelta(days=9), datetime.datetime(1900, 1, 1)],
    "zoned": [ZONED, ZONED + datetime.timedelta(microseconds=1), ZONED],
    "long": [datetime.timedelta(days=1), datetime.timedelta(microseconds=-1), datetime.timedelta(0)],
    "day": [datetime.date(2020, 1, 1), datetime.date(1969, 12, 31), datetime.date(1970, 1, 1)],
    "some": [None, 4, 5],
    "maybe": ["x", None, "x"],
    "none": [None, None, None],
}


def polars_frame():
    return pl.DataFrame(COLUMNS, schema_overrides={"far": pl.UInt64}).with_columns(
        kind=pl.Series(["u", None, "v"], dtype=pl.Categorical)
    )


def arrow_table():
    types = {"far": pa.uint64()}
    table = pa.table({name: pa.array(values, types.get(name)) for name, values in COLUMNS.items()})
    return table.append_column("kind", pa.array(["u", None, "v"]).dictionary_encode())


def pandas_frame():
    frame = pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in COLUMNS.items()})
    for name, dtype in {
        "whole": "int16",
        "far": "uint64",
        "float": "float32",
        "truth": "bool",
        "text": "str",
        "time": "datetime64[us]",
        "zoned": "datetime64[ns, UTC]",
        "long": "timedelta64[us]",
        "some": "Int8",
    }.items():
        frame[name] = frame[name].astype(dtype)
    return frame.assign(kind=pd.Categorical(["u", None, "v"], categories=["v", "w", "u"]))


def test_equal_values_give_equal_bytes_whatever_library_holds_them():
    expected = list(table_rows(polars_frame()))
    objects = pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in COLUMNS.items()})
    others = [
        arrow_table(),
        arrow_table().combine_chunks().to_batches()[0],
        pa.concat_tables([arrow_table()[:1], arrow_table()[1:]]),
        pandas_frame(),
        pandas_frame().set_index("day", drop=False),
        objects.assign(kind=pandas_frame()["kind"]),
        arrow_table().to_pandas(types_mapper=pd.ArrowDtype),
    ]
    for other in others:
        assert list(table_rows(other)) == expected


def test_storage_does_not_count():
    frame = pd.DataFrame({"a": [1, 2, 3], "b": ["x", "y", "x"]})
    expected = list(table_rows(frame))
    assert list(table_rows(frame.astype({"a": "uint8", "b": object}))) == expected
    assert list(table_rows(frame.astype({"b": "string"}), None)) == expected
    assert list(table_rows(pl.from_pandas(frame))) == expected
    turned = pd.concat([frame[1:], frame[:1]]).sort_index().set_axis([9, 9, 9], axis=0)
    assert list(table_rows(turned)) == expected
    times = pd.Series([NOON] * 2)
    units = {tuple(table_rows(times.astype(f"datetime64[{unit}]").to_frame("t"))) for unit in ("us", "ns")}
    assert len(units) == 1


def test_batches_do_not_show(monkeypatch):
    frame = pd.concat([pandas_frame()] * 4, ignore_index=True)
    more = {"y": np.arange(12) % 2, "ids": np.arange(12), "part": ["train", "test"] * 6}
    expected = list(table_rows(frame, **more))
    for batch in (1, 5, 12):
        monkeypatch.setattr(import_module("steelyard.guard.canonical.table_rows"), "BATCH", batch)
        assert list(table_rows(frame, **more)) == expected


CELL = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False),
    st.text(max_size=4),
    st.binary(max_size=4),
    st.dates(),
    st.datetimes(),
    st.datetimes(timezones=st.sampled_from([datetime.UTC, PARIS])),
    st.timedeltas(datetime.timedelta(days=-(10**8)), datetime.timedelta(days=10**8)),
)


def meant(value):
    """A value with its kind; two cells are equal when these are."""
    if isinstance(value, datetime.datetime) and value.tzinfo is not None:
        return "zoned", value.astimezone(datetime.UTC), str(value.tzinfo)
    return type(value).__name__, value


@settings(max_examples=200, deadline=None)
@given(st.lists(CELL, min_size=2, max_size=2), st.lists(CELL, min_size=2, max_size=2))
def test_two_rows_share_bytes_only_when_they_are_equal(one, two):
    frame = pd.DataFrame({name: pd.Series([one[i], two[i]], dtype=object) for i, name in enumerate("ab")})
    first, second = table_rows(frame)
    read_row(first, 2)
    read_row(second, 2)
    assert (first == second) == (list(map(meant, one)) == list(map(meant, two)))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(alphabet="ab\0", max_size=3), min_size=4, max_size=4))
def test_texts_are_not_run_together(texts):
    first, second = table_rows(pl.DataFrame({"a": texts[:2], "b": texts[2:]}))
    assert (first == second) == (texts[0] == texts[1] and texts[2] == texts[3])


TYPED = st.lists(
    st.tuples(
        st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1)),
        st.one_of(st.none(), st.text(max_size=3)),
        st.floats(allow_nan=False),
        st.one_of(st.none(), st.datetimes(datetime.datetime(1700, 1, 1), datetime.datetime(2200, 1, 1))),
        st.one_of(st.none(), st.sampled_from(["u", "v"])),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=60, deadline=None)
@given(TYPED)
def test_typed_frames_of_three_libraries_agree(rows):
    names = ["whole", "text", "float", "time", "kind"]
    columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    kinds = [pl.Int64, pl.String, pl.Float64, pl.Datetime("us"), pl.String]
    schema = dict(zip(names, kinds, strict=True))
    polars = pl.DataFrame(columns, schema=schema).with_columns(pl.col("kind").cast(pl.Categorical))
    arrow = pa.table(
        {
            "whole": pa.array(columns["whole"], pa.int64()),
            "text": pa.array(columns["text"], pa.string()),
            "float": pa.array(columns["float"], pa.float64()),
            "time": pa.array(columns["time"], pa.timestamp("ms" if not any(columns["time"]) else "us")),
            "kind": pa.array(columns["kind"], pa.string()).dictionary_encode(),
        }
    )
    frame = pd.DataFrame(
        {
            "whole": pd.array(columns["whole"], dtype="Int64"),
            "text": pd.Series(columns["text"], dtype="str"),
            "float": columns["float"],
            "time": pd.Series(columns["time"], dtype="datetime64[us]"),
            "kind": pd.Categorical(columns["kind"], categories=["v", "u"]),
        }
    )
    expected = list(table_rows(polars))
    assert list(table_rows(arrow)) == expected
    assert list(table_rows(frame)) == expected


@pytest.mark.parametrize("name", [*COLUMNS, "kind"])
def test_every_cell_counts(name):
    frame = polars_frame()
    before = list(table_rows(frame))
    changed = list(table_rows(frame.with_columns(pl.col(name).gather([1, 2, 0]))))
    if name == "none":
        assert changed == before
    else:
        assert changed != before


def test_names_labels_ids_parts_and_their_presence_count():
    frame = pd.DataFrame({"a": [1, 2], "b": [1, 2]})
    frames = [frame, frame.rename(columns={"a": "c"}), frame[["b", "a"]]]
    written = [tuple(table_rows(each)) for each in frames]
    one = [1, 2]
    written += [tuple(table_rows(frame, **{name: one})) for name in ("y", "ids", "part")]
    written += [tuple(table_rows(frame.assign(c=one))), tuple(table_rows(frame, [1, 1]))]
    written += [tuple(table_rows(frame, frame)), tuple(table_rows(frame, frame.rename(columns={"b": "d"})))]
    assert len(set(written)) == len(written)
    assert (
        len({rows[0] for rows in written}) >= len(written) - 1
    )  # only labels 1, 2 and 1, 1 share the first row


def test_a_row_begins_with_the_digest_of_the_schema():
    frame = pd.DataFrame({"a": [1, 2]})
    for more in ({}, {"y": ["x", "y"]}, {"ids": [1, 2], "part": ["a", "b"], "salt": new_secret()}):
        digest = hashlib.sha256(table_schema(frame, **more)).digest()
        assert all(row.startswith(digest) for row in table_rows(frame, **more))


def test_an_id_label_and_part_come_before_the_columns():
    frame = pd.DataFrame({"a": [7.0]})
    assert cells_of(frame, y=["ok"], ids=["r1"], part=["train"]) == [
        [("t", "r1"), ("t", "train"), ("t", "ok"), ("f", 7.0)]
    ]


def test_a_salt_for_each_row_that_only_the_secret_gives():
    frame, secret = pd.DataFrame({"a": [1, 1, 1], "b": ["x", "x", "x"]}), new_secret()
    rows = list(table_rows(frame, salt=secret))
    assert len(set(rows)) == 3
    assert rows == list(table_rows(frame, salt=secret)) != list(table_rows(frame, salt=new_secret()))
    for place, row in enumerate(rows):
        assert row[32:48] == record_salt(secret, place)
        assert read_row(row, 2, prefix=48) == [("i", 1), ("t", "x")]


def test_labels_of_any_library():
    frame = pd.DataFrame({"a": [1, 2]})
    expected = list(table_rows(frame, ["u", "v"]))
    for make in (np.array, pd.Series, pl.Series, pa.array, pd.Index, tuple):
        y = make(["u", "v"])
        assert list(table_rows(frame, y)) == expected
    numbers = list(table_rows(frame, np.array([0, 1], dtype=np.int8)))
    assert (
        numbers
        == list(table_rows(frame, [0, 1]))
        == list(table_rows(frame, pd.Series([0, 1], dtype="Int64")))
    )
    both = np.array([[0, 1], [1, 1]])
    assert list(table_rows(frame, both)) == list(table_rows(frame, pd.DataFrame(both)))


def test_an_array_is_a_table_of_numbered_columns():
    X = np.arange(6.0).reshape(3, 2)
    named = pl.DataFrame({"0": X[:, 0], "1": X[:, 1]})
    assert list(table_rows(X)) == list(table_rows(pd.DataFrame(X))) == list(table_rows(named))


def test_text_is_taken_in_the_form_it_came_in():
    assert one_column(["e\u0301"]) == [("t", "e\u0301")] != one_column(["\u00e9"])


GOOD = pd.DataFrame({"a": [1, 2]})


@pytest.mark.parametrize(
    ("frame", "more", "told"),
    [
        (pd.DataFrame({"a": []}), {}, "no rows"),
        (pd.DataFrame(index=[0, 1]), {}, "no columns"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), {}, "two columns 'a'"),
        (pd.DataFrame([[1, 2]], columns=[0, "0"]), {}, "two columns '0'"),
        (pl.DataFrame({"a": [1]}).lazy(), {}, "LazyFrame"),
        (sparse.eye(3), {}, "toarray"),
        (np.arange(3), {}, "two dimensions"),
        ([[1, 2]], {}, "'list'"),
        (None, {}, "NoneType"),
        (GOOD, {"y": [1]}, "'y' has 1 values"),
        (GOOD, {"ids": [1, 2, 3]}, "'ids' has 3 values"),
        (GOOD, {"part": ["train"]}, "'part' has 1 values"),
        (GOOD, {"ids": [1, 1]}, "1 more than once"),
        (GOOD, {"ids": pa.array(["r", "r"])}, "'r' more than once"),
        (GOOD, {"ids": pl.Series([None, 1])}, "missing"),
        (GOOD, {"ids": np.zeros((2, 2))}, "one value a row"),
        (pd.DataFrame({"a": [decimal.Decimal("1.0")]}), {}, "'Decimal'.*text"),
        (pa.table({"a": pa.array([decimal.Decimal("1.0")])}), {}, "decimal.*text"),
        (pa.table({"a": [[1]]}), {}, "list.*text"),
        (pa.table({"a": [{"b": 1}]}), {}, "struct.*text"),
        (pl.DataFrame({"a": [datetime.time(1)]}), {}, "time64.*text"),
        (pd.DataFrame({"a": [datetime.time(1)]}), {}, "'time'.*text"),
        (pd.DataFrame({"a": pd.period_range("2020", periods=1, freq="D")}), {}, "period.*text"),
        (pd.DataFrame({"a": pd.interval_range(0, 1)}), {}, "interval.*text"),
        (pd.DataFrame({"a": pd.Categorical(pd.interval_range(0, 1))}), {}, "interval.*text"),
        (pd.DataFrame({"a": [1j]}), {}, "complex.*text"),
        (pd.DataFrame({"a": [np.longdouble(1)]}), {}, "float128.*text"),
        (pd.DataFrame({"a": pd.Series([2**64], dtype=object)}), {}, "64 bits"),
        (pd.DataFrame({"a": pd.Series([-(2**63) - 1], dtype=object)}), {}, "64 bits"),
        (pd.DataFrame({"a": pd.Series(["ok", "\ud800"], dtype=object)}), {}, "UTF-8.*Mend"),
        (pd.DataFrame({"a": pd.Series(["ok", 1, "\ud800"], dtype=object)}), {}, "UTF-8.*Mend"),
        (pd.DataFrame({"a": pd.Series([{}], dtype=object)}), {}, "'dict'"),
        (pa.table({"a": pa.array([2**60], pa.timestamp("s"))}), {}, "too far"),
        (pd.DataFrame({"a": pd.Series([datetime.timedelta.max], dtype=object)}), {}, "too far"),
        (pd.DataFrame({"a": pd.Series([np.datetime64(2**60, "s")], dtype=object)}), {}, "too far"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_has_no_one_form_is_refused(frame, more, told):
    with pytest.raises(BadTable, match=rf"(?s){told}"):
        list(table_rows(frame, **more))


@pytest.mark.parametrize("salt", [b"", b"x" * 16, "x" * 32, True, bytearray(32)])
def test_a_salt_that_is_none_is_refused_at_once(salt):
    with pytest.raises(BadOption, match=r"'salt'.*new_secret"):
        table_rows(GOOD, salt=salt)


def test_what_is_wrong_with_the_arguments_is_told_before_the_first_row():
    with pytest.raises(BadTable):
        table_rows(GOOD, [1])


@pytest.mark.parametrize("place", [-1, 2**64, True, 1.0, None])
def test_a_salt_is_of_a_place(place):
    with pytest.raises(BadOption, match="'place'"):
        record_salt(bytes(32), place)
