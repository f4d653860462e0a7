"""Medians by counting digits are those of numpy, whatever the numbers and however they are cut."""

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.balance.scale.median import digit_counts, exact_medians, float_of_key, sort_key

FLOATS = st.floats(allow_nan=False, allow_infinity=False, width=64)


class InMemory:
    """Stands for parts on a cluster."""

    def __init__(self, tables):
        self.tables = tables

    def map(self, work, label, *shared, columns):
        return ((i, work(table.select(columns), *shared)) for i, table in enumerate(self.tables))


@given(st.lists(FLOATS, min_size=1, max_size=20))
def test_keys_sort_as_numbers_do_and_come_back(values):
    numbers = np.array(values)
    keys = sort_key(numbers)
    assert (numbers[np.argsort(keys, kind="stable")] == np.sort(numbers)).all()
    assert [float_of_key(int(key)) for key in keys] == values


def test_digits_of_those_that_begin_alike():
    keys = np.array([0x0001_0002_0003_0004, 0x0001_0002_0005_0004, 0x0001_0009_0003_0004], dtype=np.uint64)
    first = digit_counts(keys, 0, 48)
    assert (first[1], first.sum()) == (3, 3)
    third = digit_counts(keys, 0x0001_0002, 16)
    assert (third[3], third[5], third.sum()) == (1, 1, 2)


@settings(deadline=None, max_examples=25)
@given(
    st.lists(st.lists(st.one_of(FLOATS, st.just(np.nan)), max_size=6), min_size=1, max_size=4),
    st.sampled_from([np.float64, np.float32]),
)
def test_medians_are_numpys(cut, dtype):
    parts = [np.clip(np.array(part), -1e30, 1e30).astype(dtype) for part in cut]
    whole = np.concatenate(parts)
    present = int((~np.isnan(whole)).sum())
    if not present:
        return
    found = exact_medians(InMemory([pa.table({"x": part}) for part in parts]), {"x": present}, dtype)
    assert found["x"] == float(np.nanmedian(whole))


def test_columns_at_once_and_none():
    rng = np.random.default_rng(0)
    tables = [pa.table({"a": rng.normal(size=31), "b": np.rint(rng.normal(size=31))}) for _ in range(3)]
    whole = pa.concat_tables(tables)
    found = exact_medians(InMemory(tables), {"a": 93, "b": 93}, np.float64)
    assert found == {name: float(np.median(whole.column(name))) for name in "ab"}
    assert exact_medians(InMemory(tables), {}, np.float64) == {}
