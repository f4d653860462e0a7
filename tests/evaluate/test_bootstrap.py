import numpy as np
import pytest

from steelyard.evaluate.bootstrap import (
    block_length,
    percentile_interval,
    replicates,
    units_of,
    weights_of,
)


def test_groups_move_as_a_whole():
    groups = np.array(["a", "b", "a", "c", "b", "b"])
    units = units_of(6, groups=groups)
    for weight in weights_of(units, 50):
        for name in "abc":
            assert np.unique(weight[groups == name]).size == 1
        assert weight[[0, 1, 3]].sum() == 3  # as many groups drawn as there are


def test_blocks_are_runs_of_time_and_rows_of_one_time_stay_together():
    time = np.repeat(np.arange(30), 2)[np.random.default_rng(0).permutation(60)]
    units = units_of(60, time=time)
    assert units.block == block_length(30) == 4
    for weight in weights_of(units, 30):
        by_time = np.array([np.unique(weight[time == t]) for t in range(30)])
        assert by_time.shape == (30, 1)
        # Eight blocks of four: each start covers the next four times, going round at the end.
        assert by_time.sum() == 32
        changes = np.count_nonzero(by_time[:, 0] != np.roll(by_time[:, 0], 1))
        assert changes <= 16


def test_block_draws_equal_a_plain_loop():
    from steelyard.kernels.rng import child

    units = units_of(10, time=np.arange(10))
    rng = child(3, "bootstrap", "blocks")
    for weight in weights_of(units, 5, random_state=3):
        counts = [0] * 10
        for start in rng.integers(10, size=4):
            for step in range(units.block):
                counts[(start + step) % 10] += 1
        assert weight.tolist() == counts


def test_same_seed_same_draws_other_seed_others():
    units = units_of(20)
    first, again, other = (list(weights_of(units, 3, random_state=seed)) for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])


def test_taking_rows_forgets_units_that_are_gone():
    units = units_of(6, groups=np.array([0, 0, 1, 1, 2, 2])).take(np.array([0, 4, 5]))
    assert units.n_units == 2
    assert units.unit.tolist() == [0, 1, 1]


def test_interval_of_a_mean_is_near_that_of_the_t_distribution():
    from scipy import stats

    rng = np.random.default_rng(0)
    sample = rng.normal(size=40)
    means = [np.average(sample, weights=w) for w in weights_of(units_of(40), 3000)]
    low, high = percentile_interval(means, 40)
    expected = stats.t.interval(0.95, 39, sample.mean(), stats.sem(sample))
    assert (low, high) == pytest.approx(expected, abs=0.05)


def test_few_units_widen_the_interval():
    values = np.random.default_rng(0).normal(size=2000)
    narrow, wide = percentile_interval(values, 1000), percentile_interval(values, 5)
    assert wide[0] < narrow[0]
    assert wide[1] > narrow[1]
    assert np.isnan(percentile_interval(values, 1)).all()


def test_coverage_of_group_means():
    """Groups share a level: drawing whole groups covers the truth, drawing rows does not."""
    hit = {"groups": 0, "rows": 0}
    groups = np.repeat(np.arange(20), 10)
    for trial in range(60):
        rng = np.random.default_rng(trial)
        y = rng.normal(size=20)[groups] + 0.3 * rng.normal(size=200)
        for kind, units in (("groups", units_of(200, groups)), ("rows", units_of(200))):
            means = [float(w @ y / w.sum()) for w in weights_of(units, 200, random_state=trial)]
            low, high = percentile_interval(means, units.n_units)
            hit[kind] += low <= 0 <= high
    assert hit["groups"] >= 53
    assert hit["rows"] < 45


def test_large_tables_get_fewer_replicates():
    assert replicates(1_000) == 1000
    assert replicates(1_000_000, systems=8) == 200
