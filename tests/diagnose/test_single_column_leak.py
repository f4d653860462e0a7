import numpy as np
import pandas as pd
from sklearn.datasets import load_iris

from steelyard.diagnose import SingleColumnLeak
from tables_to_check import clean_table, dataset, raw, real


def planted(kind):
    X, y = clean_table()
    rare = y == "rare"
    rng = np.random.default_rng(1)
    values = {
        "score": np.clip(0.9 * rare + 0.1 * rng.random(900), 0, 1),
        "level": np.where(rare, rng.choice(["paid", "denied"], 900), rng.choice(["open", "new"], 900)),
        "gap": np.where(rare, np.nan, rng.normal(size=900)),
        "u shape": np.where(rare, rng.choice([-2.0, 2.0], 900), 0.0) + 0.1 * rng.normal(size=900),
    }
    return dataset(X.drop(columns="c").assign(leak=values[kind]), y)


def test_every_kind_of_leak_is_found():
    for kind in ("score", "level", "gap", "u shape"):
        finding = SingleColumnLeak().check(planted(kind))
        assert (finding.outcome, finding.severity, finding.columns) == ("found", "critical", ("leak",)), kind


def test_two_leaks_do_not_hide_each_other():
    X, y = clean_table()
    twice = X.assign(one=(y == "rare") * 1.0, two=(y == "rare") * -3.0)
    assert SingleColumnLeak().check(dataset(twice, y)).columns == ("one", "two")


def test_leak_of_the_rarest_of_three_classes_is_found():
    rng = np.random.default_rng(0)
    y = rng.choice(["a", "b", "c"], 900, p=[0.6, 0.35, 0.05])
    X = pd.DataFrame(rng.normal(size=(900, 5))).rename(columns=str)
    finding = SingleColumnLeak().check(dataset(X.assign(leak=np.where(y == "c", 1, 0)), y))
    assert finding.columns == ("leak",)
    assert "'c'" in finding.explanation


def test_a_clean_table_is_clear():
    assert SingleColumnLeak().check(dataset(*clean_table())).outcome == "clear"


def test_an_id_does_not_win_by_memory():
    X, y = clean_table()
    finding = SingleColumnLeak().check(dataset(X.assign(id=[f"row {i}" for i in range(900)]), y))
    assert finding.outcome == "clear"


def test_an_easy_class_is_no_leak():
    """Two petal measures each give setosa away, and the others together do nearly as well."""
    iris = load_iris(as_frame=True)
    finding = SingleColumnLeak().check(dataset(iris.data, iris.target.to_numpy()))
    assert finding.outcome == "clear"
    assert len(finding.measures["suspects"]) == 2
    assert "other columns tell it as well" in finding.explanation


def test_a_column_far_ahead_is_only_named():
    _, y = clean_table()
    weak = pd.DataFrame(np.random.default_rng(2).normal(size=(900, 5)), columns=list("vwxyz"))
    best = (y == "rare") + 0.5 * np.random.default_rng(3).normal(size=900)
    finding = SingleColumnLeak().check(dataset(weak.assign(best=best), y))
    assert (finding.outcome, finding.severity, finding.columns) == ("found", "info", ("best",))
    assert SingleColumnLeak(stands_out=1e6).check(dataset(weak.assign(best=best), y)).outcome == "clear"


def test_limits_move_the_outcome():
    data = planted("u shape")
    assert SingleColumnLeak(min_gap=0.5).check(data).outcome == "clear"
    low = SingleColumnLeak(min_auc=0.8, min_gap=0.01).check(dataset(*clean_table()))
    assert low.outcome == "found"
    few = SingleColumnLeak(min_rows=1000).check(data)
    assert few.explanation == "No class has 1000 rows."


def test_nursery_has_a_rule_of_one_column():
    data = real("nursery")
    rows = np.random.default_rng(0).choice(len(data), 3000, replace=False)
    finding = SingleColumnLeak().check(data.take(rows))
    assert [name.lower() for name in finding.columns] == ["health"]


def test_adult_has_no_leak():
    data = real("adult")
    rows = np.random.default_rng(0).choice(len(data), 3000, replace=False)
    assert SingleColumnLeak().check(data.take(rows)).outcome == "clear"


def test_leaks_of_fars_and_flights_are_found():
    assert set(SingleColumnLeak().check(raw("fars", 4000)).columns) == {"HISPANIC_ORIGIN", "RACE"}
    found = SingleColumnLeak().check(raw("flights", 4000)).columns
    assert {"dep_time", "dep_delay", "arr_time", "arr_delay", "air_time"} == set(found)


def test_the_column_that_names_a_class_of_coswara_is_found():
    assert "test_status" in SingleColumnLeak().check(raw("coswara")).columns
