import numpy as np
import pytest

from steelyard.diagnose import RowKinds
from tables_to_check import ask, dataset


def cloud_and(rare, n=300):
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.uniform(0, 10, (n, 2)), rare])
    return dataset(X, np.repeat(["usual", "rare"], [n, len(rare)]))


def test_shares_are_counted_and_lone_rows_named():
    rng = np.random.default_rng(1)
    lone = cloud_and(rng.uniform(0, 10, (15, 2)))
    finding = RowKinds().check(lone)
    shares = finding.measures["by_class"]["rare"]
    assert (finding.outcome, finding.severity) == ("found", "info")
    assert sum(shares.values()) == pytest.approx(1, abs=0.001)
    assert shares["safe"] == 0
    assert set(finding.rows) <= set(range(300, 315))
    assert finding.rows.size == round(15 * (shares["rare"] + shares["outlier"]))
    assert "lie alone" in finding.advice


def test_an_own_place_is_safe():
    own = cloud_and(30 + np.random.default_rng(1).uniform(0, 1, (20, 2)))
    finding = RowKinds().check(own)
    assert finding.outcome == "clear"
    assert finding.measures["by_class"]["rare"]["safe"] == 1


def test_limits_move_the_outcome():
    lone = cloud_and(np.random.default_rng(1).uniform(0, 10, (15, 2)))
    assert RowKinds(min_safe=0.0).check(lone).outcome == "clear"
    assert RowKinds(min_rows=16).check(lone).outcome == "not applicable"
    few = dataset(np.arange(8)[:, None], np.arange(8) % 2)
    assert "more than 10 rows" in RowKinds().check(few).explanation


def test_border_rows_get_other_advice():
    """Two half planes that touch along a jagged line: most rare rows lie at the border."""
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.uniform(0, 30, 700), rng.normal(scale=0.5, size=700)])
    y = np.where(X[:, 1] + 0.1 * rng.normal(size=700) > 0.6, "rare", "usual")
    finding = RowKinds(min_safe=1.0).check(dataset(X, y))
    assert "border" in finding.advice


def test_abalone19_has_no_safe_row():
    assert ask(RowKinds(), "abalone19").measures["by_class"]["19"]["safe"] == 0
