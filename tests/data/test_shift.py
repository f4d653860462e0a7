import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steelyard.data.prepare_table import TablePreparer
from steelyard.data.shift import SHIFT_ALARM, ColumnSummary, beyond_chance, population_stability, shifted

counts = st.lists(st.integers(0, 500), min_size=2, max_size=12).filter(sum)


def twin(before, after):
    """The index as the textbook sums it, half a row added to each bin."""
    total = 0.0
    n, m = sum(before) + len(before) / 2, sum(after) + len(after) / 2
    for b, a in zip(before, after, strict=True):
        p, q = (b + 0.5) / n, (a + 0.5) / m
        total += (q - p) * math.log(q / p)
    return total


@given(counts, st.randoms())
def test_index_is_the_sum(before, random):
    after = random.sample(before, len(before))
    value = population_stability(before, after)
    assert value == pytest.approx(twin(before, after), abs=1e-12)
    assert value == pytest.approx(population_stability(after, before), abs=1e-12)
    assert value >= 0
    assert population_stability(before, before) == 0


def test_chance_alone_raises_no_alarm():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(3000, 20))).add_prefix("x").assign(c=rng.choice(list("abcdef"), 3000))
    preparer = TablePreparer(random_state=0).fit(X)
    for n in (1, 5, 20, 100, 1000):
        for _ in range(5):
            assert shifted(preparer.shift(X.sample(n, random_state=int(rng.integers(1000))))) == []


def test_a_real_shift_does():
    rng = np.random.default_rng(0)
    n = 2000
    X = pd.DataFrame(
        {
            "moved": rng.normal(size=n),
            "same": rng.normal(size=n),
            "gone": rng.normal(size=n),
            "level": rng.choice(["a", "b"], n),
            "note": ["word " * k for k in rng.integers(5, 9, n)],
            "flag": rng.random(n) < 0.5,
        }
    )
    preparer = TablePreparer(kinds={"note": "text"}, random_state=0).fit(X)
    new = X.assign(
        moved=X["moved"] + 1.0,
        gone=X["gone"].where(X.index % 2 == 0),
        level="new",
        note="word " * 20,
        flag=True,
    )
    values = preparer.shift(new)
    assert set(shifted(values)) == {"moved", "gone", "level", "note", "flag"}
    assert shifted(values) == sorted(shifted(values), key=lambda name: -values[name])
    assert values["same"] < 0.05
    assert SHIFT_ALARM == 0.25


def test_bins_are_deciles_with_one_for_missing():
    values = np.concatenate([np.arange(100.0), [np.nan] * 7])
    summary = ColumnSummary().fit(values)
    assert summary.counts.tolist() == [10] * 10 + [7]
    codes = ColumnSummary().fit(np.array([0, 0, 1, -1]))
    assert codes.counts.tolist() == [2, 1, 0, 1]
    assert codes._count(np.array([1, -2, 7, -1])).tolist() == [0, 1, 2, 1]


def test_rare_levels_are_pooled():
    codes = np.repeat(np.arange(80), np.r_[np.full(50, 3), np.full(30, 1)])
    summary = ColumnSummary().fit(codes)
    assert summary.levels.tolist() == list(range(50))
    assert summary.counts.tolist() == [3] * 50 + [30, 0]


def test_beyond_chance_of_nothing():
    assert beyond_chance(9.0, 1, 10, 10) == 0.0
    assert beyond_chance(9.0, 5, 10, 0) == 0.0
