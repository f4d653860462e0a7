"""Every format reads what it holds, and every bad file gets a sentence that says what to do."""

import gzip
import io
import pickle

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steelyard.data import read_table, write_table
from steelyard.data.read_delimited import MAX_COLUMNS
from steelyard.errors import BadOption, BadTable

MIXED = pd.DataFrame(
    {
        "whole": [1, -2, 3],
        "real": [0.1, np.nan, 1e300],
        "truth": [True, False, True],
        "words": ["a,b", 'say "hi"', "line\nbreak"],
        "when": pd.to_datetime(["2024-02-29", "1999-12-31 23:59:59", "2000-01-01"], format="ISO8601"),
    }
)


def write(tmp_path, content, name="t.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refused(path, *words, error=BadTable, **options):
    with pytest.raises(error) as caught:
        read_table(path, **options)
    message = str(caught.value)
    for word in words:
        assert word in message, message
    assert "xpected" in message or "must be" in message
    return message


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".parquet", ".feather"])
def test_a_table_comes_back_as_it_was(tmp_path, suffix):
    path = tmp_path / f"t{suffix}"
    write_table(MIXED, path)
    again = read_table(path)
    assert list(again.columns) == list(MIXED.columns)
    for name in MIXED.columns:
        assert again[name].dtype.kind == MIXED[name].dtype.kind
        pd.testing.assert_series_equal(
            again[name].astype(object), MIXED[name].astype(object), check_dtype=False
        )


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(allow_nan=False, allow_infinity=False),
            st.integers(-(2**62), 2**62),
            st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), min_size=1).filter(
                lambda word: word not in ("NA", "NaN", "nan", "null")
            ),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_any_values_survive_csv(tmp_path, rows):
    # A word that is no number, date or truth value keeps the text column text.
    rows = [*rows, (0.5, 1, "surely text")]
    frame = pd.DataFrame(rows, columns=["a", "b", "c"])
    path = tmp_path / "t.csv"
    write_table(frame, path)
    again = read_table(path)
    assert again["a"].tolist() == frame["a"].tolist()
    assert again["b"].tolist() == frame["b"].tolist()
    assert again["c"].tolist() == frame["c"].tolist()


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found(tmp_path, delimiter):
    text = "\n".join(delimiter.join(row) for row in (["a", "b", "c"], ["1", "x y", "2"], ["3", "z", "4"]))
    frame = read_table(write(tmp_path, text, "t.txt"))
    assert frame.shape == (2, 3)
    assert frame["a"].tolist() == [1, 3]


def test_a_delimiter_inside_quotes_does_not_count(tmp_path):
    frame = read_table(write(tmp_path, 'a;b\n"x, y, z";1\n"u, v, w";2\n'))
    assert frame["a"].tolist() == ["x, y, z", "u, v, w"]


def test_one_column_is_a_table(tmp_path):
    assert read_table(write(tmp_path, "a\n1\n2\n")).shape == (2, 1)


def test_only_empty_cells_and_four_words_are_missing(tmp_path):
    words = ["None", "NO", "-", "?", "N/A", "none", "Nan", "NULL"]
    path = write(
        tmp_path, "a,b\n" + "".join(f"{word},1\n" for word in [*words, "", "NA", "NaN", "nan", "null"])
    )
    column = read_table(path)["a"]
    assert column.iloc[: len(words)].tolist() == words
    assert column.iloc[len(words) :].isna().all()
    assert read_table(path, missing_words=["", "NO"])["a"].isna().sum() == 2


def test_truth_values(tmp_path):
    frame = read_table(write(tmp_path, "a,b,c\ntrue,True,1\nfalse,,0\n"))
    assert frame["a"].dtype == bool
    assert frame["b"].dtype == "boolean"
    assert frame["b"].isna().tolist() == [False, True]
    assert frame["c"].dtype == np.int64  # 0 and 1 stay numbers


def test_dates_are_read_only_when_every_one_is_iso(tmp_path):
    frame = read_table(
        write(
            tmp_path,
            "day,stamp,spoken,mixed,clock,zone\n"
            "2024-01-31,2024-01-31 10:00,31/01/2024,2024-01-31,12:30,2024-01-31T10:00:00Z\n"
            "2024-02-01,2024-02-01 11:30,01/02/2024,soon,07:05,2024-02-01T11:30:00Z\n",
        )
    )
    assert [str(frame[name].dtype)[:10] for name in ("day", "stamp", "zone")] == ["datetime64"] * 3
    assert frame["stamp"].dt.hour.tolist() == [10, 11]
    assert frame["spoken"].tolist() == ["31/01/2024", "01/02/2024"]
    assert frame["mixed"].tolist() == ["2024-01-31", "soon"]
    assert frame["clock"].tolist() == ["12:30", "07:05"]


