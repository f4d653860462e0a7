import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import slow_cleaners
from steelyard.kernels.neighborhood import Neighborhood
from steelyard.kernels.tomek_links import tomek_links


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 10**6), levels=st.sampled_from([2, 5, 1000]), n=st.integers(8, 30), some=st.booleans()
)
def test_the_links_of_all_rows_or_some(seed, levels, n, some):
    X, y = slow_cleaners.small_table(seed, levels, n)
    codes = np.unique(y, return_inverse=True)[1]
    rows = np.random.default_rng(seed).permutation(n)[: max(2, n // 2)] if some else None
    links = tomek_links(Neighborhood(X), codes, rows)
    there = list(range(n)) if rows is None else rows.tolist()
    assert sorted(links.ravel().tolist()) == sorted(slow_cleaners.links(X, codes, there))
    assert (links[:, 0] < links[:, 1]).all()
    assert (codes[links[:, 0]] != codes[links[:, 1]]).all()


def test_the_largest_class_is_asked_only_where_it_was_named(monkeypatch):
    rng = np.random.default_rng(0)
    X, codes = rng.normal(size=(1000, 3)), np.repeat([0, 1], [990, 10])
    asked = []
    search = Neighborhood.nearest

    def counting(self, k, *, asked=None, pool=None, record=asked):
        record.append((len(asked), len(X) if pool is None else len(pool)))
        return search(self, k, asked=asked, pool=pool)

    monkeypatch.setattr(Neighborhood, "nearest", counting)
    tomek_links(Neighborhood(X), codes)
    assert sum(rows * pool for rows, pool in asked) < 25_000


def test_one_class_has_no_links():
    assert tomek_links(Neighborhood(np.arange(3.0)[:, None]), np.zeros(3, dtype=int)).shape == (0, 2)
