import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression

from steelyard.diagnose import LabelNoise
from tables_to_check import ask, clean_table, dataset


def clouds(flipped=0, n=300, rare=100):
    """Two clouds far apart; the first ``flipped`` rows of the large one are labelled as the rare class."""
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], [n, rare])
    X = rng.normal(size=(n + rare, 2)) + 6 * y[:, None]
    y[:flipped] = 1
    return dataset(X, y)


def test_planted_errors_are_the_rows_at_fault():
    finding = LabelNoise(estimator=LogisticRegression()).check(clouds(15))
    assert finding.outcome == "found"
    assert set(finding.rows) <= set(range(15))
    assert len(finding.rows) > 9
    assert finding.measures["share"]["1"] == pytest.approx(len(finding.rows) / 115, abs=1e-4)
    assert finding.severity == "warning"


def test_worst_rows_come_first():
    data = clouds(15)
    finding = LabelNoise(estimator=LogisticRegression()).check(data)
    depth = data.X.sum(axis=1)[finding.rows]  # the smaller, the deeper in the other cloud
    assert np.corrcoef(depth, np.arange(depth.size))[0, 1] > 0.7


def test_the_default_model_finds_most_of_them():
    finding = LabelNoise().check(clouds(40, n=1000, rare=400))
    assert finding.outcome == "found"
    assert (finding.rows < 40).mean() > 0.9
    assert (finding.rows < 40).sum() > 25


def test_clean_tables_are_clear():
    assert LabelNoise().check(clouds()).outcome == "clear"
    assert LabelNoise().check(dataset(*clean_table())).outcome == "clear"


def test_a_few_contradictions_in_a_small_class_prove_nothing():
    """Two of 53 rows are 3.8 %, but the interval reaches below 3 %."""
    small = LabelNoise(estimator=LogisticRegression()).check(clouds(3, rare=50))
    assert small.measures["contradicted"] == 2
    assert max(small.measures["share"].values()) > 0.03
    assert small.outcome == "clear"


def test_a_class_that_the_model_does_not_recognise_is_not_judged():
    hard = ask(LabelNoise(), "abalone19")
    assert hard.outcome == "not applicable"
    assert "gets 0.03 on average" in hard.explanation
    blind = LabelNoise(estimator=DummyClassifier()).check(clouds(15))
    assert blind.outcome == "not applicable"


def test_a_class_of_few_rows_is_not_judged():
    finding = LabelNoise(min_rows=200, estimator=LogisticRegression()).check(clouds(15))
    assert finding.explanation == "Fewer than two classes have 200 rows."
    named = ask(LabelNoise(), "ecoli")
    assert "Not judged, too few rows or too hard:" in named.explanation
    assert "'imL'" in named.explanation


@pytest.mark.parametrize(("share", "outcome"), [(0.04, "found"), (0.12, "clear")])
def test_the_limit_decides(share, outcome):
    assert LabelNoise(max_share=share, estimator=LogisticRegression()).check(clouds(15)).outcome == outcome


def test_clean_real_sets_are_clear():
    assert ask(LabelNoise(), "car").outcome == "clear"
    assert ask(LabelNoise(), "glass").measures["contradicted"] < 20
