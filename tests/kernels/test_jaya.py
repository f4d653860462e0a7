"""Jaya and its plain rivals against exhaustive search."""

import itertools

import numpy as np
import pytest

from steelyard.errors import BadOption
from steelyard.kernels.jaya import jaya_maximize
from steelyard.kernels.subset_search import greedy_maximize, random_subset

N_BITS = 12


class Knapsack:
    """Values with a penalty for pairs that do not go together: greedy is misled, exhaustion is not."""

    def __init__(self, seed):
        rng = np.random.default_rng(seed)
        self.gain = rng.normal(size=N_BITS)
        self.pair = np.triu(rng.normal(scale=0.5, size=(N_BITS, N_BITS)), 1)
        self.asked = []

    def __call__(self, bits):
        assert bits.dtype == bool
        assert bits.any(axis=1).all()
        self.asked.append(len(bits))
        return bits @ self.gain + np.einsum("mi,ij,mj->m", bits, self.pair, bits)

    def best(self):
        every = np.array(list(itertools.product([False, True], repeat=N_BITS)))[1:]
        return self(every).max()


@pytest.mark.parametrize("binarise", ["threshold", "sigmoid"])
def test_near_the_exhaustive_optimum(binarise):
    reached = []
    for seed in range(5):
        task = Knapsack(seed)
        found = jaya_maximize(
            task, N_BITS, rng=np.random.default_rng(seed), iterations=60, population=30, binarise=binarise
        )
        assert found.value == pytest.approx(task(found.bits[None])[0])
        assert found.value <= task.best() + 1e-9
        reached.append(found.value / task.best())
    assert np.mean(reached) > 0.95
    assert max(reached) == pytest.approx(1)


def test_never_worse_than_where_it_starts_and_never_falls():
    task = Knapsack(3)
    everyone = task(np.ones((1, N_BITS), dtype=bool))[0]
    found = jaya_maximize(task, N_BITS, rng=np.random.default_rng(0), iterations=20)
    assert found.trace[0] >= everyone
    assert (np.diff(found.trace) >= 0).all()
    assert len(found.trace) == 21
    start = np.arange(N_BITS) < 3
    short = jaya_maximize(task, N_BITS, rng=np.random.default_rng(0), iterations=0, start=start, population=2)
    assert short.value >= task(start[None])[0]


def test_patience_stops_early():
    found = jaya_maximize(
        lambda bits: np.zeros(len(bits)), 5, rng=np.random.default_rng(0), iterations=50, patience=4
    )
    assert len(found.trace) == 5


def test_one_round_by_the_definition():
    """A plain loop over vectors and coordinates, with the same draws, gives the same bits."""
    task, rng = Knapsack(1), np.random.default_rng(5)
    places = rng.random((4, N_BITS))
    places[0] = 1.0
    value = [task((row > 0.5)[None])[0] for row in places]
    best, worst = places[np.argmax(value)].copy(), places[np.argmin(value)].copy()
    r1, r2 = rng.random(places.shape), rng.random(places.shape)
    kept = []
    for k in range(4):
        moved = [
            min(1, max(0, x + r1[k, i] * (best[i] - abs(x)) - r2[k, i] * (worst[i] - abs(x))))
            for i, x in enumerate(places[k])
        ]
        bits = np.array(moved) > 0.5
        kept.append(max(value[k], task(bits[None])[0]))
    found = jaya_maximize(task, N_BITS, rng=np.random.default_rng(5), population=4, iterations=1)
    assert found.value == pytest.approx(max(kept))


def test_the_same_draws_give_the_same_bits():
    runs = [jaya_maximize(Knapsack(2), N_BITS, rng=np.random.default_rng(9), iterations=9) for _ in "ab"]
    np.testing.assert_array_equal(runs[0].bits, runs[1].bits)


def test_one_bit_is_always_set():
    found = jaya_maximize(lambda bits: -bits.sum(axis=1), 6, rng=np.random.default_rng(0), iterations=30)
    assert found.bits.sum() == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"population": 1}, "'population'"),
        ({"iterations": -1}, "'iterations'"),
        ({"binarise": "x"}, "'binarise'"),
    ],
)
def test_numbers_that_make_no_sense(changes, said):
    with pytest.raises(BadOption, match=said):
        jaya_maximize(lambda bits: bits.sum(axis=1), 3, rng=np.random.default_rng(0), **changes)
    with pytest.raises(BadOption, match="'n_bits'"):
        jaya_maximize(lambda bits: bits.sum(axis=1), 0, rng=np.random.default_rng(0))


def test_greedy_by_the_definition():
    task = Knapsack(0)
    chosen, value = [], -np.inf
    while True:
        tries = {}
        for bit in set(range(N_BITS)) - set(chosen):
            tries[bit] = task(np.isin(np.arange(N_BITS), [*chosen, bit])[None])[0]
        bit = max(tries, key=tries.get, default=None)
        if bit is None or tries[bit] <= value:
            break
        chosen, value = [*chosen, bit], tries[bit]
    found = greedy_maximize(task, N_BITS)
    assert sorted(chosen) == np.flatnonzero(found.bits).tolist()
    assert found.value == pytest.approx(value)
    assert len(found.trace) == len(chosen)


def test_greedy_takes_all_where_all_help_and_one_where_none_does():
    assert greedy_maximize(lambda bits: bits.sum(axis=1), 4).bits.all()
    assert greedy_maximize(lambda bits: -bits.sum(axis=1), 4).bits.tolist() == [True, False, False, False]
    with pytest.raises(BadOption, match="'n_bits'"):
        greedy_maximize(lambda bits: bits.sum(axis=1), 0)


def test_lots_are_even_and_of_the_size_asked_for():
    rng = np.random.default_rng(0)
    drawn = np.array([random_subset(Knapsack(0), N_BITS, 3, rng).bits for _ in range(2000)])
    assert (drawn.sum(axis=1) == 3).all()
    np.testing.assert_allclose(drawn.mean(axis=0), 0.25, atol=0.04)
    for size in (0, N_BITS + 1):
        with pytest.raises(BadOption, match="'size'"):
            random_subset(Knapsack(0), N_BITS, size, rng)
