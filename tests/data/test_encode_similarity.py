"""Levels by their spelling, beside a plain loop over runs of characters."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from steelyard.data.encode_categorical import RateColumn
from steelyard.data.encode_hybrid import HybridCategoricalEncoder
from steelyard.data.encode_similarity import SimilarityEncoder, spelling_similarity
from steelyard.errors import BadOption, BadTable, BadTarget

JOBS = ["clerk", "office clerk", "nurse", "head nurse", "pilot"]


EXCUSED = {
    "check_transformer_general": "training rows are encoded by the other folds",
    "check_transformer_data_not_an_array": "training rows are encoded by the other folds",
    "check_requires_y_none": "the message says which column needs labels",
}


def runs(text, low, high):
    spaced = f" {text} "
    return Counter(spaced[i : i + n] for n in range(low, high + 1) for i in range(len(spaced) - n + 1))


def slow_similarity(left, right, low=2, high=4):
    out = np.zeros((len(left), len(right)))
    for i, one in enumerate(left):
        for j, other in enumerate(right):
            ours, theirs = runs(one, low, high), runs(other, low, high)
            common = sum((ours & theirs).values())
            either = ours.total() + theirs.total() - common
            out[i, j] = common / either if either else one == other
    return out


def frame(n=120, seed=0):
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"job": rng.choice(JOBS, n), "code": rng.integers(0, 6, n)})
    return table, np.where(rng.random(n) < 0.1 + 0.1 * table["code"], "yes", "no")


@parametrize_with_checks(
    [SimilarityEncoder(), SimilarityEncoder(reducer="none"), HybridCategoricalEncoder(random_state=0)],
    expected_failed_checks=lambda estimator: EXCUSED if "Hybrid" in repr(estimator) else {},
)
def test_scikit_learn_agrees(estimator, check):
    check(estimator)


@pytest.mark.parametrize("lengths", [(2, 4), (1, 3), (3, 3)])
def test_similarity_is_that_of_a_plain_loop(lengths):
    words = [*JOBS, "", "aaaa", "aa", "clerk clerk"]
    np.testing.assert_allclose(
        spelling_similarity(words, words, lengths), slow_similarity(words, words, *lengths)
    )


def test_strings_too_short_for_any_run_are_alike_where_equal():
    assert spelling_similarity(["a", "b"], ["a", "c"], (9, 9)).tolist() == [[1, 0], [0, 0]]


def test_all_directions_keep_all_distances():
    X, _ = frame()
    whole = SimilarityEncoder(reducer="none").fit_transform(X[["job"]])
    turned = SimilarityEncoder(n_components=50).fit_transform(X[["job"]])
    assert turned.shape == (120, 5)
    np.testing.assert_allclose(gaps(whole), gaps(turned), atol=1e-12)


def gaps(rows):
    return ((rows[:40, None] - rows[:40]) ** 2).sum(axis=2)


def test_levels_with_nothing_in_common_are_about_one_apart():
    X = pd.DataFrame({"c": ["abcd", "wxyz"] * 10})
    numbers = SimilarityEncoder().fit_transform(X)
    assert np.linalg.norm(numbers[0] - numbers[1]) == pytest.approx(1)


def test_fewer_directions_keep_the_frequent_levels_apart():
    levels = np.repeat(["aaaa", "bbbb", "cccc", "dddd"], [60, 30, 5, 5])
    numbers = SimilarityEncoder(n_components=2).fit_transform(pd.DataFrame({"c": levels}))
    places = numbers[[0, 60, 90, 95]]
    assert np.linalg.norm(places[0] - places[1]) > 0.9
    assert np.linalg.norm(places[2] - places[3]) < 0.1


def test_counts_are_all_that_is_looked_at():
    X, _ = frame()
    shuffled = X.sample(frac=1, random_state=1)
    np.testing.assert_allclose(
        SimilarityEncoder().fit(X).transform(X), SimilarityEncoder().fit(shuffled).transform(X), atol=1e-9
    )


def test_missing_and_unseen_levels():
    X = pd.DataFrame({"job": [*JOBS, None, "nurse"]})
    encoder = SimilarityEncoder(n_components=9).fit(X)
    new = encoder.transform(pd.DataFrame({"job": ["nurses", "nurse", "pilot", None, "zzz"]}))
    distance = np.linalg.norm(new[0] - new, axis=1)
    assert distance[1] < distance[2]
    np.testing.assert_allclose(new[3], encoder.transform(X)[5])
    np.testing.assert_allclose(new[4], 0, atol=1e-12)


def test_only_the_most_frequent_levels_are_compared_with():
    X = pd.DataFrame({"c": np.repeat([f"level{i}" for i in range(9)], range(1, 10))})
    encoder = SimilarityEncoder(reducer="none", n_prototypes=4).fit(X)
    assert encoder.columns_["c"].prototypes == ["level8", "level7", "level6", "level5"]
    assert encoder.transform(X).shape == (45, 4)
    assert encoder.get_feature_names_out().tolist() == ["c__0", "c__1", "c__2", "c__3"]


def test_names_by_spelling_and_numbers_by_rates():
    X, y = frame()
    encoder = HybridCategoricalEncoder(random_state=0, smooth=5.0)
    out = encoder.fit_transform(X, y)
    np.testing.assert_allclose(out[:, :5], SimilarityEncoder().fit_transform(X[["job"]]))
    assert encoder.kinds_ == {"job": "spelling", "code": "rates"}
    again = encoder.transform(X)
    np.testing.assert_allclose(again[:, :5], out[:, :5])
    for code in range(6):
        rows = X["code"] == code
        expected = ((y[rows] == "yes").sum() + 5 * (y == "yes").mean()) / (rows.sum() + 5)
        np.testing.assert_allclose(again[rows, 5], expected)
    assert (np.abs(again[:, 5] - out[:, 5]) > 1e-6).mean() > 0.9
    assert encoder.get_feature_names_out().tolist()[-1] == "code__rate_yes"
    assert isinstance(encoder.columns_["code"], RateColumn)


def test_the_labels_of_a_row_do_not_reach_its_own_rates():
    """Labels drawn by lot: rates of the training rows must not foretell them."""
    rng = np.random.default_rng(0)
    X, y = pd.DataFrame({"code": rng.integers(0, 300, 600)}), rng.random(600) < 0.5
    encoder = HybridCategoricalEncoder(random_state=0, smooth=0.1)
    crossed = np.corrcoef(encoder.fit_transform(X, y)[:, 0], y)[0, 1]
    seen = np.corrcoef(encoder.transform(X)[:, 0], y)[0, 1]
    assert crossed < 0.1
    assert seen > 0.5


def test_more_than_two_classes_get_a_number_each_and_many_levels_rates():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"id": [f"id {i}" for i in range(90)]})
    encoder = HybridCategoricalEncoder(max_levels=50, random_state=0)
    assert encoder.fit_transform(X, rng.choice(["a", "b", "c"], 90)).shape == (90, 3)
    assert encoder.kinds_ == {"id": "rates"}


def test_what_cannot_be_encoded_is_refused():
    X, y = frame()
    with pytest.raises(BadTarget, match=r"Column 'code'.*needs labels"):
        HybridCategoricalEncoder().fit(X)
    with pytest.raises(BadTable, match="lacks 'job'"):
        SimilarityEncoder().fit(X).transform(X[["code"]])
    with pytest.raises(BadOption, match="length equal to number of features"):
        HybridCategoricalEncoder().fit(X, y).get_feature_names_out(["a"])


@pytest.mark.parametrize(
    ("encoder", "name", "value"),
    [
        (SimilarityEncoder, "ngram_range", (4, 2)),
        (SimilarityEncoder, "ngram_range", 3),
        (SimilarityEncoder, "n_components", 0),
        (SimilarityEncoder, "reducer", "pca"),
        (SimilarityEncoder, "n_prototypes", 0),
        (HybridCategoricalEncoder, "smooth", 0),
        (HybridCategoricalEncoder, "n_folds", 1),
        (HybridCategoricalEncoder, "max_levels", 0),
    ],
)
def test_parameters_that_make_no_sense(encoder, name, value):
    with pytest.raises(BadOption, match=f"The '{name}' parameter of {encoder.__name__} must be"):
        encoder(**{name: value}).fit(*frame())
