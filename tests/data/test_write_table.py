"""Frames are written by suffix, to a path or an open file."""

import io

import pandas as pd
import pytest

from steelyard.data import read_table, write_table
from steelyard.errors import BadOption

FRAME = pd.DataFrame({"a": [1.5, None], "b": ["x", "y"]}, index=[5, 6])


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".parquet", ".feather", ".PARQUET"])
def test_path_and_open_file_get_the_same_bytes(tmp_path, suffix):
    path = tmp_path / f"t{suffix}"
    write_table(FRAME, path)
    stream = io.BytesIO()
    write_table(FRAME, stream, suffix=suffix)
    assert stream.getvalue() == path.read_bytes()
    again = read_table(path)
    assert list(again.columns) == ["a", "b"]
    assert again["b"].tolist() == ["x", "y"]


def test_notes_stay_out_of_the_file(tmp_path):
    frame = FRAME.copy()
    frame.attrs = {"notes": ("secret remark",)}
    for suffix in (".parquet", ".feather", ".csv"):
        write_table(frame, tmp_path / f"t{suffix}")
        assert b"secret remark" not in (tmp_path / f"t{suffix}").read_bytes()
    assert frame.attrs == {"notes": ("secret remark",)}


@pytest.mark.parametrize("name", ["t.xlsx", "t", "t.arff", "t.csv.gz"])
def test_what_cannot_be_written(tmp_path, name):
    with pytest.raises(BadOption, match=r"\.csv, \.tsv, \.parquet or \.feather"):
        write_table(FRAME, tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_an_open_file_needs_a_suffix():
    with pytest.raises(BadOption, match="suffix ''"):
        write_table(FRAME, io.BytesIO())