def test_numbers_and_words_in_one_column_stay_the_words_written(tmp_path):
    assert read_table(write(tmp_path, "a,b\n007,1\nx,2\n"))["a"].tolist() == ["007", "x"]


def test_decimal_commas_where_semicolons_delimit(tmp_path):
    frame = read_table(write(tmp_path, "a;b\n3,14;x\n-2,5;1,2,3\n;y\n"))
    assert frame["a"].tolist()[:2] == [3.14, -2.5]
    assert frame["b"].tolist() == ["x", "1,2,3", "y"]


def test_a_column_without_any_value_is_kept(tmp_path):
    column = read_table(write(tmp_path, "a,b\n,1\n,2\n"))["a"]
    assert column.dtype == np.float64
    assert column.isna().all()


def test_long_cells_and_line_breaks(tmp_path):
    long = "word " * 600_000  # longer than a block of the reader
    frame = read_table(write(tmp_path, f'a,b\n"{long}\nend",1\nshort,2\n'))
    assert frame["a"].iloc[0] == f"{long}\nend"
    assert frame["b"].tolist() == [1, 2]


def test_utf8_with_a_mark_and_other_encodings(tmp_path):
    text = "naïve,b\né,1\n"
    assert read_table(write(tmp_path, text.encode("utf-8-sig"))).columns[0] == "naïve"
    for encoding in ("latin-1", "utf-16", "cp1252"):
        frame = read_table(write(tmp_path, text.encode(encoding)), encoding=encoding)
        assert frame["naïve"].tolist() == ["é"]


def test_header_oddities(tmp_path):
    assert list(read_table(write(tmp_path, '\n\r\n a , "b" ,\n1,2,3\n')).columns)[0] == "a"
    assert list(read_table(write(tmp_path, ",x\n0,1\n")).columns) == ["unnamed_0", "x"]
    assert list(read_table(write(tmp_path, "0,1\n5,6\n")).columns) == ["0", "1"]


def test_gzip_and_content_before_suffix(tmp_path):
    packed = write(tmp_path, gzip.compress(b"a,b\n1,2\n"), "t.csv.gz")
    assert read_table(packed)["b"].tolist() == [2]
    stream = io.BytesIO()
    MIXED.to_parquet(stream)
    assert read_table(write(tmp_path, stream.getvalue(), "t.csv")).shape == MIXED.shape
    arff = "% a remark\n@RELATION r\n@ATTRIBUTE a NUMERIC\n@DATA\n1\n"
    assert read_table(write(tmp_path, arff, "t.txt"))["a"].tolist() == [1.0]
    assert read_table(write(tmp_path, "a,b\n1,2\n", "t.dat")).shape == (1, 2)


def test_a_suffix_nobody_knows(tmp_path):
    refused(write(tmp_path, "a,b\n1,2\n", "t.foo"), "unknown suffix", "'.foo'", ".csv")


def test_missing_folder_and_empty(tmp_path):
    refused(tmp_path / "nothing.csv", "does not exist")
    refused(tmp_path, "folder")
    refused(write(tmp_path, b""), "empty")
    refused(write(tmp_path, b" \n\n"), "empty")


@pytest.mark.parametrize("text", ["a,b", "a,b\n", "a,b\r\n"])
def test_only_a_header(tmp_path, text):
    refused(write(tmp_path, text), "no rows")


def test_no_header(tmp_path):
    refused(write(tmp_path, "5.1,3.5,1.4\n4.9,3.0,1.4\n"), "only numbers", "names the columns")


def test_binary_and_foreign_files_named_csv(tmp_path):
    refused(write(tmp_path, bytes(range(256))), "binary", "zero byte")
    late = b"a,b\n" + b"1,2\n" * 5000 + b"\x00,2\n"
    refused(write(tmp_path, late), "binary", f"position {late.index(0)}")
    refused(write(tmp_path, b"PK\x03\x04 and so on"), "zip archive", "Export")
    refused(write(tmp_path, pickle.dumps([1]), "t.csv"), "pickle")
    refused(write(tmp_path, b"a,b\n1,2\n", "t.parquet"), "parquet", "starts with")


def test_wrong_encoding_names_byte_line_and_option(tmp_path):
    filler = b"word,1\n" * 300_000  # more than one piece of the decoder
    data = b"a,b\n" + filler + b"caf\xe9,2\n"
    message = refused(write(tmp_path, data), "0xe9", "--encoding")
    assert f"position {data.index(0xE9)}" in message
    assert "line 300002" in message
    refused(write(tmp_path, "a,b\né,1\n".encode("utf-16")), "UTF-16", "--encoding utf-16")
    refused(write(tmp_path, b"a,b\n\xe9,1\n"), "cp1252", encoding="ascii")
    refused(write(tmp_path, b"a,b\n1,2\n"), "'klingon'", error=BadOption, encoding="klingon")
    refused(write(tmp_path, b"a,b\n1,2\n"), "'hex'", error=BadOption, encoding="hex")


