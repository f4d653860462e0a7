import unicodedata

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from steelyard.report.plain_text import plain_text, plain_tree


@given(st.text())
def test_plain_text_can_be_written_and_moves_no_cursor(text):
    shown = plain_text(text)
    shown.encode("utf-8")
    assert not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in shown)


def test_half_characters_and_turned_text_are_replaced():
    assert plain_text("a\ud800b") == "a\N{REPLACEMENT CHARACTER}b"
    assert plain_text("abc\u202etxt.exe") == "abc\N{REPLACEMENT CHARACTER}txt.exe"


def test_a_tree_of_arrays_dates_and_nan_becomes_plain():
    tree = {1: np.float64("nan"), "a": np.array([1, 2]), "d": np.datetime64("2024-01-02"), "t": (True, None)}
    assert plain_tree(tree) == {"1": None, "a": [1, 2], "d": "2024-01-02", "t": [True, None]}


def test_endless_names_are_cut():
    assert len(plain_text("x" * 100_000)) == 2000
