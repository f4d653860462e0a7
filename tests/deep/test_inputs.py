"""What a net reads: images, series, token ids and data sets, each told apart from what does not fit."""

import numpy as np
import pytest
import torch
from sklearn.base import clone
from torch import nn
from torch.utils.data import Dataset, IterableDataset, TensorDataset

from steelyard.deep import MLP, DeepClassifier
from steelyard.errors import BadOption, BadTable, BadTarget

QUICK = DeepClassifier(backbone=MLP((8,), dropout=0.0), steps=20, batch_size=16, random_state=0)


@pytest.fixture(scope="module")
def images():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 256, size=(60, 3, 6, 6), dtype=np.uint8)
    y = np.arange(60) % 3
    X[y == 1] //= 4
    return X, y


class Pairs(Dataset):
    """Images and labels, one at a time; counts what was read."""

    def __init__(self, X, y):
        self.X, self.y, self.read = X, y, 0

    def __len__(self):
        return len(self.X)

    def __getitem__(self, number):
        self.read += 1
        return self.X[number], self.y[number]


def test_bytes_are_read_as_fractions_of_255(images):
    X, y = images
    bytes_ = clone(QUICK).fit(X, y)
    floats = clone(QUICK).fit((X / np.float32(255)).astype(np.float32), y)
    np.testing.assert_allclose(
        bytes_.predict_proba(X), floats.predict_proba((X / np.float32(255)).astype(np.float32)), atol=1e-5
    )
    with pytest.raises(BadTable, match=r"learned from rows of shape \(3, 6, 6\) \(torch.uint8\)"):
        bytes_.predict(X.astype(float))


def test_a_data_set_gives_what_arrays_give(images):
    X, y = images
    data = Pairs(X, y)
    from_items = clone(QUICK).fit(data)
    from_arrays = clone(QUICK).fit(X, y)
    np.testing.assert_array_equal(from_items.predict_proba(data), from_arrays.predict_proba(X))
    np.testing.assert_array_equal(from_items.features(data), from_arrays.features(X))
    assert from_items.classes_.tolist() == [0, 1, 2]
    by_hand = clone(QUICK).fit(Pairs(X, y), [("a", "b", "c")[code] for code in y])
    assert by_hand.predict(data).tolist() == [("a", "b", "c")[code] for code in from_arrays.predict(X)]
    tensors = TensorDataset(torch.from_numpy(X), torch.from_numpy(y))
    np.testing.assert_array_equal(clone(QUICK).fit(tensors).predict_proba(X), from_arrays.predict_proba(X))


def test_items_are_read_as_they_are_needed(images):
    X, y = images
    data = Pairs(X, y)
    clone(QUICK).set_params(steps=1, batch_size=10).fit(data, y)
    assert data.read <= 1 + 10
    held = clone(QUICK).set_params(early_stopping=True, epochs=1, steps=None).fit(data, y).validation_rows_
    assert 0 < len(held) < 30


def test_data_sets_that_do_not_fit_are_refused(images):
    X, y = images
    spoiled = X.astype(np.float32)
    spoiled[7, 0, 0, 0] = np.nan
    with pytest.raises(BadTable, match=r"Items \[7\] hold NaN"):
        clone(QUICK).fit(Pairs(spoiled, y))
    with pytest.raises(BadTarget, match="have no labels"):
        clone(QUICK).fit(TensorDataset(torch.from_numpy(X)))
    with pytest.raises(BadTable, match="no items"):
        clone(QUICK).fit(Pairs(X[:0], y[:0]), [])

    class Stream(IterableDataset):
        def __iter__(self):
            return iter(X)

    with pytest.raises(BadTable, match="map-style"):
        clone(QUICK).fit(Stream(), y)


def test_images_with_channels_last_and_with_gaps_are_refused(images):
    X, y = images
    with pytest.raises(BadTable, match="channels seem to come last"):
        clone(QUICK).fit(np.moveaxis(X, 1, -1), y)
    spoiled = X.astype(float)
    spoiled[3, 1, 2, 2] = np.nan
    with pytest.raises(ValueError, match="contains NaN"):
        clone(QUICK).fit(spoiled, y)
    with pytest.raises(BadTable, match="learned from rows of shape"):
        clone(QUICK).fit(X, y).predict(X[:, :, :5])
    with pytest.raises(BadOption, match="cannot read rows of shape"):
        clone(QUICK).set_params(backbone=nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten())).fit(X, y)


class MeanOfTokens(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(20, 8)

    def forward(self, tokens):
        return self.table(tokens).mean(dim=1)


def test_token_ids_stay_whole_numbers():
    rng = np.random.default_rng(0)
    y = np.arange(80) % 2
    tokens = rng.integers(0, 10, size=(80, 7)) + 10 * y[:, None]
    model = DeepClassifier(backbone=MeanOfTokens(), steps=150, learning_rate=0.05, random_state=0)
    assert model.fit(tokens, y).score(tokens, y) == 1
    with pytest.raises(BadTable, match="int64"):
        model.predict(tokens.astype(float))


def test_series():
    rng = np.random.default_rng(0)
    y = np.arange(60) % 2
    X = np.sin(np.arange(30) * (1 + y)[:, None] / 2)[:, None, :] + rng.normal(0, 0.1, (60, 1, 30))
    net = nn.Sequential(nn.Conv1d(1, 4, 5), nn.ReLU(), nn.AdaptiveMaxPool1d(1), nn.Flatten())
    model = DeepClassifier(backbone=net, steps=150, learning_rate=0.02, random_state=0).fit(X, y)
    assert model.score(X, y) > 0.9
    assert model.features(X).shape == (60, 4)
    np.testing.assert_allclose(
        model.predict_proba(X), torch.from_numpy(model.logits(X)).double().softmax(1).numpy(), atol=1e-7
    )
