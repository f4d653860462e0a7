import warnings

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from guard.detect.flipped import clouds, flip, out_of_fold
from steelyard.data import load
from steelyard.data.prepare_table import TablePreparer
from steelyard.errors import BadOption, BadTable, BadTarget
from steelyard.guard.detect import suspect_flips

CLEANLAB = "cleanlab"


def random_case(seed, n=200, k=4):
    rng = np.random.default_rng(seed)
    proba = rng.dirichlet(np.full(k, 0.5), size=n)
    y = np.where(rng.random(n) < 0.7, proba.argmax(axis=1), rng.integers(k, size=n))
    y[:k] = np.arange(k)
    return y, proba


@pytest.mark.parametrize("seed", range(4))
def test_cleanlab_finds_the_same_rows(seed):
    filters = pytest.importorskip("cleanlab.filter")
    y, proba = random_case(seed)
    theirs = filters.find_label_issues(
        y, proba, filter_by="confident_learning", return_indices_ranked_by=None, n_jobs=1
    )
    ours = suspect_flips(y, proba)
    assert set(ours.rows) == set(np.flatnonzero(theirs))
    assert 0 < len(ours) < y.size


@pytest.mark.parametrize("rank_by", ["normalized_margin", "self_confidence"])
def test_cleanlab_scores_the_same(rank_by):
    rank = pytest.importorskip("cleanlab.rank")
    y, proba = random_case(5)
    quality = rank.get_label_quality_scores(y, proba, method=rank_by)
    found = suspect_flips(y, proba, rank_by=rank_by)
    assert np.allclose(found.every, 1 - quality)
    assert np.array_equal(found.score, found.every[found.rows])
    assert (np.diff(found.score) <= 0).all()


def test_the_noise_rate_takes_about_the_rows_of_cleanlab():
    filters = pytest.importorskip("cleanlab.filter")
    y, proba = random_case(6)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = filters.find_label_issues(
            y, proba, filter_by="prune_by_noise_rate", n_jobs=1, min_examples_per_class=0
        )
    ours = np.zeros(y.size, dtype=bool)
    ours[suspect_flips(y, proba, by="noise_rate").rows] = True
    assert (ours & theirs).sum() / (ours | theirs).sum() > 0.9


def twin(y, proba):
    """Row by row."""
    k = proba.shape[1]
    bars = [np.mean([p[c] for label, p in zip(y, proba, strict=True) if label == c]) for c in range(k)]
    rows = []
    for i, (label, p) in enumerate(zip(y, proba, strict=True)):
        sure = [c for c in range(k) if p[c] >= bars[c] - 1e-6]
        if sure:
            guess = max(sure, key=lambda c: p[c])
            if guess != label and p[label] < max(p):
                rows.append((-(1 + max(np.delete(p, label)) - p[label]) / 2, i))
    return [i for _, i in sorted(rows)]


def test_a_plain_loop_says_the_same():
    y, proba = random_case(7)
    assert suspect_flips(y, proba).rows.tolist() == twin(y, proba)


REAL = [("page-blocks", 0.9), ("dermatology", 0.9), ("car", 0.8), ("satimage", 0.8)]


@pytest.mark.parametrize(("name", "least"), REAL)
def test_flips_planted_in_real_tables_come_first(name, least):
    data = load(name, rare="drop")
    rng = np.random.default_rng(0)
    data = data if len(data) <= 1500 else data.take(np.sort(rng.choice(len(data), 1500, replace=False)))
    counts = list(data.counts)
    target = next(label for label in reversed(counts) if data.counts[label] >= 30)
    y, flipped = flip(data.y, target, counts[0], 0.25)
    X = TablePreparer(output="dense", random_state=0).fit_transform(data.X, y)
    found = suspect_flips(y, out_of_fold(X, y))
    truth = np.isin(np.arange(y.size), flipped)
    judged = np.isfinite(found.every)
    of_label = judged & (y == counts[0])
    assert roc_auc_score(truth[of_label], found.every[of_label]) > least
    assert np.isin(flipped, found.rows).mean() > np.isin(np.flatnonzero(~truth), found.rows).mean()


def test_when_most_of_a_class_is_flipped_it_fails_and_says_so():
    X, y = clouds((300, 60))
    few, flipped = flip(y, "b", "a", 0.2)
    mild = suspect_flips(few, out_of_fold(X, few))
    assert np.isin(flipped, mild.rows).mean() > 0.6
    assert "hard" not in mild.note
    many, flipped = flip(y, "b", "a", 0.8)
    strong = suspect_flips(many, out_of_fold(X, many))
    assert np.isin(flipped, strong.rows).mean() < 0.5
    assert "so many of their labels are wrong" in strong.note
    assert "'b'" in strong.note


def test_rows_without_probabilities_and_small_classes_are_named():
    X, y = clouds((60, 5))
    proba = out_of_fold(X, y)
    proba[3] = np.nan
    found = suspect_flips(y, proba)
    assert np.isnan(found.every).tolist() == [row == 3 for row in range(y.size)]
    assert "1 rows have no probability" in found.note
    assert "Fewer than 10 rows, hardly to be judged: 'b'" in found.note


def test_order_of_rows_and_names_of_classes_do_not_matter():
    y, proba = random_case(8)
    order = np.random.default_rng(0).permutation(y.size)
    a, b = suspect_flips(y, proba), suspect_flips(y[order], proba[order])
    assert set(order[b.rows]) == set(a.rows)
    names = np.array(["w", "z", "x", "y"])
    named = suspect_flips(names[y], proba, classes=names)
    assert named.rows.tolist() == a.rows.tolist()
    assert named.suggested.tolist() == names[a.suggested].tolist()


def test_bad_input_is_refused():
    y, proba = random_case(9)
    with pytest.raises(BadTable, match=r"shape \(200, 4\)"):
        suspect_flips(y, proba[:, :3])
    with pytest.raises(BadTable, match="adding up to 1"):
        suspect_flips(y, 2 * proba)
    with pytest.raises(BadTarget, match="at least two classes"):
        suspect_flips(np.zeros(3), np.ones((3, 1)))
    with pytest.raises(BadTarget, match="knows the classes"):
        suspect_flips(["a", "b", "c"], np.full((3, 2), 0.5), classes=["a", "b"])
    with pytest.raises(BadOption, match="rank_by"):
        suspect_flips(y, proba, rank_by="margin")
