import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import balanced_accuracy_score, f1_score, matthews_corrcoef

from decide.simulated_scores import binary_scores
from steelyard.decide.binary_cuts import MOST_CELLS, Cuts, all_cuts, redrawn_thresholds
from steelyard.decide.rule_metrics import BINARY, MULTICLASS

ROWS = st.lists(
    st.tuples(st.integers(0, 12).map(lambda i: i / 12), st.booleans(), st.integers(1, 3)),
    min_size=2,
    max_size=25,
)


@settings(deadline=None)
@given(ROWS)
def test_every_cut_counts_what_a_loop_counts(rows):
    score, truth, weight = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    cuts = all_cuts(score, truth, weight)
    assert cuts.thresholds.size == np.unique(score).size
    for threshold, hits, alarms in zip(cuts.thresholds, cuts.hits, cuts.alarms, strict=True):
        assert hits == sum(w for s, t, w in zip(score, truth, weight, strict=True) if s >= threshold and t)
        assert alarms == sum(
            w for s, t, w in zip(score, truth, weight, strict=True) if s >= threshold and not t
        )
    assert (np.diff(cuts.thresholds) < 0).all()


def test_neighbouring_floats_stay_on_their_sides():
    low = 0.3
    high = np.nextafter(low, 1)
    cuts = all_cuts(np.array([low, high]), np.array([0.0, 1.0]))
    assert low < cuts.thresholds[0] <= high


@pytest.mark.parametrize(
    ("name", "reference"),
    [("f1", f1_score), ("balanced_accuracy", balanced_accuracy_score), ("mcc", matthews_corrcoef)],
)
def test_metrics_of_cuts_are_scikit_learns(name, reference):
    proba, y = binary_scores(200)
    cuts = all_cuts(proba[:, 1], y.astype(float))
    values = BINARY[name](cuts)
    for place in range(0, 200, 13):
        decided = proba[:, 1] >= cuts.thresholds[place]
        assert values[place] == pytest.approx(reference(y, decided))


def test_g_mean_is_the_root_of_the_recalls():
    cuts = Cuts(np.array([0.5]), np.array([3.0]), np.array([2.0]), 4.0, 8.0)
    assert BINARY["g_mean"](cuts)[0] == pytest.approx(np.sqrt(3 / 4 * 6 / 8))


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("f1", lambda t, d: f1_score(t, d, average="macro")),
        ("balanced_accuracy", balanced_accuracy_score),
        ("mcc", matthews_corrcoef),
        ("g_mean", lambda t, d: np.prod([(d[t == c] == c).mean() for c in range(4)]) ** 0.25),
    ],
)
def test_metrics_of_many_classes_are_scikit_learns(name, reference):
    rng = np.random.default_rng(0)
    true = rng.integers(0, 4, 300)
    decided = np.where(rng.random(300) < 0.6, true, rng.integers(0, 4, 300))
    right, said, of = (
        np.bincount(c, minlength=4).astype(float) for c in (true[true == decided], decided, true)
    )
    assert MULTICLASS[name](right[None], said[None], of)[0] == pytest.approx(reference(true, decided))


def best_f1(cuts):
    return int(np.argmax(BINARY["f1"](cuts)))


def interval(score, truth, groups=None, draws=200):
    weight = np.ones(score.size)
    return redrawn_thresholds(score, truth, weight, groups, best_f1, np.random.default_rng(0), draws)


def test_the_interval_of_a_threshold_is_that_of_a_plain_bootstrap():
    proba, y = binary_scores(400, prior=0.2)
    low, high = interval(proba[:, 1], y.astype(float), draws=400)
    rng, chosen = np.random.default_rng(1), []
    for _ in range(400):
        rows = rng.integers(0, 400, 400)
        cuts = all_cuts(proba[rows, 1], y[rows].astype(float))
        chosen.append(cuts.thresholds[best_f1(cuts)])
    np.testing.assert_allclose([low, high], np.percentile(chosen, [2.5, 97.5]), atol=0.08)


def test_more_rows_make_the_interval_narrower_and_stay_cheap():
    widths = []
    for n in (300, 30_000):
        proba, y = binary_scores(n, prior=0.2)
        low, high = interval(proba[:, 1], y.astype(float))
        widths.append(high - low)
    assert widths[1] < widths[0] / 2
    assert MOST_CELLS < 30_000  # the large case went through cells


def test_groups_of_equal_rows_widen_the_interval():
    proba, y = binary_scores(150, prior=0.3)
    score, truth = proba[:, 1].repeat(20), y.astype(float).repeat(20)
    apart = interval(score, truth)
    together = interval(score, truth, groups=np.arange(150).repeat(20))
    assert together[1] - together[0] > apart[1] - apart[0]
