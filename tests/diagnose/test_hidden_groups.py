import numpy as np
import pandas as pd
import pytest

from steelyard.diagnose import HiddenGroups
from tables_to_check import ask, clean_table, dataset, raw


def patients(name="patient_nbr", n=200, per=5, as_text=False, seed=0):
    """Visits of patients who keep their sex and mostly their illness, under arbitrary numbers."""
    rng = np.random.default_rng(seed)
    person = np.repeat(np.arange(n), per)
    number = rng.choice(10**6, n, replace=False)[person]
    ill = (rng.random(n) < 0.3)[person] ^ (rng.random(n * per) < 0.1)
    X = pd.DataFrame(rng.normal(size=(n * per, 3)), columns=list("abc"))
    X["sex"] = rng.choice(["f", "m"], n)[person]
    X[name] = [f"P{i}" for i in number] if as_text else number
    order = rng.permutation(len(X))
    return dataset(X.iloc[order].reset_index(drop=True), ill[order].astype(int))


@pytest.mark.parametrize("as_text", [False, True])
@pytest.mark.parametrize("name", ["patient_nbr", "CustomerID", "tailnum", "col7"])
def test_keys_are_found_with_or_without_a_telling_name(name, as_text):
    finding = HiddenGroups().check(patients(name, as_text=as_text))
    assert (finding.outcome, finding.severity, finding.columns) == ("found", "warning", (name,))
    key = finding.measures["keys"][name]
    assert key["groups"] == 200
    assert key["constant"] == ["sex"]
    assert key["label_agreement"] > 0.75 > 0.65 > key["label_expected"]
    assert "--groups" in finding.advice


def test_given_groups_are_enough():
    data = patients()
    given = dataset(data.X, data.y, groups=data.X["patient_nbr"].to_numpy())
    assert HiddenGroups().check(given).outcome == "clear"


def test_a_name_alone_is_worth_knowing():
    X, y = clean_table()
    finding = HiddenGroups().check(dataset(X.assign(speaker_number=np.arange(900) % 15), y))
    assert (finding.outcome, finding.severity) == ("found", "info")


def test_features_that_repeat_are_no_keys():
    rng = np.random.default_rng(0)
    X, y = clean_table()
    X["age"] = np.where(y == "rare", rng.integers(50, 90, 900), rng.integers(20, 70, 900))  # smooth effect
    X["person_level"] = rng.integers(0, 40, 900)  # not a key by its last word
    X["weight"] = rng.integers(10_000, 10_500, 900)  # repeats, and nothing goes with it
    finding = HiddenGroups().check(dataset(X, y))
    assert finding.outcome == "clear"
    assert "Columns that repeat: 3." in finding.explanation


def test_nothing_to_look_at():
    finding = HiddenGroups().check(dataset(*clean_table()))
    assert finding.outcome == "not applicable"


def test_limits_move_the_outcome():
    data = patients("col7")
    assert HiddenGroups(min_groups=201).check(data).outcome == "not applicable"
    assert HiddenGroups(max_group_rows=4).check(data).outcome == "clear"
    assert HiddenGroups(min_excess=0.6).check(data).outcome == "clear"
    assert HiddenGroups(min_repeated=1.0).check(data).outcome == "found"
    lonely = patients("col7", per=1)
    assert HiddenGroups().check(lonely).outcome == "not applicable"


def test_real_sets():
    assert ask(HiddenGroups(), "adult").outcome == "clear"
    assert HiddenGroups().check(raw("flights", 50_000)).columns == ("tailnum",)
