"""What all cleaners share: rows of imbalanced-learn, classes that stay, engines, messages."""

import imblearn.under_sampling
import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.datasets import make_classification
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

from steelyard.balance import check_sampler
from steelyard.balance.clean.all_knn import AllKNN
from steelyard.balance.clean.edited_nearest_neighbours import EditedNearestNeighbours
from steelyard.balance.clean.neighbourhood_cleaning_rule import NeighbourhoodCleaningRule
from steelyard.balance.clean.one_sided_selection import OneSidedSelection
from steelyard.balance.clean.repeated_edited_nearest_neighbours import RepeatedEditedNearestNeighbours
from steelyard.balance.clean.tomek_links import TomekLinks
from steelyard.data import load
from steelyard.errors import BadOption, CannotResample, UserError
from trouble import TROUBLE

ASKING = [
    EditedNearestNeighbours,
    RepeatedEditedNearestNeighbours,
    AllKNN,
    NeighbourhoodCleaningRule,
]
CLEANERS = [TomekLinks(), OneSidedSelection(random_state=0), *(kind() for kind in ASKING)]
VARIANTS = [
    OneSidedSelection(random_state=0, n_seeds_S=3, n_neighbors=2),
    RepeatedEditedNearestNeighbours(kind_sel="mode", max_iter=2),
    AllKNN(kind_sel="mode", n_neighbors=4, allow_minority=True, n_jobs=2),
    NeighbourhoodCleaningRule(n_neighbors=5, threshold_cleaning=1.5),
]
OPTIONS = {
    TomekLinks: [{}, {"sampling_strategy": "all"}, {"sampling_strategy": "majority"}],
    EditedNearestNeighbours: [
        {},
        {"kind_sel": "mode"},
        {"sampling_strategy": "all", "n_neighbors": 5},
        {"sampling_strategy": "not majority"},
    ],
    RepeatedEditedNearestNeighbours: [
        {},
        {"kind_sel": "mode", "n_neighbors": 5},
        {"max_iter": 2},
        {"sampling_strategy": "majority"},
    ],
    AllKNN: [{}, {"kind_sel": "mode"}, {"allow_minority": True, "n_neighbors": 5}],
    NeighbourhoodCleaningRule: [
        {},
        {"n_neighbors": 5},
        {"sampling_strategy": "majority"},
        {"threshold_cleaning": 3.0},
    ],
}
CASES = [(kind, options) for kind, several in OPTIONS.items() for options in several]


def theirs_of(kind, **options):
    return getattr(imblearn.under_sampling, kind.__name__)(**options)


def packaged(name):
    """A real table of numbers without duplicates; a trace of noise breaks the ties.

    Labels are codes, for with ``mode`` imbalanced-learn takes numbers as labels only.
    """
    data = load(name, rare="drop")
    X, first = np.unique(data.X.select_dtypes("number").to_numpy(dtype=float), axis=0, return_index=True)
    X = X + np.random.default_rng(0).uniform(0, 1e-6, X.shape)
    return X, np.unique(data.y[first], return_inverse=True)[1]


def overlapping(name):
    """A made-up table with one class much larger than the others."""
    weights = {"two": [0.95, 0.05], "four": [0.7, 0.2, 0.07, 0.03]}[name]
    return make_classification(
        3000, 8, n_informative=5, n_classes=len(weights), weights=weights, class_sep=0.7, random_state=0
    )


@pytest.mark.parametrize("name", ["ecoli", "glass", "yeast", "two", "four"])
@pytest.mark.parametrize(("kind", "options"), CASES, ids=lambda value: getattr(value, "__name__", str(value)))
def test_rows_are_those_of_imbalanced_learn(name, kind, options):
    """Save for classes that imbalanced-learn removes whole."""
    X, y = overlapping(name) if name in ("two", "four") else packaged(name)
    theirs, ours = theirs_of(kind, **options), kind(**options)
    theirs.fit_resample(X, y)
    rows = ours.select(X, y)
    removed_whole = np.setdiff1d(y, y[theirs.sample_indices_])
    np.testing.assert_array_equal(rows[~np.isin(y[rows], removed_whole)], np.unique(theirs.sample_indices_))
    assert bool(ours.note_) == bool(removed_whole.size)
    if hasattr(theirs, "n_iter_"):
        assert ours.n_iter_ == theirs.n_iter_
    if hasattr(theirs, "classes_to_clean_"):
        assert ours.classes_to_clean_ == sorted(theirs.classes_to_clean_)
    assert len(rows) < len(y)


@pytest.mark.parametrize("sampler", [*CLEANERS, *VARIANTS], ids=repr)
def test_every_promise_is_kept(sampler):
    # Seeds follow the name of their class, and with them how many rows go.
    check_sampler(sampler, skip=["any labels"] if isinstance(sampler, OneSidedSelection) else [])


@pytest.mark.parametrize("name", TROUBLE)
@pytest.mark.parametrize("sampler", CLEANERS, ids=repr)
def test_a_valid_result_or_a_plain_sentence(sampler, name):
    X, y = TROUBLE[name]()
    said = {
        "infinity": "holds infinity",
        "frame_with_dates": "'day' holds datetime64",
        "huge_numbers": "Rescale the columns",
    }.get(name)
    if said is not None:
        with pytest.raises(UserError, match=said):
            sampler.fit_resample(X, y)
        return
    X_out, y_out = sampler.fit_resample(X, y)
    assert type(X_out) is type(X)
    assert len(np.unique(np.asarray(y_out))) == 2
    assert len(y_out) < len(y) or sampler.note_


