"""The classifier of pixels: masks in, masks out, pixels without a label left out."""

import numpy as np
import pytest
import torch
from sklearn.base import clone
from torch import nn

from steelyard.deep import DeepSegmenter
from steelyard.deep.augment import CropFlip, CropPair
from steelyard.deep.backbones import SmallCNN, UNet
from steelyard.deep.batches import ClassAware
from steelyard.deep.heads import TauNormalisedHead, WithNeuralPrior
from steelyard.deep.losses import LogitAdjusted
from steelyard.errors import BadOption, BadTable, BadTarget
from steelyard.metrics import dice_score

QUICK = DeepSegmenter(backbone=UNet(widths=(8,)), learning_rate=0.05, steps=60, batch_size=4, random_state=0)


@pytest.fixture(scope="module")
def spots():
    """Bright pixels, three in a hundred, are the class 7; a stripe of each image has no label."""
    rng = np.random.default_rng(0)
    rare = rng.random((8, 20, 16)) < 0.03
    X = (rng.integers(0, 120, size=(8, 1, 20, 16)) + 130 * rare[:, None]).astype(np.uint8)
    y = np.where(rare, 7, 3)
    y[:, :2] = -100
    return X, y


def test_masks_come_back_in_the_labels_they_were_given_in(spots):
    X, y = spots
    model = clone(QUICK).fit(X, y)
    found, proba = model.predict(X), model.predict_proba(X)
    assert model.classes_.tolist() == [3, 7]
    assert found.shape == y.shape
    assert proba.shape == (8, 2, 20, 16)
    np.testing.assert_allclose(proba.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(found, model.classes_[proba.argmax(axis=1)])
    assert model.score(X, y) == dice_score(y, found, ignore=-100) > 0.9
    assert model.features(X).shape == (8, 8, 20, 16)
    np.testing.assert_array_equal(proba, clone(QUICK).fit(X, y).predict_proba(X))


def test_pixels_without_a_label_teach_nothing(spots):
    X, y = spots
    spoiled = X.copy()
    spoiled[:, :, :2] = 255
    of_each_pixel = nn.Sequential(nn.Conv2d(1, 4, 1), nn.ReLU())  # sees no neighbours, and norms nothing
    model = clone(QUICK).set_params(backbone=of_each_pixel)
    one, other = clone(model).fit(X, y), clone(model).fit(spoiled, y)
    assert one.history_ == other.history_
    np.testing.assert_array_equal(one.predict_proba(X), other.predict_proba(X))
    counted = np.where(y == -100, 3, y)
    assert clone(model).fit(X, counted).history_ != clone(model).fit(spoiled, counted).history_
    with pytest.raises(BadTarget, match="0 of 2560 pixels count"):
        clone(QUICK).fit(X, np.full_like(y, -100))


def test_the_loss_is_the_mean_over_the_pixels_that_count(spots):
    X, y = spots
    model = clone(QUICK).set_params(steps=1, learning_rate=1e-12, weight_decay=0.0, batch_size=8).fit(X, y)
    module = model.module_.train()
    logits = module(torch.from_numpy(X)).detach().double().log_softmax(dim=1).numpy()
    codes, n, total = np.searchsorted([3, 7], y), 0, 0.0
    for image, row, column in np.argwhere(y != -100):
        total -= logits[image, codes[image, row, column], row, column]
        n += 1
    assert model.history_[0]["train_loss"] == pytest.approx(total / n, rel=1e-5)


@pytest.mark.parametrize(
    "change", [{"class_weight": "balanced"}, {"class_weight": {3: 1.0, 7: 20.0}}, {"loss": LogitAdjusted()}]
)
def test_what_serves_the_rare_class_finds_more_of_it(spots, change):
    X, y = spots
    short = clone(QUICK).set_params(steps=6)
    plain, changed = clone(short).fit(X, y), clone(short).set_params(**change).fit(X, y)
    rare = y == 7
    assert changed.predict_proba(X)[:, 1][rare].mean() > plain.predict_proba(X)[:, 1][rare].mean()


@pytest.mark.parametrize("head", [WithNeuralPrior(), WithNeuralPrior(hidden=4), TauNormalisedHead()])
def test_heads_for_maps(spots, head):
    X, y = spots
    model = clone(QUICK).set_params(head=head, optimizer="sgd", learning_rate=0.1).fit(X, y)
    assert model.predict(X).shape == y.shape
    uncorrected = torch.from_numpy(model.logits(X)).softmax(dim=1).numpy()
    assert np.abs(uncorrected - model.predict_proba(X)).max() > 0.01


def test_windows_are_cut_from_both(spots):
    X, y = spots
    model = clone(QUICK).set_params(augment=CropPair(size=8), steps=120).fit(X, y)
    assert model.score(X, y) > 0.9
    torch.manual_seed(0)
    images = torch.arange(4 * 20 * 16).reshape(4, 1, 20, 16)
    seen = set()
    for _ in range(50):
        rows, masks = CropPair(size=5)(images, images[:, 0])
        assert torch.equal(rows[:, 0], masks)
        steps = masks.diff(dim=2)
        assert (steps.abs() == 1).all()
        assert ((masks.diff(dim=1)).abs() == 16).all()
        seen.add((int(steps[0, 0, 0]), int(masks[0, 1, 0] - masks[0, 0, 0])))
    assert len(seen) == 4  # mirrored neither way, either way, and both
    whole = CropPair(size=5).eval()(images, images[:, 0])
    assert torch.equal(whole[0], images)


@pytest.mark.parametrize(
    ("settings", "X", "y", "error", "said"),
    [
        ({}, slice(None), lambda y: y[:, 1:], BadTarget, r"shape \(8, 20, 16\). Got shape \(8, 19, 16\)"),
        ({}, slice(None), lambda y: y.astype(float), BadTarget, "whole numbers"),
        ({}, slice(None), lambda y: np.full_like(y, 3), BadTarget, r"at least 2 classes, got \[3\]"),
        ({"batches": ClassAware()}, slice(None), lambda y: y, BadOption, "'batches' of DeepSegmenter"),
        (
            {"backbone": SmallCNN(widths=(4,), strides=(1,))},
            slice(None),
            lambda y: y,
            BadOption,
            "maps of shape",
        ),
        ({"class_weight": {9: 1.0}}, slice(None), lambda y: y, BadOption, "class_weight"),
        ({"augment": CropPair(size=30)}, slice(None), lambda y: y, BadTable, "at least that large"),
    ],
)
def test_what_makes_no_sense_is_refused(spots, settings, X, y, error, said):
    images, masks = spots
    with pytest.raises(error, match=said):
        clone(QUICK).set_params(**settings).fit(images[X], y(masks))


def test_an_augmentation_of_images_alone_keeps_masks_as_they_are(spots):
    X, y = spots
    assert clone(QUICK).set_params(augment=CropFlip(padding=0, flip=False)).fit(X, y).score(X, y) > 0.9
