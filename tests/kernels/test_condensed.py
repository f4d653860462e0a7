import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.kernels.condensed import condense
from steelyard.kernels.neighborhood import Neighborhood


def slow(X, codes, rows, rare, seeds, k, rare_wins_ties):
    """Hart's rule row by row: a full search among the rows kept so far for every row looked at."""

    def apart(one, other):
        squared = ((X[one] - X[other]) ** 2).sum()
        return squared if codes is None else squared + (codes[one] != codes[other]).sum()

    kept = list(seeds)
    for row in rows:
        if row in seeds:
            continue
        order = sorted([*kept, *rare], key=lambda other: (apart(row, other), other))
        votes_against = sum(other in rare for other in order[:k])
        if 2 * votes_against > k or (2 * votes_against == k and rare_wins_ties):
            kept.append(row)
    return kept


@settings(deadline=None, max_examples=50)
@given(
    seed=st.integers(0, 10**6),
    levels=st.sampled_from([2, 4, 1000]),
    k=st.integers(1, 4),
    n_seeds=st.integers(1, 3),
    wins_ties=st.booleans(),
    with_codes=st.booleans(),
    single=st.booleans(),
)
def test_equals_the_slow_twin_among_ties_and_duplicates_too(
    seed, levels, k, n_seeds, wins_ties, with_codes, single
):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, levels, size=(80, 2)).astype(np.float32 if single else np.float64)
    codes = rng.integers(0, 2, size=(80, 1)) if with_codes else None
    order = rng.permutation(80)
    rare, rows = np.sort(order[:8]), np.sort(order[8:])
    seeds = rng.choice(rows, n_seeds, replace=False)
    ours = condense(Neighborhood(X, codes), rows, rare, seeds, k, wins_ties=wins_ties)
    assert ours.tolist() == slow(X, codes, rows.tolist(), rare.tolist(), seeds.tolist(), k, not wins_ties)


def test_fewer_rare_rows_than_it_takes_to_outvote_the_class():
    around = Neighborhood(np.arange(8.0)[:, None])
    kept = condense(around, np.arange(1, 8), np.array([0]), np.array([5, 6]), k=3)
    assert kept.tolist() == [5, 6]


def test_a_class_of_seeds_alone():
    around = Neighborhood(np.arange(4.0)[:, None])
    assert condense(around, np.array([1, 2]), np.array([0, 3]), np.array([2, 1])).tolist() == [2, 1]
