"""The table: rows against the definition, means, equality without times."""

from dataclasses import replace

import numpy as np
import pytest

from steelyard.recipes.table import Paper, Table, Value

PAPER = Paper("Toy", "Nobody", {("a", "new", "f1"): 0.75, ("b", "new", "f1"): 0.25, ("a", "old", "f1"): None})


@pytest.fixture
def table(table_of):
    systems = {"new": {"a": [0.5, 0.7], "b": [0.3, 0.5]}, "old": {"a": [0.2, None], "b": [0.4, 0.4]}}
    return table_of(systems, paper=PAPER)


def test_rows_are_means_over_seeds_beside_the_paper(table):
    new, _, old, _ = table.rows
    assert (new.dataset, new.system, new.seeds) == ("a", "new", 2)
    assert (new.mean, new.difference) == pytest.approx((0.6, -0.15))
    assert new.low < 0.6 < new.high
    assert (old.in_paper, old.paper, old.difference, old.seeds) == (True, None, None, 1)
    assert (old.low, old.high) == (None, None), "one value has no interval"


def test_means_over_sets_are_of_seeds_that_ran_on_all(table):
    new, old = table.means
    assert (new.dataset, new.mean, new.seeds) == ("mean of 2 data sets", pytest.approx(0.5), 2)
    assert (new.paper, new.difference) == (0.5, pytest.approx(0.0))
    assert (old.mean, old.seeds, old.paper) == (pytest.approx(0.3), 1, None)


def test_one_set_has_no_mean_over_sets(table_of):
    assert table_of({"new": {"a": [0.5, 0.7]}}).means == ()


def test_values_and_mean(table):
    assert table.values("new", "f1", "a") == {("a", 0): 0.5, ("a", 1): 0.7}
    assert table.values(("old", "cv"), "f1", ["a"]) == {("a", 0): 0.2}
    assert table.values("new", "f1", protocol="other") == {}
    assert table.mean("new", "f1") == pytest.approx(0.5)
    assert table.mean("new", "f1", dataset="b") == pytest.approx(0.4)
    assert np.isnan(table.mean("nobody", "f1"))


def test_equality_leaves_times_out_and_nothing_else(toy_table):
    slower = tuple(
        replace(value, value=value.value + 1) if value.metric == "seconds" else value
        for value in toy_table.measured
    )
    assert replace(toy_table, measured=slower, seconds=9.0, wall=9.0, machine="another") == toy_table
    for value in toy_table.measured:
        if value.metric == "accuracy":
            other = tuple(replace(v, value=0.0) if v is value else v for v in toy_table.measured)
            assert replace(toy_table, measured=other) != toy_table
    assert replace(toy_table, scale="small") != toy_table
    assert toy_table != "a table"


def test_all_metrics_are_main_where_none_is_named():
    table = Table("toy", PAPER, "smoke", (Value("a", "cv", "new", "f1", 0, 0.5),))
    assert table.main_metrics == ("f1",)
    assert table.title == "Toy · scale smoke"
