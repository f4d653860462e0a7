"""Figures merged from parts are those of the whole, to the error that is stated."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.balance.scale.choose import split_ordinals
from steelyard.balance.scale.measure import MERGE_ERROR
from steelyard.balance.scale.survey import _columns_of, _labels_of, _merged, label_codes
from steelyard.errors import BadTable


def merged(cut):
    found = [_columns_of(pa.table({"x": pa.array(part, pa.float64())}), ["x"], []) for part in cut]
    return _merged(found, ["x"], "SMOTE")


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.integers(0, 30), min_size=1, max_size=5),
    st.sampled_from([1e-150, 1.0, 1e150]),
    st.sampled_from([0.0, 1.0, 1e3]),
    st.integers(0, 10**6),
)
def test_deviations_agree_with_the_whole(sizes, unit, offset, seed):
    rng = np.random.default_rng(seed)
    cut = [(rng.normal(size=size) + offset) * unit for size in sizes]
    for part in cut:
        part[rng.random(part.size) < 0.2] = np.nan
    whole = np.concatenate(cut)
    columns = merged(cut)
    there = whole[~np.isnan(whole)]
    assert columns.present[0] == there.size
    if there.size > 1:
        expected = np.std(there / unit) * unit
        assert columns.deviation[0] == pytest.approx(expected, rel=MERGE_ERROR, abs=0)
        assert columns.mean[0] == pytest.approx(np.mean(there / unit) * unit, rel=1e-9, abs=1e-9 * unit)


@pytest.mark.parametrize("value", [0.1, -7.3, 0.0])
def test_a_constant_has_no_deviation_at_all(value):
    assert merged([np.full(7, value), np.full(11, value), np.full(1, value)]).deviation[0] == 0


def test_gaps_only_and_infinity():
    assert merged([np.full(3, np.nan), np.empty(0)]).deviation[0] == 0
    with pytest.raises(BadTable, match="'x' holds infinity"):
        merged([np.array([1.0, -np.inf]), np.array([2.0])])


def test_labels_that_are_kept_as_a_dictionary_or_are_not_there():
    table = pa.table({"y": pa.array(["b", "a", None, "b"]).dictionary_encode(), "z": [0.0, np.nan, 1.0, 1.0]})
    values, counts, missing = _labels_of(table, "y")
    assert dict(zip(values, counts, strict=True)) == {"b": 2, "a": 1}
    assert missing == 1
    assert _labels_of(table, "z")[2] == 1
    assert label_codes(table.column("y").take([0, 1, 3]), ["a", "b"]).tolist() == [1, 0, 1]


@given(st.lists(st.integers(0, 6), min_size=1, max_size=6), st.data())
def test_places_among_all_are_places_in_parts(per_part, data):
    total = sum(per_part)
    places = sorted(data.draw(st.lists(st.integers(0, total - 1), max_size=10))) if total else []
    split = split_ordinals(np.array(places, dtype=np.int64), np.array(per_part))
    starts = np.cumsum(per_part) - per_part
    assert np.concatenate([own + start for own, start in zip(split, starts, strict=True)]).tolist() == places
    assert all((own < size).all() and (own >= 0).all() for own, size in zip(split, per_part, strict=True))
