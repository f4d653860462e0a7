"""Records are frozen and plain, and what they lose on the way to JSON is said."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

from steelyard.records import Column, Dataset, Estimate, Finding, Predictions, Row, Schema, Scorecard


def table():
    frame = pd.DataFrame({"a": [1, 2, 3, 4], "b": pd.Categorical(list("xyxx"))})
    schema = Schema((Column("a", "numeric"), Column("b", "categorical", n_levels=2)), target="t")
    y = np.array(["no", "no", "no", "yes"])
    return Dataset(frame, y, groups=np.array([1, 1, 2, 2]), schema=schema, name="toy", hash="sha256:0")


def test_take_keeps_every_part_together_and_drops_the_hash():
    part = table().take([3, 0])
    assert part.X["a"].tolist() == [4, 1]
    assert part.X["b"].dtype == "category"
    assert part.y.tolist() == ["yes", "no"]
    assert part.groups.tolist() == [2, 1]
    assert part.time is None
    assert (part.hash, len(part)) == ("", 2)


@pytest.mark.parametrize("X", [np.arange(8).reshape(4, 2), [10, 11, 12, 13]])
def test_take_works_on_anything_indexable(X):
    assert np.array_equal(np.asarray(Dataset(X, np.arange(4)).take([2]).X)[0], np.asarray(X)[2])


def test_counts_are_sorted_and_the_rarest_is_named():
    data = table()
    assert data.counts == {"no": 3, "yes": 1}
    assert data.rare_class == "yes"
    assert Dataset(np.zeros((2, 1)), np.array([0, 1])).rare_class == 1


def test_schema_by_kind():
    assert table().schema.of_kind("categorical", "text") == ("b",)
    assert table().schema.names == ("a", "b")


def test_records_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        table().name = "other"


def test_to_dict_is_json_and_has_no_rows_of_data():
    finding = Finding("SY001", "t", "found", "warning", rows=np.array([1, 2]), measures={"r": np.float32(2)})
    row = Row("plain", "plain", {"ap": Estimate(0.5, float("nan"), 1.0, (0.4, 0.6))})
    card = Scorecard({}, {}, (row,), predictions={"plain": Predictions(*(np.zeros(1),) * 4)})
    for record in (table(), finding, card):
        json.dumps(record.to_dict(), allow_nan=False)
    assert finding.to_dict()["rows"] == [1, 2]
    assert card.to_dict()["rows"][0]["metrics"]["ap"]["low"] is None
    assert "predictions" not in card.to_dict()
    assert "X" not in table().to_dict()


def test_only_found_warnings_are_alarming():
    assert Finding("c", "t", "found", "warning").alarming
    assert not Finding("c", "t", "found", "info").alarming
    assert not Finding("c", "t", "clear", "critical").alarming


def test_scorecards_are_equal_up_to_times_and_predictions():
    one = Scorecard({}, {}, (Row("plain", "plain", seconds=1.0),))
    two = Scorecard({}, {}, (Row("plain", "plain", seconds=2.0),), predictions={"plain": None})
    assert one == two
    assert one != Scorecard({}, {}, (Row("plain", "plain", status="dropped"),))
    with pytest.raises(KeyError, match="no row 'x'"):
        one.row("x")
