import numpy as np
import pandas as pd
import pytest

from steelyard.diagnose.column_view import ColumnView

DAY = pd.Timestamp("2024-05-01")


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("numeric", pd.Series([1.5, None, 1.5, 2.0])),
        ("categorical", pd.Series(pd.Categorical(["x", None, "x", "y"]))),
        ("boolean", pd.Series([True, None, True, False], dtype="boolean")),
        ("date", pd.Series([DAY, None, DAY, DAY + pd.Timedelta(days=1)])),
        ("text", pd.Series(["a long text", None, "a long text", "another"], dtype="str")),
    ],
)
def test_equal_values_have_equal_codes_and_missing_is_a_value(kind, values):
    column = ColumnView("c", kind, values)
    assert column.codes.tolist() == [0, 1, 0, 2]
    assert column.missing.tolist() == [False, True, False, False]
    assert column.n_levels == 3


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("patient_nbr", ("patient", "nbr")),
        ("PatientID", ("patient", "id")),
        ("tailnum", ("tailnum",)),
        ("col12", ("col", "12")),
        ("Unnamed: 0", ("unnamed", "0")),
    ],
)
def test_names_are_cut_into_words(name, words):
    assert ColumnView(name, "numeric", pd.Series([1])).words == words


def test_whole_numbers_are_recognised():
    assert ColumnView("c", "numeric", pd.Series([1.0, np.nan, 3.0])).whole
    assert not ColumnView("c", "numeric", pd.Series([1.0, 2.5])).whole
