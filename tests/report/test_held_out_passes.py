import numpy as np

from steelyard.records import Dataset, Predictions
from steelyard.report.held_out import held_out, resampling_weights, top_systems


def predictions(rows, fold):
    proba = np.full((len(rows), 2), 0.5)
    return Predictions(np.asarray(rows), np.asarray(fold), proba, np.zeros(len(rows), int))


def test_each_row_is_numbered_within_its_passes():
    data = Dataset(np.zeros((3, 1)), np.array(["b", "a", "b"]))
    held = held_out(predictions([2, 0, 1, 0, 2], [0, 0, 1, 2, 3]), data, ["a", "b"])
    assert held.rows.tolist() == [0, 0, 1, 2, 2]
    assert held.turn.tolist() == [0, 1, 0, 0, 1]
    assert held.truth.tolist() == [1, 1, 0, 1, 1]
    assert held.passes == 2


def test_weights_draw_whole_groups():
    data = Dataset(np.zeros((6, 1)), np.array([0, 1] * 3), groups=np.array(list("aabbcc")))
    held = held_out(predictions(range(6), [0] * 6), data, ["0", "1"])
    for weight in resampling_weights(held):
        assert (weight[0::2] == weight[1::2]).all()


def test_no_predictions_are_no_passes_but_no_error():
    data = Dataset(np.zeros((2, 1)), np.array([0, 1]))
    held = held_out(predictions(np.empty(0, int), np.empty(0, int)), data, ["0", "1"])
    assert held.passes == 1


def test_systems_with_equal_probabilities_share_a_curve():
    one, twin = predictions([0, 1], [0, 0]), predictions([0, 1], [0, 0])
    other = Predictions(one.rows, one.fold, one.proba + 0.1, one.decided)
    assert list(top_systems({"a": one, "b": twin, "c": other}, ["a", "b", "c", "missing"])) == ["a", "c"]
