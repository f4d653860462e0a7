import imblearn.under_sampling
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.datasets import make_classification
from sklearn.neighbors import KNeighborsClassifier

import slow_cleaners
from steelyard.balance.clean.one_sided_selection import OneSidedSelection
from steelyard.errors import CannotResample


class GivenSeeds(OneSidedSelection):
    """One-sided selection with its draws written down."""

    seeds: dict

    def _draw_seeds(self, task, code):
        return self.seeds[task.labels.names[code]]


def with_seeds(seeds, **options):
    sampler = GivenSeeds(**options)
    sampler.seeds = seeds
    return sampler


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 10**6),
    levels=st.sampled_from([2, 5, 1000]),
    n=st.integers(10, 40),
    n_seeds=st.integers(1, 3),
    k=st.sampled_from([None, 1, 2]),
    strategy=st.sampled_from(["auto", "all", "majority", ["small"]]),
)
def test_equals_the_slow_twin_given_its_seeds(seed, levels, n, n_seeds, k, strategy):
    X, y = slow_cleaners.small_table(seed, levels, n)
    rng = np.random.default_rng(seed)
    seeds = {label: np.sort(rng.permutation(np.flatnonzero(y == label))[:n_seeds]) for label in np.unique(y)}
    rarest = (y == slow_cleaners.first_rarest(y.tolist())).sum()
    assume(k is None or rarest >= k)
    sampler = with_seeds(seeds, sampling_strategy=strategy, n_neighbors=k)
    assert sampler.select(X, y).tolist() == slow_cleaners.oss(X, y, seeds, strategy, k or 1)


def draws_of_imbalanced_learn(y, touched, size, seed):
    random = np.random.RandomState(seed)
    rows = {label: np.flatnonzero(y == label) for label in touched}
    return {label: np.unique(own[random.randint(0, len(own), size)]) for label, own in rows.items()}


@pytest.mark.parametrize("options", [{}, {"n_seeds_S": 20}, {"n_neighbors": 3, "n_seeds_S": 5}], ids=str)
def test_rows_are_those_of_imbalanced_learn_given_its_seeds(options):
    """A seed that imbalanced-learn drew twice it also keeps twice."""
    X, y = make_classification(
        900, 6, n_informative=4, n_classes=3, weights=[0.8, 0.15, 0.05], class_sep=0.7, random_state=0
    )
    theirs = imblearn.under_sampling.OneSidedSelection(random_state=0, **options)
    theirs.fit_resample(X, y)
    seeds = draws_of_imbalanced_learn(y, [0, 1], options.get("n_seeds_S", 1), 0)
    rows = with_seeds(seeds, **options).select(X, y)
    np.testing.assert_array_equal(rows, np.unique(theirs.sample_indices_))
    assert len(rows) < 900


def test_a_finder_of_neighbours_is_asked():
    X, y = make_classification(300, weights=[0.8], random_state=0)
    plain = OneSidedSelection(random_state=0, n_neighbors=2, n_seeds_S=4).select(X, y)
    asked = OneSidedSelection(random_state=0, n_neighbors=KNeighborsClassifier(2), n_seeds_S=4)
    np.testing.assert_array_equal(asked.select(X, y), plain)


def test_seeds_follow_the_random_state_and_are_never_drawn_twice():
    X, y = make_classification(300, weights=[0.8], random_state=0)
    one, same, other = (OneSidedSelection(random_state=seed).select(X, y) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)
    everything = OneSidedSelection(random_state=0, n_seeds_S=1000, sampling_strategy="majority")
    assert len(np.unique(everything.select(X, y))) == len(everything.sample_indices_)


def test_a_store_smaller_than_the_neighbours_asked_is_refused():
    with pytest.raises(CannotResample, match=r"asks n_neighbors=4 stored rows.*'a' holds 2"):
        OneSidedSelection(n_neighbors=4, random_state=0).fit_resample(
            [[0.0], [1.0], [2.0], [3.0], [4.0]], list("aaaab")
        )


def test_a_class_is_never_removed():
    """Its only seed ends a link: what is left of the class stays."""
    X, y = [[0.0], [0.1], [9.0], [5.0]], ["b", "a", "b", "b"]
    sampler = OneSidedSelection(sampling_strategy=["a"], random_state=0)
    assert sampler.select(X, y).tolist() == [0, 1, 2, 3]
    assert sampler.note_ == "every row of ['a'] ends a Tomek link; no class is removed, so they stay"
