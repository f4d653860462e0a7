import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from steelyard.balance.clean.big_jump import BigJumpCleaner
from steelyard.diagnose import ClassRegions, check_by_code, checkup
from steelyard.errors import BadOption
from tables_to_check import ask, dataset


def two_classes(shift, rare=40, n=200):
    rng = np.random.default_rng(0)
    y = np.repeat(["usual", "rare"], [n, rare])
    return dataset(rng.normal(size=(n + rare, 2)) + shift * (y == "rare")[:, None], y)


def test_apart_is_clear_and_on_top_of_each_other_is_found():
    apart, mixed = ClassRegions().check(two_classes(8)), ClassRegions().check(two_classes(0))
    assert apart.outcome == "clear"
    assert apart.measures["by_class"]["rare"]["core"] == 1
    assert apart.measures["overlap_ratio"] == 0
    assert mixed.outcome == "found"
    assert "mean little" in mixed.explanation


def test_planted_rows_are_at_fault_worst_first():
    planted = two_classes(8)
    X, y = planted.X, planted.y.copy()
    y[:12] = "rare"  # they lie among the usual ones
    finding = ClassRegions(max_noise=0.1).check(dataset(X, y))
    assert finding.outcome == "found"
    assert set(finding.rows) <= set(range(12))
    assert len(finding.rows) >= 8


def test_regions_are_those_the_cleaner_acts_on():
    data = two_classes(1.5)
    sampler = BigJumpCleaner(standardize=True)
    sampler.fit_resample(data.X, data.y)
    shares = ClassRegions().check(data).measures["by_class"]
    for name in ("usual", "rare"):
        told = np.bincount(sampler.regions_[data.y == name], minlength=3) / (data.y == name).sum()
        np.testing.assert_allclose(list(shares[name].values()), told, atol=1e-4)


@pytest.mark.parametrize("by", ["knn", "gnb", "model"])
def test_each_way_to_ask(by):
    finding = ClassRegions(by=by, max_overlap=0, max_noise=0).check(two_classes(1.5))
    assert finding.outcome == "found"
    assert finding.measures["skill"] > 0
    for shares in finding.measures["by_class"].values():
        assert sum(shares.values()) == pytest.approx(1, abs=1e-3)


def test_a_model_of_the_users():
    model = make_pipeline(StandardScaler(), LogisticRegression())
    finding = ClassRegions(by="model", estimator=model).check(two_classes(8))
    assert finding.outcome == "clear"


def test_limits_move_the_outcome():
    mixed = two_classes(1.5)
    assert ClassRegions(max_overlap=1, max_noise=1).check(mixed).outcome == "clear"
    assert ClassRegions(min_rows=41).check(mixed).outcome == "not applicable"
    with pytest.raises(BadOption, match="'core'"):
        ClassRegions(core=2).check(mixed)
    with pytest.raises(BadOption, match="'by' parameter of ClassRegions"):
        ClassRegions(by="tree").check(mixed)


def test_on_real_data_and_by_its_code():
    assert isinstance(check_by_code("SY017"), ClassRegions)
    finding = ask(ClassRegions(), "glass")
    assert (finding.outcome, finding.severity) == ("found", "info")
    (shared,) = checkup(two_classes(1.5), [ClassRegions])
    assert shared.measures == ClassRegions().check(two_classes(1.5)).measures


def test_a_table_that_says_nothing():
    same = dataset(np.ones((60, 2)), np.repeat(["usual", "rare"], [40, 20]))
    told = ClassRegions(by="gnb").check(same)
    assert told.outcome == "not applicable"
