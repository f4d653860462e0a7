"""Herding, k-centre and rows by lot beside plain loops."""

import numpy as np
import pytest
from sklearn.base import clone

from steelyard.balance import check_sampler
from steelyard.balance.condense import Herding, KCenter, RandomRows
from steelyard.errors import BadOption, CannotResample, UserError
from trouble import TROUBLE

SAMPLERS = [Herding(budget=20), KCenter(budget=20), RandomRows(budget=20, random_state=0)]


def rows(n=60, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, 3)), np.repeat(["a", "b"], [n - 15, 15])


def slow_herding(points, weight, n):
    """At each step every free row is tried."""
    mean = np.average(points, axis=0, weights=weight)
    chosen = []
    for _ in range(n):
        best = None
        for row in range(len(points)):
            if row not in chosen:
                some = [*chosen, row]
                gap = ((np.average(points[some], axis=0, weights=weight[some]) - mean) ** 2).sum()
                if best is None or gap < best[0] - 1e-12:
                    best = (gap, row)
        chosen.append(best[1])
    return chosen


def slow_k_center(points, n):
    gaps = ((points[:, None] - points) ** 2).sum(axis=2)
    chosen = [int(((points - points.mean(axis=0)) ** 2).sum(axis=1).argmin())]
    while len(chosen) < n:
        chosen.append(
            int(max(set(range(len(points))) - set(chosen), key=lambda row: gaps[row, chosen].min()))
        )
    return chosen


@pytest.mark.parametrize("sampler", [*SAMPLERS, RandomRows(allocation="lot"), KCenter()], ids=repr)
def test_every_promise_is_kept(sampler):
    # The budget is shared among all classes, and columns are scaled by all rows.
    check_sampler(sampler, skip=["independent classes"])


@pytest.mark.parametrize("name", TROUBLE)
@pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
def test_a_valid_result_or_a_plain_sentence(sampler, name):
    X, y = TROUBLE[name]()
    if name in ("infinity", "frame_with_dates") and not isinstance(sampler, RandomRows):
        with pytest.raises(UserError, match=r"holds infinity|'day' holds datetime64"):
            clone(sampler).fit_resample(X, y)
        return
    made = clone(sampler)
    X_out, y_out = made.fit_resample(X, y)
    assert type(X_out) is type(X)
    assert len(y_out) == 20
    assert set(np.asarray(y_out)) == set(np.asarray(y))


@pytest.mark.parametrize("weighted", [False, True])
def test_herding_is_the_plain_loop(weighted):
    X, y = rows()
    weight = np.random.default_rng(1).uniform(0.5, 2, y.size) if weighted else np.ones(y.size)
    sampler = Herding(budget=16, scaling="none", allocation="equal")
    found = sampler.select(X, y, sample_weight=weight if weighted else None)
    expected = []
    for label in "ab":
        mine = np.flatnonzero(y == label)
        expected += mine[slow_herding(X[mine].astype(np.float32).astype(float), weight[mine], 8)].tolist()
    assert found.tolist() == sorted(expected)


def test_the_mean_of_herded_rows_is_nearer_than_that_of_rows_by_lot():
    X, y = rows(400)
    herded = X[Herding(budget=20, scaling="none").select(X, y)[:18]].mean(axis=0)
    drawn = X[RandomRows(budget=20, random_state=0).select(X, y)[:18]].mean(axis=0)
    middle = X[y == "a"].mean(axis=0)
    assert np.linalg.norm(herded - middle) < 0.3 * np.linalg.norm(drawn - middle)


def test_k_center_is_the_plain_loop():
    X, y = rows()
    found = KCenter(budget=16, scaling="none", allocation="equal").select(X, y)
    expected = []
    for label in "ab":
        mine = np.flatnonzero(y == label)
        expected += mine[slow_k_center(X[mine], 8)].tolist()
    assert found.tolist() == sorted(expected)


def test_equal_rows_are_kept_once_each():
    X, y = np.ones((30, 2)), np.repeat(["a", "b"], 15)
    for sampler in (Herding(budget=20), KCenter(budget=20)):
        assert np.unique(sampler.select(X, y)).size == 20


def test_rows_without_weight_are_herded_last():
    X, y = rows(40)
    weight = np.where(np.arange(40) < 20, 0.0, 1.0)
    kept = Herding(budget=14, allocation="equal").select(X, y, sample_weight=weight)
    assert (kept[y[kept] == "a"] >= 20).sum() == 5  # all of the class that weigh
    X, y = rows(40)
    none_of_a = np.where(y == "a", 0.0, 1.0)
    assert Herding(budget=14, allocation="equal").select(X, y, sample_weight=none_of_a).size == 14


def test_a_lot_is_drawn_from_the_whole_table():
    """Over many seeds every row comes as often as any other, and small classes are at times left out."""
    y = np.repeat(["a", "b"], [95, 5])
    times, without = np.zeros(100), 0
    for seed in range(400):
        kept = RandomRows(budget=10, allocation="lot", random_state=seed).select(np.zeros((100, 1)), y)
        assert kept.size == 10
        times[kept] += 1
        without += not (y[kept] == "b").any()
    assert 25 < times[:95].mean() < 55
    assert times[95:].mean() == pytest.approx(40, abs=10)
    assert 0.4 < without / 400 < 0.75  # 0.584 by the hypergeometric law


@pytest.mark.parametrize("sampler", SAMPLERS, ids=repr)
def test_the_budget_is_shared_out_by_name(sampler):
    X, y = rows()
    for allocation, expected in (("ratio", [15, 5]), ("equal", [10, 10]), ("tempered", [14, 6])):
        made = clone(sampler).set_params(allocation=allocation).fit(X, y)
        assert list(made.allocation_.values()) == expected
    with pytest.raises(CannotResample, match="needs at least 2 rows a class"):
        clone(sampler).set_params(budget=3).fit(X, y)
    with pytest.raises(BadOption, match="'allocation' parameter"):
        clone(sampler).set_params(allocation="most").fit(X, y)
    with pytest.raises(BadOption, match="'gamma' parameter"):
        clone(sampler).set_params(gamma=-1).fit(X, y)
