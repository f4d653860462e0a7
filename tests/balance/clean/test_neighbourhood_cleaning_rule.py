import imblearn.over_sampling
import imblearn.under_sampling
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import slow_cleaners
from steelyard.balance.clean.edited_nearest_neighbours import EditedNearestNeighbours
from steelyard.balance.clean.neighbourhood_cleaning_rule import NeighbourhoodCleaningRule
from steelyard.balance.clean.tomek_links import TomekLinks
from steelyard.errors import BadOption


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 10**6),
    levels=st.sampled_from([2, 5, 1000]),
    n=st.integers(10, 40),
    k=st.integers(1, 5),
    strategy=st.sampled_from(["auto", "all", "majority", ["small"]]),
    threshold=st.sampled_from([0.5, 2.0, 5.0]),
)
def test_equals_the_slow_twin_among_ties_and_duplicates_too(seed, levels, n, k, strategy, threshold):
    X, y = slow_cleaners.small_table(seed, levels, n)
    sampler = NeighbourhoodCleaningRule(
        n_neighbors=k, sampling_strategy=strategy, threshold_cleaning=threshold
    )
    assert sampler.select(X, y).tolist() == slow_cleaners.ncr(X, y, strategy, k, threshold)


def two_classes():
    rng = np.random.default_rng(0)
    return rng.normal(size=(200, 2)), (np.arange(200) % 8 == 0).astype(int)


def test_the_surroundings_of_misjudged_rare_rows_go_beyond_editing():
    X, y = two_classes()
    edited = EditedNearestNeighbours(kind_sel="mode").select(X, y)
    sampler = NeighbourhoodCleaningRule()
    assert set(sampler.select(X, y)) < set(edited)
    assert sampler.classes_to_clean_ == [0]


@pytest.mark.parametrize(
    "editor",
    [EditedNearestNeighbours(n_neighbors=5), imblearn.under_sampling.TomekLinks(), TomekLinks()],
    ids=repr,
)
def test_another_editor(editor):
    X, y = two_classes()
    rows = NeighbourhoodCleaningRule(edited_nearest_neighbours=editor).select(X, y)
    theirs = imblearn.under_sampling.NeighbourhoodCleaningRule(edited_nearest_neighbours=editor)
    theirs.fit_resample(X, y)
    np.testing.assert_array_equal(rows, theirs.sample_indices_)
    assert not hasattr(editor, "sample_indices_")


def test_an_editor_that_makes_rows_is_refused():
    X, y = two_classes()
    editor = imblearn.over_sampling.SMOTE(random_state=0)
    with pytest.raises(BadOption, match="SMOTE does not say which rows it kept"):
        NeighbourhoodCleaningRule(edited_nearest_neighbours=editor).fit_resample(X, y)


def test_a_class_is_never_removed():
    X = [[0.0], [0.1], [0.2], [0.3], [0.15], [9.0], [9.1], [9.2], [9.3]]
    y = ["a", "a", "a", "a", "b", "c", "c", "c", "c"]
    sampler = NeighbourhoodCleaningRule(sampling_strategy=["b"])
    assert sampler.select(X, y).tolist() == list(range(9))
    assert "no class is removed" in sampler.note_


def test_nothing_removed_is_said():
    sampler = NeighbourhoodCleaningRule()
    sampler.fit_resample([[0.0], [0.1], [0.2], [0.3], [9.0], [9.1], [9.2]], ["a"] * 4 + ["b"] * 3)
    assert sampler.note_ == "no row left out: no row is contradicted, and no rare row misjudged"
