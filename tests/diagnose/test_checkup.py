"""All checks together: order, sharing, trouble, false alarms."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.naive_bayes import GaussianNB

from steelyard.diagnose import ClassOverlap, ClassRatio, LabelNoise, check_by_code, checks, checkup
from steelyard.errors import BadOption, BadTable
from tables_to_check import clean_table, dataset
from trouble import TROUBLE


def test_codes_are_in_order_and_every_check_has_its_page():
    assert list(checks()) == [f"SY{i:03d}" for i in range(1, 18)]
    assert all(made.code == code for code, made in checks().items())
    assert len({made.title for made in checks().values()}) == 17


def test_a_clean_table_raises_no_alarm():
    for seed in range(2):
        X, y = clean_table(seed=seed)
        found = [finding for finding in checkup(dataset(X, y)) if finding.alarming]
        assert not found, [finding.explanation for finding in found]


def test_findings_come_one_a_check_in_order_and_are_plain():
    findings = checkup(dataset(*clean_table(300)))
    assert [finding.code for finding in findings] == list(checks())
    json.dumps([finding.to_dict() for finding in findings], allow_nan=False)
    for finding in findings:
        assert finding.explanation
        assert bool(finding.advice) == (finding.outcome == "found")


def test_a_selection_may_hold_checks_or_classes():
    data = dataset(*clean_table(100))
    findings = checkup(data, [ClassRatio(max_ratio=100), ClassRatio])
    assert [finding.outcome for finding in findings] == ["clear", "found"]


class Counting(GaussianNB):
    fits = 0

    def fit(self, X, y, sample_weight=None):
        Counting.fits += 1
        return super().fit(X, y, sample_weight)


def test_the_given_model_is_shared_by_the_checks():
    X, y = clean_table(300)
    Counting.fits = 0
    checkup(dataset(X.drop(columns="shop"), y), [ClassOverlap, LabelNoise], estimator=Counting())
    assert Counting.fits == 3


def test_same_seed_same_findings():
    data = dataset(*clean_table(300))
    one, two = (checkup(data, random_state=5) for _ in range(2))
    assert [finding.to_dict() for finding in one] == [finding.to_dict() for finding in two]


def test_an_unknown_code_lists_near_ones():
    with pytest.raises(BadOption, match=r"no check 'SY07'\. Did you mean SY0"):
        check_by_code("SY07")


@pytest.mark.parametrize("name", TROUBLE)
def test_troublesome_tables_get_answers_or_a_plain_sentence(name):
    X, y = TROUBLE[name]()
    data = dataset(X, np.asarray(y))
    if name == "infinity":
        with pytest.raises(BadTable, match="inf"):
            checkup(data)
        return
    findings = checkup(data)
    assert len(findings) == 17
    json.dumps([finding.to_dict() for finding in findings], allow_nan=False)


def test_every_kind_of_column_at_once():
    X, y = clean_table(400)
    rng = np.random.default_rng(0)
    words = ["grey", "red", "blue", "slow", "fast", "round", "flat", "old", "new", "warm", "cold"]
    table = X.assign(
        day=pd.date_range("2024-01-01", periods=400),
        open=rng.random(400) < 0.5,
        note=[" ".join(rng.choice(words, 6)) for _ in range(400)],
        empty=np.nan,
    )
    table.loc[::7, "a"] = np.nan
    findings = {finding.code: finding for finding in checkup(dataset(table, y))}
    assert findings["SY014"].columns == ("empty",)
    assert findings["SY011"].outcome == "clear"


def test_grouped_data_are_split_by_group():
    X, y = clean_table(300)
    findings = checkup(dataset(X, y, groups=np.arange(300) // 3))
    assert {f.code: f.outcome for f in findings}["SY010"] == "clear"
