"""The recipe's rows are the estimators they say, its protocols are what they are called, and it runs."""

import numpy as np
import pytest
from sklearn.base import clone

from steelyard.data import load
from steelyard.kernels.out_of_fold import inner_splits
from steelyard.learn.fit_together import fit_together
from steelyard.learn.imovno import IMOVNOPlus
from steelyard.recipes.table import Table, Value

imovno = pytest.importorskip("steelyard.recipes.imovno")


def test_the_shared_pools_are_the_estimators_of_the_rows():
    data = load("glass")
    train, test = inner_splits(data.y, 5, random_state=0)[0]
    rows = imovno.pools(0, members=8, rounds=4)
    fitted = fit_together(rows, data.X.iloc[train], data.y[train])
    whole = IMOVNOPlus(n_members=8, iterations=4, random_state=0).fit(data.X.iloc[train], data.y[train])
    asked = data.X.iloc[test]
    np.testing.assert_array_equal(fitted[imovno.WHOLE].predict(asked), whole.predict(asked))
    alone = clone(rows["SMOTE and Jaya"]).fit(data.X.iloc[train], data.y[train])
    np.testing.assert_array_equal(fitted["SMOTE and Jaya"].predict(asked), alone.predict(asked))


def test_scales():
    assert len(imovno.datasets("small")) == 10
    assert len(imovno.datasets("paper")) == 35
    assert set(imovno.CONTROLLED) <= set(imovno.SMALL)
    assert set(imovno.TOO_GOOD) <= set(imovno.SMALL)


def test_smoke_runs_and_every_row_names_its_protocol():
    pytest.importorskip("lightgbm")
    table = imovno.main("smoke", jobs=1)
    protocols = {row.system: set() for row in table.rows}
    for row in table.rows:
        protocols[row.system].add(row.protocol)
    assert protocols[imovno.WHOLE] == {imovno.FREE}
    assert protocols[imovno.ON_TEST] == {imovno.CHOSEN}
    assert protocols[imovno.STRICT] == protocols[imovno.WIDE] == {imovno.FIRST}
    assert protocols[imovno.LEVEL] == protocols["LightGBM"] == {imovno.FREE, imovno.FIRST}
    assert table.mean(imovno.LEVEL, imovno.ACROSS, protocol=imovno.FIRST) > 0.5
    assert table.mean(imovno.LEVEL, imovno.G, protocol=imovno.FIRST) > table.mean(
        imovno.LEVEL, imovno.G, protocol=imovno.FREE
    )
    assert table.mean(imovno.WHOLE, imovno.GAIN) >= 0
    assert len(table.verdicts) == len(imovno.CLAIMS)
    assert "Near-perfect figures" in table.words[0]


def test_an_unlearnable_table_is_at_chance_only_without_the_leak():
    honest = imovno.leak_free("glass", 0, 4, 2, shuffle=True)
    leaky = imovno.leaky("glass", 0, 4, 2, shuffle=True)
    recall = {one.system: one.values[imovno.RECALL] for one in honest}
    assert all(one.protocol == imovno.FREE + imovno.SHUFFLED for one in honest)
    assert abs(recall[imovno.WHOLE] - 1 / 6) < 0.12
    recall = {one.system: one.values[imovno.RECALL] for one in leaky}
    assert recall[imovno.WIDE] > 1 / 6 + 0.2


def made_up(**rows):
    """A table of G-means and mean recalls by (system, protocol)."""
    values = [
        Value(name, protocol, system, metric, 0, value)
        for (system, protocol, metric), by_set in rows["rows"].items()
        for name, value in by_set.items()
    ]
    return Table("imovno", imovno.PAPER, "small", tuple(values))


def test_what_is_too_good_to_be_true_is_told():
    gain = {(imovno.WHOLE, imovno.FREE, imovno.GAIN): {"glass": 0.1}}
    honest = {(imovno.RAW, imovno.FREE, imovno.G): {"cleveland": 0.3, "glass": 0.9}}
    assert imovno._not_too_good(made_up(rows=gain | honest))[0]
    lucky = {(imovno.RAW, imovno.FREE, imovno.G): {"cleveland": 0.6}}
    told = imovno._not_too_good(made_up(rows=gain | lucky))
    assert told[0] is False
    assert "cleveland: 0.60" in told[1]
    worse = {(imovno.WHOLE, imovno.FREE, imovno.GAIN): {"glass": -0.1}}
    assert imovno._not_too_good(made_up(rows=worse | honest))[0] is False


def test_the_control_asks_for_both_sides(monkeypatch):
    class Fake:
        y = np.arange(10) % 2

    monkeypatch.setattr(imovno, "load", lambda name: Fake)
    honest = (imovno.WHOLE, imovno.FREE + imovno.SHUFFLED, imovno.RECALL)
    literal = (imovno.WIDE, imovno.FIRST + imovno.SHUFFLED, imovno.RECALL)
    assert imovno._control(made_up(rows={honest: {"haberman": 0.52}, literal: {"haberman": 0.9}}))[0]
    assert not imovno._control(made_up(rows={honest: {"haberman": 0.6}, literal: {"haberman": 0.9}}))[0]
    assert not imovno._control(made_up(rows={honest: {"haberman": 0.5}, literal: {"haberman": 0.6}}))[0]
    assert imovno._control(made_up(rows={}))[0] is None