@pytest.mark.parametrize("sampler", CLEANERS, ids=repr)
def test_sparse_rows_go_as_dense_ones_do(sampler):
    X, y = make_classification(400, 6, weights=[0.8], class_sep=0.5, random_state=1)
    X = np.rint(2 * X)
    np.testing.assert_array_equal(sampler.select(sparse.csr_matrix(X), y), sampler.select(X, y))


@pytest.mark.parametrize("sampler", CLEANERS, ids=repr)
def test_categories_count_as_codes_not_as_numbers(sampler):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=200), "c": pd.Categorical(rng.choice(list("uvw"), 200))})
    y = np.where(rng.random(200) < 0.15, "rare", "common")
    turned = frame.assign(c=frame.c.cat.rename_categories({"u": "w", "w": "u"}))
    rows = sampler.select(frame, y)
    np.testing.assert_array_equal(rows, sampler.select(turned, y))
    assert len(rows) < 200
    assert len(rows) != len(sampler.select(frame[["x"]], y))


@pytest.mark.parametrize("sampler", CLEANERS, ids=repr)
def test_groups_play_no_part(sampler):
    X, y = make_classification(300, weights=[0.8], random_state=0)
    rows = sampler.resample(X, y, groups=np.arange(300) % 7).origin
    np.testing.assert_array_equal(rows, sampler.select(X, y))


@pytest.mark.parametrize("kind", ASKING)
def test_a_finder_of_neighbours_is_asked(kind):
    X, y = make_classification(300, weights=[0.8], class_sep=0.5, random_state=0)
    plain = kind(n_neighbors=3).select(X, y)
    np.testing.assert_array_equal(kind(n_neighbors=NearestNeighbors(n_neighbors=4)).select(X, y), plain)
    other = kind(n_neighbors=NearestNeighbors(n_neighbors=4, metric="manhattan")).select(X, y)
    theirs = theirs_of(kind, n_neighbors=NearestNeighbors(n_neighbors=4, metric="manhattan"))
    if kind not in (NeighbourhoodCleaningRule, AllKNN):  # there, imbalanced-learn forgets the metric
        theirs.fit_resample(X, y)
        np.testing.assert_array_equal(other, np.sort(theirs.sample_indices_))
    assert not np.array_equal(other, plain)


@pytest.mark.parametrize("kind", ASKING)
def test_more_neighbours_than_rows_are_refused(kind):
    with pytest.raises(CannotResample, match=f"{kind.__name__} needs more than n_neighbors=5 rows, got 4"):
        kind(n_neighbors=5).fit_resample([[0.0], [1.0], [2.0], [3.0]], list("aaab"))


@pytest.mark.parametrize(
    ("sampler", "name"),
    [
        (EditedNearestNeighbours(n_neighbors=0), "n_neighbors"),
        (EditedNearestNeighbours(kind_sel="most"), "kind_sel"),
        (EditedNearestNeighbours(standardize=None), "standardize"),
        (EditedNearestNeighbours(n_neighbors=KNeighborsClassifier), "n_neighbors"),
        (RepeatedEditedNearestNeighbours(max_iter=0), "max_iter"),
        (RepeatedEditedNearestNeighbours(kind_sel=None), "kind_sel"),
        (AllKNN(allow_minority=1), "allow_minority"),
        (AllKNN(n_neighbors=2.5), "n_neighbors"),
        (NeighbourhoodCleaningRule(threshold_cleaning=0), "threshold_cleaning"),
        (NeighbourhoodCleaningRule(threshold_cleaning=True), "threshold_cleaning"),
        (NeighbourhoodCleaningRule(edited_nearest_neighbours=3), "edited_nearest_neighbours"),
        (OneSidedSelection(n_seeds_S=0), "n_seeds_S"),
        (OneSidedSelection(n_neighbors="one"), "n_neighbors"),
        (TomekLinks(standardize=1), "standardize"),
    ],
    ids=repr,
)
def test_parameters_that_make_no_sense(sampler, name):
    with pytest.raises(BadOption, match=f"The '{name}' parameter of {type(sampler).__name__} must be"):
        sampler.fit_resample([[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]], list("aaaabb"))


@pytest.mark.parametrize("kind", ASKING)
def test_a_copy_does_not_make_a_row_its_own_neighbour(kind):
    """imbalanced-learn drops the first row found, which among equal rows may be another one."""
    X = np.array([[0.0], [0.0], [0.3], [0.4], [0.5], [5.0], [5.0], [5.3], [5.4], [5.5]])
    y = np.array([1, 0, 0, 0, 0, 0, 1, 0, 0, 0])
    theirs = theirs_of(kind, n_neighbors=1)
    theirs.fit_resample(X, y)
    # The nearest other rows of rows 1 and 5 are their rare copies, rows 0 and 6.
    assert kind(n_neighbors=1).select(X, y).tolist() == [0, 2, 3, 4, 6, 7, 8, 9]
    # Its neighbourhood cleaning takes one for misjudged, and by that way removes the other after all.
    if kind is not NeighbourhoodCleaningRule:
        assert np.isin([1, 5], theirs.sample_indices_).any()
