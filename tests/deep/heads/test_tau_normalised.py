"""The tau-normalised head: learned as a linear layer, predicting by its definition."""

import pytest
import torch

from steelyard.deep.heads import TauNormalisedHead
from steelyard.errors import BadOption


@pytest.mark.parametrize("tau", [0.0, 0.5, 1.0])
def test_it_divides_each_classs_weights_by_their_length_to_tau_and_drops_the_bias(tau):
    torch.manual_seed(0)
    head, features = TauNormalisedHead(tau=tau).sized(4, 3), torch.randn(5, 4)
    weights = torch.stack([w / w.norm() ** tau for w in head.layer.weight])
    torch.testing.assert_close(head(features), features @ weights.T)
    torch.testing.assert_close(head.learned(features), features @ head.layer.weight.T + head.layer.bias)


def test_maps_are_rows_of_pixels():
    torch.manual_seed(0)
    head, maps = TauNormalisedHead().sized(4, 3, dense=True), torch.randn(2, 4, 5, 6)
    expected = torch.einsum("nchw,kc->nkhw", maps, head.normalised())
    torch.testing.assert_close(head(maps), expected)
    assert head.learned(maps).shape == (2, 3, 5, 6)


def test_a_class_without_weights_gives_0_and_not_nan():
    head = TauNormalisedHead().sized(4, 3)
    torch.nn.init.zeros_(head.layer.weight)
    assert (head(torch.ones(1, 4)) == 0).all()


def test_long_weights_of_the_head_no_longer_win():
    head = TauNormalisedHead().sized(2, 2)
    with torch.no_grad():
        head.layer.weight.copy_(torch.tensor([[5.0, 0.0], [0.0, 1.0]]))
        head.layer.bias.zero_()
    features = torch.tensor([[1.0, 1.5]])
    assert head.learned(features).argmax() == 0
    assert head(features).argmax() == 1


def test_tau_is_not_negative():
    with pytest.raises(BadOption, match="'tau' parameter of TauNormalisedHead"):
        TauNormalisedHead(tau=-0.1)
