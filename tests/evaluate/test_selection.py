import numpy as np
import pytest

from steelyard.evaluate.bootstrap import units_of, weights_of
from steelyard.evaluate.selection import Choice, bias_corrected


def twin(scores, resamples, margin, times, seed):
    """The paper's algorithm by loops, for a metric that is a mean over rows: mean on rows not drawn."""
    n, systems = scores.shape
    kept = []
    for weight in weights_of(units_of(n), times, seed):
        drawn = [i for i in range(n) for _ in range(int(weight[i]))]
        left = [i for i in range(n) if weight[i] == 0]
        inside = [sum(scores[i, s] for i in drawn) / len(drawn) for s in range(systems)]
        plain = max((s for s in range(systems) if not resamples[s]), key=lambda s: inside[s])
        chosen = plain
        for s in range(systems):
            if resamples[s] and inside[s] - inside[plain] > margin[s] and inside[s] > inside[chosen]:
                chosen = s
        kept.append(sum(scores[i, chosen] for i in left) / len(left))
    return np.array(kept)


def means_of(scores):
    return [lambda w, s=s: float(w @ scores[:, s] / w.sum()) for s in range(scores.shape[1])]


def test_equals_the_paper_for_a_mean_over_rows():
    rng = np.random.default_rng(0)
    scores = (rng.random((60, 5)) < [0.6, 0.62, 0.58, 0.65, 0.6]).astype(float)
    resamples = np.array([False, False, False, True, True])
    margin = np.array([0, 0, 0, 0.05, 0.02])
    means = scores.mean(axis=0)
    choice = Choice(resamples, np.ones(5, bool), margin)
    chosen = choice.of(means)
    found = bias_corrected(
        means[chosen], chosen, means_of(scores), choice, units_of(60), sign=1.0, times=400, random_state=1
    )
    paper = twin(scores, resamples, margin, 400, 1)
    # Anchored to the table's value, it differs from the paper only by the noise of 400 replicates.
    assert found.mean == pytest.approx(paper.mean(), abs=0.01)
    assert found.high - found.low == pytest.approx(np.subtract(*np.quantile(paper, [0.975, 0.025])), abs=1e-9)


def test_takes_out_the_luck_of_the_best_of_many_equals():
    """Thirty systems of equal worth: the best looks better than it is, the corrected one does not."""
    naive, corrected = [], []
    for trial in range(15):
        scores = (np.random.default_rng(trial).random((80, 30)) < 0.6).astype(float)
        means = scores.mean(axis=0)
        choice = Choice(np.zeros(30, bool), np.ones(30, bool), np.zeros(30))
        best = choice.of(means)
        found = bias_corrected(
            means[best], best, means_of(scores), choice, units_of(80), sign=1.0, times=150, random_state=trial
        )
        naive.append(means[best])
        corrected.append(found.mean)
        assert found.low < found.mean < found.high
    assert np.mean(naive) > 0.67
    assert np.mean(corrected) == pytest.approx(0.6, abs=0.025)


def test_one_system_needs_no_correction():
    scores = np.random.default_rng(0).random((50, 1))
    choice = Choice(np.array([False]), np.array([True]), np.zeros(1))
    found = bias_corrected(
        scores.mean(), 0, means_of(scores), choice, units_of(50), sign=1.0, times=100, random_state=0
    )
    assert found.mean == pytest.approx(scores.mean())


def test_smaller_is_better_too():
    costs = np.random.default_rng(0).random((50, 8))
    choice = Choice(np.zeros(8, bool), np.ones(8, bool), np.zeros(8))
    means = costs.mean(axis=0)
    best = choice.of(-means)
    found = bias_corrected(
        means[best], best, means_of(costs), choice, units_of(50), sign=-1.0, times=300, random_state=0
    )
    assert found.mean > means[best]


def test_a_remedy_must_beat_its_margin():
    choice = Choice(
        np.array([False, False, True, True]), np.ones(4, dtype=bool), np.array([0, 0, 0.1, np.inf])
    )
    assert choice.of(np.array([0.5, 0.6, 0.65, 0.9])) == 1
    assert choice.of(np.array([0.5, 0.6, 0.75, 0.9])) == 2
    assert choice.of(np.array([0.5, np.nan, 0.75, 0.9])) == 2
    assert choice.of(np.array([np.nan, np.nan, 0.75, 0.9])) == -1
