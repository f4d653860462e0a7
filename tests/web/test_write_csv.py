import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.web.write_csv import write_csv

MARKS = ("=", "+", "-", "@", "\t", "\r", "\n")


def read(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-2+3", "@SUM(A1)", "\t=1", "  =1"])
def test_a_formula_becomes_a_text(text):
    assert read(write_csv(["name"], [[text]]))[1] == [f"'{text}"]


def test_numbers_stay_numbers_and_nothing_stays_empty():
    assert read(write_csv(["a", "b", "c"], [[-0.5, None, "x"]])) == [["a", "b", "c"], ["-0.5", "", "x"]]


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)), max_size=10))
def test_every_cell_comes_back_and_none_begins_like_a_formula(rows):
    back = read(write_csv(["a", "b"], rows))[1:]
    assert len(back) == len(rows)
    for cells, row in zip(back, rows, strict=True):
        for cell, text in zip(cells, row, strict=True):
            assert cell in (text, f"'{text}")
            assert not cell.lstrip(" ").startswith(MARKS)
