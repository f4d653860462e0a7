import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from steelyard.balance import RandomOverSampler
from steelyard.balance.targets import read_labels
from steelyard.errors import BadTarget

WORDS = ["no", "no", "yes", "no"]


@pytest.mark.parametrize(
    "y",
    [
        WORDS,
        tuple(WORDS),
        np.array(WORDS),
        np.array(WORDS, dtype=object),
        pd.Series(WORDS),
        pd.Series(WORDS, dtype="category"),
        pl.Series(WORDS),
        pa.array(WORDS),
        pa.chunked_array([WORDS[:2], WORDS[2:]]),
        pd.DataFrame({"y": WORDS}),
        np.array(WORDS)[:, None],
    ],
    ids=lambda y: f"{type(y).__module__}.{type(y).__name__}",
)
def test_every_kind_of_labels(y):
    labels = read_labels(y, "Test")
    assert labels.names == ["no", "yes"]
    assert labels.codes.tolist() == [0, 0, 1, 0]
    assert labels.counts == {"no": 3, "yes": 1}
    taken = labels.take(np.array([2, 0]))
    assert type(taken) is (list if isinstance(y, tuple) else type(y))
    assert np.asarray(taken).ravel().tolist() == ["yes", "no"]


@pytest.mark.parametrize("y", [[True, False], [2, 1], np.array([1.0, 2.0]), pd.array([1, 2], dtype="Int64")])
def test_labels_that_are_no_strings(y):
    assert len(read_labels(y, "Test").names) == 2


def test_one_column_per_class_comes_back_as_such():
    y = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1]])
    X_out, y_out = RandomOverSampler(random_state=0).fit_resample(np.arange(4)[:, None], y)
    assert y_out.sum(axis=0).tolist() == [2, 2, 2]
    np.testing.assert_array_equal(y_out, y[X_out[:, 0]])


@pytest.mark.parametrize(
    ("y", "said"),
    [
        (None, "target y is None"),
        (["a", "a"], "at least 2 classes, got 1 class"),
        (["a", None, "b"], "1 of 3 are missing"),
        ([1.0, np.nan, 2.0], "missing"),
        ([0.5, 1.5, 2.7], "continuous"),
        ([[1, 1], [0, 1]], "rows with several labels"),
        ([[1, 2], [3, 4]], "single 1"),
        (np.zeros((2, 2, 2)), "of shape"),
        ([1j, 2], "Complex"),
        (np.array(["a", 1], dtype=object), r"one type, got \['int', 'str'\]"),
    ],
)
def test_what_is_no_label_is_refused(y, said):
    with pytest.raises(BadTarget, match=said):
        read_labels(y, "Test")
