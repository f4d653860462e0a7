"""A net goes into a file and comes back with the same bits; another's, or a damaged one, does not."""

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone
from torch import nn

from steelyard.deep import DeepClassifier, DeepSegmenter
from steelyard.deep.backbones import MLP, FTTransformer, SmallCNN, UNet
from steelyard.deep.heads import CosineHead, LinearHead, RetrainedHead, TauNormalisedHead, WithNeuralPrior
from steelyard.deep.saved_net import load_net, save_net
from steelyard.errors import BadOption

RNG = np.random.default_rng(0)
X, y = RNG.normal(size=(60, 4)).astype(np.float32), np.array(["a", "b", "c"])[np.arange(60) % 3]


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"backbone": MLP((8, 4), norm="layer", dropout=0.0), "head": CosineHead(learn_scale=True)},
        {"backbone": FTTransformer(width=8, blocks=1, heads=2), "head": TauNormalisedHead(tau=0.5)},
        {"head": WithNeuralPrior(LinearHead(bias=False), n_modules=2), "optimizer": "sgd"},
    ],
)
def test_it_comes_back_with_the_same_bits(tmp_path, parts):
    model = DeepClassifier(steps=8, random_state=0, **parts).fit(pd.DataFrame(X, columns=list("pqrs")), y)
    save_net(model, tmp_path / "net.safetensors")
    torch.manual_seed(1)
    expected = torch.rand(1)
    torch.manual_seed(1)
    again = load_net(tmp_path / "net.safetensors")
    assert torch.rand(1) == expected
    frame = pd.DataFrame(X, columns=list("pqrs"))
    np.testing.assert_array_equal(again.predict_proba(frame), model.predict_proba(frame))
    assert again.predict(frame).tolist() == model.predict(frame).tolist()
    assert again.get_params()["steps"] == 8
    with pytest.raises(ValueError, match="feature names"):
        again.predict(frame.rename(columns={"p": "z"}))
    learned = clone(again).fit(frame, y)  # from the arguments that came back
    np.testing.assert_array_equal(learned.predict_proba(frame), model.predict_proba(frame))


def test_images_masks_and_a_prior_that_was_fixed(tmp_path):
    images = RNG.integers(0, 256, (12, 3, 8, 8), dtype=np.uint8)
    net = DeepClassifier(
        backbone=SmallCNN(widths=(4,), strides=(1,)),
        head=WithNeuralPrior(),
        optimizer="sgd",
        steps=4,
        random_state=0,
    ).fit(images, np.arange(12) % 2)
    net.module_.head.fix(torch.tensor([1.0, -1.0]))
    save_net(net, tmp_path / "a")
    np.testing.assert_array_equal(load_net(tmp_path / "a").predict_proba(images), net.predict_proba(images))
    masks = (images[:, 0] > 200).astype(int) * 5
    pixels = DeepSegmenter(backbone=UNet(widths=(4, 4)), steps=4, random_state=0).fit(images, masks)
    save_net(pixels, tmp_path / "b")
    assert load_net(tmp_path / "b").predict(images).tolist() == pixels.predict(images).tolist()


class Own(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.layer = nn.Linear(4, width)

    def forward(self, rows):
        return self.layer(rows).relu()


def test_a_backbone_of_your_own_is_given_back_to_it(tmp_path):
    model = DeepClassifier(backbone=Own(6), head=RetrainedHead(epochs=1), steps=4, random_state=0).fit(X, y)
    path = tmp_path / "net.safetensors"
    save_net(model, path)
    with pytest.raises(BadOption, match=r"backbone is a Own, which is none of .*Give an object"):
        load_net(path)
    head = RetrainedHead()
    again = load_net(path, backbone=Own(6), head=head)
    np.testing.assert_array_equal(again.predict_proba(X), model.predict_proba(X))
    with pytest.raises(BadOption, match=r"another architecture: 'backbone.layer.bias' is \(6,\) there"):
        load_net(path, backbone=Own(7), head=head)


def test_what_is_no_net_is_refused(tmp_path):
    path = tmp_path / "net.safetensors"
    save_net(DeepClassifier(steps=2, random_state=0).fit(X, y), path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-5])
    with pytest.raises(BadOption, match="cannot be read"):
        load_net(path)
    path.write_bytes(whole.replace(b"steelyard net 1", b"steelyard net 9"))
    with pytest.raises(BadOption, match="expected 'steelyard net 1', got 'steelyard net 9'"):
        load_net(path)
    with pytest.raises(BadOption, match="cannot be read"):
        load_net(tmp_path / "nowhere")
