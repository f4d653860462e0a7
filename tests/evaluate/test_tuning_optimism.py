"""What choosing on test rows is worth: chance has to look good, and a plain version has to agree."""

import numpy as np
import pytest
from sklearn.metrics import matthews_corrcoef

from steelyard.errors import BadOption, CannotEvaluate
from steelyard.evaluate.best_on_test import best_on_test
from steelyard.evaluate.tuning_optimism import THRESHOLDS, _half, tuning_optimism
from steelyard.kernels.rng import child


@pytest.fixture(scope="module")
def noise():
    return np.random.default_rng(0).random((200, 40)), np.repeat([0, 1], 100)


def test_the_best_of_noise_looks_good_and_is_not(noise):
    told = tuning_optimism(*noise, n_splits=60)
    assert told.whole > 0.2
    assert told.chosen > told.whole  # half as many rows are easier to please
    assert told.fresh < 0.05
    assert told.optimism == told.chosen - told.fresh > 0.25
    assert told.low <= told.fresh <= told.high
    assert (told.settings, told.n_splits) == (40 * 81, 60)


def test_one_candidate_that_knows_loses_little():
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], 200)
    told = tuning_optimism((y * 0.5 + rng.random(400) * 0.5)[:, None], y, n_splits=40)
    assert told.whole > 0.95
    assert told.optimism < 0.05


def test_it_is_that_of_a_plain_loop(noise):
    scores, y = noise[0][:, :3], noise[1]
    cuts = [0.3, 0.5, 0.7]
    told = tuning_optimism(scores, y, thresholds=cuts, n_splits=4, random_state=5)

    def mcc(rows, setting):
        column, cut = setting
        return matthews_corrcoef(y[rows], scores[rows, column] > cuts[cut])

    settings = [(column, cut) for column in range(3) for cut in range(3)]
    everything = np.ones(y.size, dtype=bool)
    best = max(settings, key=lambda one: mcc(everything, one))
    assert (told.setting, told.threshold) == (best[0], cuts[best[1]])
    assert told.whole == pytest.approx(mcc(everything, best))
    rng, pairs = child(5, "halves"), []
    for _ in range(4):
        inside = _half(y, None, rng)
        chosen = max(settings, key=lambda one: mcc(inside, one))
        pairs.append((mcc(inside, chosen), mcc(~inside, chosen)))
    assert (told.chosen, told.fresh) == pytest.approx(tuple(np.mean(pairs, axis=0)))


def test_halves_keep_classes_or_groups():
    y, groups = np.repeat([0, 1], [30, 11]), np.arange(41) // 4
    inside = _half(y, None, np.random.default_rng(0))
    assert np.bincount(y[inside]).tolist() == [15, 5]
    inside = _half(y, groups, np.random.default_rng(0))
    assert not set(groups[inside]) & set(groups[~inside])


def test_labels_may_be_words_and_the_seed_decides(noise):
    scores, y = noise
    one = tuning_optimism(scores, np.array(["no", "yes"])[y], n_splits=5, random_state=1)
    assert one == tuning_optimism(scores, y, n_splits=5, random_state=1)
    assert one != tuning_optimism(scores, y, n_splits=5, random_state=2)


@pytest.mark.parametrize(
    ("scores", "y", "error"),
    [
        (np.zeros((3, 2)), [0, 1], BadOption),
        (np.zeros(4), [0, 0, 1, 1], BadOption),
        (np.zeros((4, 0)), [0, 0, 1, 1], BadOption),
        (np.zeros((4, 1)), [0, 0, 0, 1], CannotEvaluate),
        (np.zeros((4, 1)), [0, 0, 0, 0], CannotEvaluate),
        (np.zeros((6, 1)), [0, 1, 2, 0, 1, 2], CannotEvaluate),
    ],
)
def test_trouble(scores, y, error):
    with pytest.raises(error):
        tuning_optimism(scores, y)


def test_the_best_pair_on_the_test_is_the_best_of_all_pairs(noise):
    scores, y = noise
    named = {name: scores[:, place] for place, name in enumerate("abcd")}
    told = best_on_test(named, y, n_splits=5)
    brute = max(
        matthews_corrcoef(y, w * named[one] + (1 - w) * named[two] > t)
        for one, two in ("ab", "ac", "ad", "bc", "bd", "cd")
        for w in np.arange(0, 21, 2) / 20
        for t in THRESHOLDS[::20]
    )
    assert told.fusion.value >= brute
    assert told.fusion.value == pytest.approx(told.optimism.whole)
    assert matthews_corrcoef(y, told.said.decided) == pytest.approx(told.fusion.value)
    assert told.said.scores == pytest.approx(told.fusion.weights @ [named[name] for name in told.models])
    with pytest.raises(BadOption, match="at least 5 models"):
        best_on_test(named, y, size=5)
