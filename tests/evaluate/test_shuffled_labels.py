import numpy as np
import pytest
from scipy import stats
from sklearn.datasets import make_classification
from sklearn.model_selection import cross_val_predict
from sklearn.neighbors import KNeighborsClassifier

from steelyard.balance import SMOTE
from steelyard.errors import BadOption
from steelyard.evaluate.shuffled_labels import Control, shuffled_label_control, shuffled_labels

NEAREST = KNeighborsClassifier(1)


def honest(X, y, seed):
    return y, cross_val_predict(NEAREST, X, y)


def resampled_first(X, y, seed):
    X_out, y_out = SMOTE(random_state=seed).fit_resample(X, y)
    return y_out, cross_val_predict(NEAREST, X_out, y_out)


@pytest.fixture(scope="module")
def rows():
    return make_classification(200, 6, weights=[0.85], random_state=0)


def test_an_honest_protocol_is_at_chance(rows):
    control = shuffled_label_control(honest, *rows, repeats=5)
    assert not control.leaks
    assert abs(control.chance.mean() - 0.5) < 0.02
    assert abs(control.excess) < 0.15
    assert "luck" in str(control)


def test_resampling_before_the_split_is_caught(rows):
    control = shuffled_label_control(resampled_first, *rows)
    assert control.leaks
    assert control.excess > 0.15
    assert "finds classes where there are none" in str(control)


def test_labels_are_only_put_in_another_order():
    y = np.array(["a"] * 30 + ["b"] * 10)
    first, second = shuffled_labels(y, 0), shuffled_labels(y, 1)
    assert sorted(first) == sorted(y)
    assert not (first == second).all()
    assert (shuffled_labels(y, 0) == first).all()


def test_each_repeat_has_an_order_of_its_own_and_any_metric_goes(rows):
    X, y = rows
    seen = []

    def watch(X, y, seed):
        seen.append((tuple(y), seed))
        return y, y

    control = shuffled_label_control(watch, X, y, repeats=3, metric=lambda true, told: (true == told).mean())
    assert len(set(seen)) == 3
    assert control.scores.tolist() == [1, 1, 1]
    assert control.leaks
    assert 0.6 < control.chance.mean() < 0.85
    with pytest.raises(BadOption, match="'repeats'"):
        shuffled_label_control(watch, X, y, repeats=1)


def test_the_p_value_is_students():
    control = Control(np.array([0.6, 0.55, 0.62]), np.array([0.5, 0.5, 0.51]))
    slow = stats.ttest_1samp(control.scores - control.chance, 0, alternative="greater").pvalue
    assert control.p_value == pytest.approx(slow)
    assert Control(np.full(3, 0.5), np.full(3, 0.5)).p_value == 1
    assert Control(np.full(3, 0.7), np.full(3, 0.5)).leaks


def test_false_alarms_are_rare():
    """Scores of honest protocols scatter around chance by more than their decisions alone would."""
    rng = np.random.default_rng(0)
    alarms = [Control(0.5 + 0.05 * rng.normal(size=5), np.full(5, 0.5)).leaks for _ in range(2000)]
    assert np.mean(alarms) < 0.02