@pytest.mark.parametrize(("row", "got"), [("1,2,3,4", "got 4"), ("1", "got 1")])
def test_ragged_rows_name_the_line(tmp_path, row, got):
    refused(write(tmp_path, f"a,b,c\n1,2,3\n1,2,3\n{row}\n"), "Expected 3 cells", got, "line 4")


def test_a_quote_that_is_never_closed(tmp_path):
    refused(write(tmp_path, 'a,b\n1,x\n2,"y\n3,z\n'), "quote", "line 3")
    assert read_table(write(tmp_path, 'a,b\n5" pipe,1\n6,2\n'))["a"].tolist() == ['5" pipe', "6"]


def test_repeated_column_names(tmp_path):
    refused(write(tmp_path, "a,b,a\n1,2,3\n"), "'a'", "more than once")
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"])
    parquet.write_table(table, tmp_path / "t.parquet")
    refused(tmp_path / "t.parquet", "'a'", "more than once")


def test_a_million_columns(tmp_path):
    header = ",".join(f"c{i}" for i in range(1_000_000))
    refused(write(tmp_path, header + "\n"), f"{MAX_COLUMNS:,}", "1,000,000")


@pytest.mark.parametrize("suffix", [".parquet", ".feather"])
@pytest.mark.parametrize("keep", [20, 0.5, -1])
def test_cut_off_binary_tables(tmp_path, suffix, keep):
    path = tmp_path / f"t{suffix}"
    write_table(MIXED, path)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep) if isinstance(keep, float) else keep])
    refused(path, suffix[1:].capitalize(), "again")


def test_damage_inside_a_parquet_file(tmp_path):
    path = tmp_path / "t.parquet"
    write_table(pd.DataFrame({"a": np.arange(10_000.0)}), path)
    data = bytearray(path.read_bytes())
    data[-60:-20] = b"\xff" * 40
    path.write_bytes(bytes(data))
    refused(path, "Parquet")


def test_no_rows_and_nested_columns_in_parquet(tmp_path):
    MIXED.iloc[:0].to_parquet(tmp_path / "none.parquet")
    refused(tmp_path / "none.parquet", "rows")
    pd.DataFrame({"a": [[1, 2], [3]]}).to_parquet(tmp_path / "nested.parquet")
    refused(tmp_path / "nested.parquet", "'a'", "one value per cell")


def test_the_memory_budget(tmp_path):
    big = pd.DataFrame({"a": np.arange(400_000.0)})
    for suffix in (".csv", ".parquet", ".feather"):
        path = tmp_path / f"t{suffix}"
        write_table(big, path)
        refused(path, "1 MiB", "memory_mb", memory_mb=1)
        assert len(read_table(path, memory_mb=100)) == len(big)


def test_what_unpacks_to_much_more_is_refused_before_it_does(tmp_path):
    bomb = gzip.compress(b"a,b\n" + b"1,2\n" * 2_000_000)
    refused(write(tmp_path, bomb, "t.csv.gz"), "memory_mb", memory_mb=4)
    refused(write(tmp_path, bomb[: len(bomb) // 2], "t.csv.gz"), "gzip", "cut off")
    refused(write(tmp_path, bomb, "t.gz"), ".csv.gz")
    same = pa.table({"a": pa.array(np.zeros(3_000_000))})
    parquet.write_table(same, tmp_path / "t.parquet")
    assert (tmp_path / "t.parquet").stat().st_size < 2**20
    refused(tmp_path / "t.parquet", "memory_mb", memory_mb=8)
    feather.write_feather(same, tmp_path / "t.feather", compression="zstd")
    refused(tmp_path / "t.feather", "memory_mb", memory_mb=8)


def test_feather_version_1_is_no_longer_read(tmp_path):
    refused(write(tmp_path, b"FEA1" + bytes(40) + b"FEA1", "t.feather"), "version 1", "again")


def test_row_labels_of_pandas_are_no_feature(tmp_path):
    frame = pd.DataFrame({"a": [1, 2]}, index=[7, 9])
    frame.to_parquet(tmp_path / "t.parquet")
    again = read_table(tmp_path / "t.parquet")
    assert list(again.columns) == ["a"]
    assert list(again.index) == [0, 1]


def test_unreadable(tmp_path, monkeypatch):
    path = write(tmp_path, "a,b\n1,2\n")

    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)
    refused(path, "Permission denied", "permissions")
