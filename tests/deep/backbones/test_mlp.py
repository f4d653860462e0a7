"""The perceptron: its layers, its shapes, what it refuses."""

import pickle
from copy import deepcopy

import joblib
import pytest
import torch
from torch import nn

from steelyard.deep import MLP
from steelyard.errors import BadOption


@pytest.mark.parametrize(
    ("norm", "dropout", "kinds"),
    [
        ("batch", 0.1, ["Linear", "BatchNorm1d", "ReLU", "Dropout"]),
        ("layer", 0.0, ["Linear", "LayerNorm", "ReLU"]),
        (None, 0.0, ["Linear", "ReLU"]),
    ],
)
def test_layers(norm, dropout, kinds):
    backbone = MLP((5, 4), norm=norm, dropout=dropout)
    assert backbone(torch.randn(3, 2, 7)).shape == (3, 4)
    assert [type(layer).__name__ for layer in backbone.layers] == kinds * 2
    assert backbone.layers[0].in_features == 14


def test_it_computes_what_a_loop_computes():
    backbone = MLP((5, 4), norm=None, dropout=0.3).eval()
    rows = torch.randn(6, 3)
    out = backbone(rows).detach()
    backbone.requires_grad_(False)
    first, second = (layer for layer in backbone.layers if isinstance(layer, nn.Linear))
    for row, features in zip(rows, out, strict=True):
        hidden = [max(0.0, float(w @ row + b)) for w, b in zip(first.weight, first.bias, strict=True)]
        last = second.weight @ torch.tensor(hidden) + second.bias
        torch.testing.assert_close(features, last.clamp(min=0))


def test_a_net_that_has_met_no_rows_can_be_copied_and_shown():
    copied = deepcopy(MLP((8,), dropout=0.2))
    assert repr(copied) == "MLP(widths=(8,), norm='batch', dropout=0.2)"
    assert copied(torch.zeros(2, 3)).shape == (2, 8)


def test_a_net_that_has_met_no_rows_is_its_arguments():
    one, two = MLP((8, 4)), deepcopy(MLP((8, 4)))
    assert joblib.hash(one) == joblib.hash(two) == joblib.hash(pickle.loads(pickle.dumps(one)))
    assert joblib.hash(one) != joblib.hash(MLP((8, 4), dropout=0.2))


def test_a_net_that_has_met_rows_keeps_its_weights():
    met, rows = MLP((8, 4)).eval(), torch.randn(5, 3)
    features = met(rows)
    for again in (deepcopy(met), pickle.loads(pickle.dumps(met))):
        assert torch.equal(again(rows), features)


@pytest.mark.parametrize(
    "settings", [{"widths": ()}, {"widths": (0,)}, {"widths": (2.5,)}, {"norm": "x"}, {"dropout": 1.0}]
)
def test_what_makes_no_sense_is_refused(settings):
    with pytest.raises(BadOption, match="parameter of MLP must be"):
        MLP(**settings)
