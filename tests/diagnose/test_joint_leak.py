import numpy as np
import pandas as pd
from sklearn.datasets import load_iris

from steelyard.diagnose import JointLeak
from tables_to_check import ask, clean_table, dataset


def two_scores(n=900, seed=0):
    """A difference of two columns that says the class, each of which alone says little."""
    rng = np.random.default_rng(seed)
    y = np.where(rng.random(n) < 0.25, "rare", "usual")
    X = pd.DataFrame(rng.normal(size=(n, 6)), columns=list("pqrstu"))
    X["before"] = rng.random(n)
    X["after"] = X["before"] + 0.4 * (y == "rare")
    return dataset(X, y)


def test_two_columns_that_only_together_leak_are_found():
    finding = JointLeak().check(two_scores())
    assert (finding.outcome, finding.severity) == ("found", "warning")
    assert finding.columns == ("before", "after")
    assert finding.measures["auc_rest"] < 0.6 < 0.98 < finding.measures["auc_few"]
    assert "Suspicious" in finding.advice


def test_a_clean_table_is_clear():
    X, y = clean_table()
    assert (
        JointLeak()
        .check(dataset(X.assign(f=X["a"] * 0 + 1, g=X["b"] ** 2, h=X["c"] ** 2, i=X["d"] ** 2), y))
        .outcome
        == "clear"
    )


def test_easy_data_are_no_leak():
    """Ten columns each of which tells a little: together nearly perfect, but not a few against the rest."""
    rng = np.random.default_rng(0)
    y = (rng.random(900) < 0.3).astype(int)
    X = rng.normal(size=(900, 10)) + 1.6 * y[:, None]
    finding = JointLeak().check(dataset(X, y))
    assert finding.outcome == "clear"


def test_columns_that_leak_alone_are_left_to_the_other_check():
    data = two_scores()
    alone = dataset(
        data.X.drop(columns=["before", "after"]).assign(x=1.0, leak=(data.y == "rare") * 1.0), data.y
    )
    finding = JointLeak(n_columns=2).check(alone)
    assert finding.outcome == "clear"


def test_few_columns_cannot_be_compared():
    iris = load_iris(as_frame=True)
    finding = JointLeak().check(dataset(iris.data, iris.target.to_numpy()))
    assert finding.outcome == "not applicable"
    assert "for the few must be few" in finding.explanation


def test_limits_move_the_outcome():
    data = two_scores()
    assert JointLeak(min_gap=0.6).check(data).outcome == "clear"
    assert JointLeak(min_auc=1.0).check(data).outcome == "clear"
    assert JointLeak(min_rows=1000).check(data).outcome == "not applicable"


def test_an_easy_real_set_is_clear():
    assert ask(JointLeak(), "glass").outcome == "clear"
