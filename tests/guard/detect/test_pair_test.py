import numpy as np
import pytest
from scipy import stats

from guard.detect.flipped import clouds, flip, out_of_fold
from steelyard.errors import BadOption, BadTable
from steelyard.guard.detect import pair_test

RUNS = 200
ALPHA = 0.05
# An observed rate this far above alpha has less than one chance in a thousand at a true rate of alpha.
MOST = stats.binom.isf(0.001, RUNS, ALPHA) / RUNS


def honest(seed, counts, apart=2.0):
    """Labels drawn from the classes' true densities, and the true probabilities: an honest, good model."""
    X, y = clouds(counts, dims=len(counts), apart=apart, seed=seed)
    centers = apart * np.eye(len(counts))
    logits = np.log(counts) - ((X[:, None] - centers) ** 2).sum(axis=2) / 2
    proba = np.exp(logits - logits.max(axis=1, keepdims=True))
    return X, y, proba / proba.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("counts", [(200, 60), (150, 60, 40)])
def test_trusted_rows_hold_the_level_whatever_the_model(counts):
    """True, useless and overfit probabilities: honest labels are called moved at most one time in 20."""
    models = {"true": 0, "noise": 0, "sharp": 0}
    for seed in range(RUNS):
        rng = np.random.default_rng(seed)
        _, y, proba = honest(seed, counts, apart=1.5)
        sharp = proba**4 / (proba**4).sum(axis=1, keepdims=True)
        trusted = rng.random(y.size) < 0.3
        for name, table in (
            ("true", proba),
            ("noise", rng.dirichlet(np.ones(len(counts)), y.size)),
            ("sharp", sharp),
        ):
            models[name] += bool(pair_test(y, table, trusted=trusted).found)
    assert max(models.values()) / RUNS <= MOST, models


def test_the_mirror_holds_its_level_where_its_premise_does():
    """Classes of one size and shape, and a rare class: a fitted model, honest labels."""
    for counts in ((80, 80), (240, 40)):
        alarms = 0
        for seed in range(RUNS // 2):
            X, y = clouds(counts, dims=2, apart=1.5, seed=seed)
            alarms += bool(pair_test(y, out_of_fold(X, y)).found)
        assert alarms / (RUNS // 2) <= stats.binom.isf(0.001, RUNS // 2, ALPHA) / (RUNS // 2), counts


def test_the_background_holds_its_level():
    alarms = 0
    for seed in range(RUNS):
        _, y, proba = honest(seed, (100, 100), apart=3.0)
        rng = np.random.default_rng(seed)
        swap = rng.random(y.size) < 0.05
        noisy = np.where(swap, np.where(y == "a", "b", "a"), y)
        alarms += bool(pair_test(noisy, proba, background=0.06).found)
    assert alarms / RUNS <= MOST


@pytest.mark.parametrize("how", ["trusted", "mirror", "background"])
def test_moved_labels_are_found_and_the_pair_is_named(how):
    X, y = clouds((500, 200, 160), dims=3, apart=5.0)
    bad, flipped = flip(y, "c", "a", 0.3)
    trusted = np.random.default_rng(1).random(y.size) < 0.4
    bad[trusted] = y[trusted]
    more = {"trusted": {"trusted": trusted}, "mirror": {}, "background": {"background": 0.03}}[how]
    test = pair_test(bad, out_of_fold(X, bad), **more)
    assert [(pair.looks, pair.given) for pair in test.found] == [("c", "a")]
    assert test.found[0].p_corrected <= 0.05
    left = flipped[~trusted[flipped]]
    assert np.isin(test.suspects.rows, left).mean() > 0.9
    assert np.isin(left, test.suspects.rows).mean() > 0.3
    assert set(test.suspects.given) == {"a"}
    assert set(test.suspects.suggested) == {"c"}
    assert test.against == how


def test_fishers_test_and_holm_by_hand():
    X, y = clouds((200, 60, 50), dims=3, apart=2.0)
    bad, _ = flip(y, "b", "a", 0.2)
    trusted = np.random.default_rng(0).random(y.size) < 0.25
    bad[trusted] = y[trusted]
    proba = out_of_fold(X, bad)
    test = pair_test(bad, proba, trusted=trusted)
    bars = {c: proba[bad == label, c].mean() for c, label in enumerate("abc")}
    looks = []
    for p in proba:
        sure = [c for c in range(3) if p[c] >= bars[c] - 1e-6]
        looks.append("abc"[max(sure, key=lambda c: p[c])] if sure else "")
    looks = np.array(looks)
    by_hand = {}
    for right in "abc":
        for given in set("abc") - {right}:
            cells = [
                [((bad == given) & (looks == right) & (trusted == t)).sum() for t in (False, True)],
                [((bad == given) & (looks != right) & (trusted == t)).sum() for t in (False, True)],
            ]
            by_hand[right, given] = stats.fisher_exact(cells, alternative="greater").pvalue
    assert {(p.looks, p.given): p.p_value for p in test.pairs} == pytest.approx(by_hand)
    ordered = sorted(by_hand.values())
    holm, worst = [], 0.0
    for step, p in enumerate(ordered):
        worst = max(worst, min(1.0, p * (len(ordered) - step)))
        holm.append(worst)
    assert [pair.p_corrected for pair in test.pairs] == pytest.approx(holm)


def test_the_mirror_tests_only_towards_more_frequent_labels():
    X, y = clouds((200, 60), dims=2)
    test = pair_test(y, out_of_fold(X, y))
    assert [(pair.looks, pair.given) for pair in test.pairs] == [("b", "a")]
    assert "cannot be told apart for certain" in test.note


def test_a_class_that_was_moved_whole_is_not_seen():
    X, y = clouds((400, 80, 60), dims=3, apart=4.0)
    bad, _ = flip(y, "b", "a", 1.0)
    proba = np.insert(out_of_fold(X, bad), 1, 0.0, axis=1)
    test = pair_test(bad, proba, classes=["a", "b", "c"])
    assert {pair.looks for pair in test.pairs} == {"c"}
    assert not test.found


def test_a_class_without_trusted_rows_is_named():
    X, y = clouds((60, 30), dims=2)
    trusted = np.arange(y.size) < 20
    test = pair_test(y, out_of_fold(X, y), trusted=trusted)
    assert "no trusted rows or nothing but them: 'b'" in test.note
    assert {pair.given for pair in test.pairs} == {"a"}
    assert "% of 'a'" in test.note


def test_the_mirror_leaves_tiny_classes_alone():
    X, y = clouds((60, 5), dims=2)
    test = pair_test(y, out_of_fold(X, y))
    assert not test.pairs
    assert "Too few rows to say what these classes look like: 'b'" in test.note


def test_bad_input_is_refused():
    X, y = clouds((60, 30), dims=2)
    proba = out_of_fold(X, y)
    with pytest.raises(BadOption, match="Give one"):
        pair_test(y, proba, trusted=y == "a", background=0.1)
    with pytest.raises(BadTable, match="True and False"):
        pair_test(y, proba, trusted=np.ones(y.size))
    with pytest.raises(BadOption, match="alpha"):
        pair_test(y, proba, alpha=0)


def test_plain_data():
    X, y = clouds((60, 30), dims=2)
    said = pair_test(y, out_of_fold(X, y)).to_dict()
    assert said["against"] == "mirror"
    assert set(said["pairs"][0]) >= {"looks", "given", "observed", "expected", "p_corrected", "found"}
