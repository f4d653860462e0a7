"""Figures on parts of the rows: each as if the part were all there is."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import matthews_corrcoef, roc_auc_score

from steelyard.errors import BadOption
from steelyard.evaluate.strata_report import strata_report


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, size=300)
    return y, np.clip(y * 0.3 + rng.random(300) * 0.7, 0, 1), rng.integers(0, 3, size=300)


def test_each_stratum_is_scored_on_its_own(rows):
    y, scores, kind = rows
    report = strata_report(y, scores, {"one": kind == 1, "two": kind == 2}, threshold=0.6)
    assert report.strata == ("all rows", "one", "two")
    for name, mask in (("all rows", kind >= 0), ("one", kind == 1), ("two", kind == 2)):
        assert report.rows[name] == mask.sum()
        assert report.positives[name] == y[mask].sum()
        auc, mcc = report.values[name, "roc_auc"], report.values[name, "mcc"]
        assert auc.mean == pytest.approx(roc_auc_score(y[mask], scores[mask]))
        assert mcc.mean == pytest.approx(matthews_corrcoef(y[mask], scores[mask] > 0.6))
        assert auc.low < auc.mean < auc.high
        assert mcc.low < mcc.mean < mcc.high
    width = {name: report.values[name, "mcc"].high - report.values[name, "mcc"].low for name in report.strata}
    assert width["all rows"] < min(width["one"], width["two"])
    assert report.thin == ()


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    inside = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        y = np.repeat([0, 1], 60)
        scores = 1 / (1 + np.exp(-rng.normal(y * 1.0, 1.0)))  # true AUC .760
        auc = strata_report(y, scores, {}, metrics=("roc_auc",), threshold=None).values["all rows", "roc_auc"]
        inside += auc.low <= 0.760 <= auc.high
    assert inside >= 16


def test_thin_strata_are_marked_and_empty_ones_are_nan(rows):
    y, scores, kind = rows
    few = np.zeros(300, dtype=bool)
    few[np.flatnonzero(y == 1)[:5]] = True
    few[np.flatnonzero(y == 0)[:40]] = True
    report = strata_report(y, scores, {"few": few, "none": kind == 9, "one class": y == 1})
    assert report.thin == ("few", "none", "one class")
    assert np.isnan(report.values["none", "mcc"].mean)
    assert np.isnan(report.values["one class", "roc_auc"].mean)
    told = report.frame()
    assert list(told.columns) == ["stratum", "rows", "positives", "metric", "value", "low", "high", "thin"]
    assert len(told) == 8
    assert isinstance(told, pd.DataFrame)


def test_groups_widen_the_interval(rows):
    y, scores, _ = (np.repeat(values[:60], 5) for values in rows)
    groups = np.arange(300) // 5
    plain = strata_report(y, scores, {}).values["all rows", "mcc"]
    whole = strata_report(y, scores, {}, groups=groups).values["all rows", "mcc"]
    assert whole.high - whole.low > 1.5 * (plain.high - plain.low)


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"metrics": ("f7",)}, "'metrics'"),
        ({"metrics": ("expected_cost",)}, "'metrics'"),
        ({"threshold": None}, "threshold"),
        ({"strata": {"odd": np.zeros(3, dtype=bool)}}, "'odd'"),
        ({"strata": {"odd": np.zeros(300)}}, "'odd'"),
        ({"y": np.zeros(300)}, "two labels"),
        ({"scores": np.zeros((300, 2))}, "shape"),
    ],
)
def test_trouble(rows, options, word):
    y, scores, _ = rows
    given = {"y": y, "scores": scores, "strata": {}, **options}
    with pytest.raises(BadOption, match=word):
        strata_report(given.pop("y"), given.pop("scores"), given.pop("strata"), **given)
