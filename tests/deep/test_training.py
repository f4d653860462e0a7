"""Batches: every row once a pass, never a single row to norm."""

from itertools import chain

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.deep.array_batches import ArrayBatches
from steelyard.deep.hold_back import hold_back
from steelyard.deep.rows import Rows


def numbered(n):
    return Rows(torch.arange(float(n))[:, None], torch.arange(n), torch.ones(n))


@settings(deadline=None, max_examples=50)
@given(
    n=st.integers(2, 60),
    size=st.integers(2, 70),
    drop_last=st.booleans(),
    seed=st.none() | st.integers(0, 9),
    passes=st.integers(1, 3),
)
def test_a_pass_holds_every_row_once(n, size, drop_last, seed, passes):
    batches = ArrayBatches(numbered(n), size, seed=seed, drop_last=drop_last)
    fits = min(size, n)
    for number in range(passes):
        taken = [codes.tolist() for _, (codes, _) in batches]
        assert len(taken) == len(batches)
        flat = list(chain.from_iterable(taken))
        assert len(set(flat)) == len(flat)
        if drop_last:
            assert [len(batch) for batch in taken] == [fits] * (n // fits)
        else:
            assert sorted(flat) == list(range(n))
            assert min(map(len, taken)) >= 2
            assert max(map(len, taken)) <= fits + 1
        assert batches.taken == (number + 1) * len(batches)
    if seed is None:
        assert flat == sorted(flat)


def test_passes_differ_and_seeds_repeat():
    def order(batches):
        return list(chain.from_iterable(codes.tolist() for _, (codes, _) in batches))

    one, two = ArrayBatches(numbered(30), 7, seed=1), ArrayBatches(numbered(30), 7, seed=1)
    first = order(one)
    assert first == order(two)
    assert first != order(one)


@pytest.mark.parametrize("steps", [1, 4, 5, 9])
def test_steps_end_in_the_middle_of_a_pass(steps):
    batches = ArrayBatches(numbered(20), 4, seed=0, steps=steps)
    assert sum(len(list(batches)) for _ in range(3)) == steps


@settings(deadline=None, max_examples=50)
@given(counts=st.lists(st.integers(1, 30), min_size=1, max_size=4), share=st.floats(0.01, 0.5))
def test_every_class_keeps_at_least_as_many_rows_as_it_gives(counts, share):
    codes = np.repeat(np.arange(len(counts)), counts)
    held = hold_back(codes, share, seed=0)
    assert (np.diff(held) > 0).all()
    given_up = np.bincount(codes[held], minlength=len(counts))
    for has, gives in zip(counts, given_up, strict=True):
        assert gives == (0 if has == 1 else max(1, int(share * has)))
        assert gives <= has / 2
