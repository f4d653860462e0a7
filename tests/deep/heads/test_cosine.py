"""The cosine head: a plain loop as twin, lengths that do not count, the scale that is learned."""

import pytest
import torch

from steelyard.deep.heads import CosineHead
from steelyard.errors import BadOption


def test_it_is_the_cosine_of_every_pair():
    torch.manual_seed(0)
    head, features = CosineHead(scale=10.0).sized(4, 3), torch.randn(5, 4)
    logits = head(features).detach()
    for row, h in enumerate(features):
        for code, w in enumerate(head.layer.weight.detach()):
            expected = 10 * float(h @ w) / float(h.norm() * w.norm())
            assert float(logits[row, code]) == pytest.approx(expected, abs=1e-5)
    torch.testing.assert_close(head.learned(features).detach(), logits)


def test_maps_are_rows_of_pixels():
    torch.manual_seed(0)
    head, maps = CosineHead().sized(4, 3, dense=True), torch.randn(2, 4, 5, 6)
    pixels = head(maps.movedim(1, -1).reshape(-1, 4)).reshape(2, 5, 6, 3).movedim(-1, 1)
    torch.testing.assert_close(head(maps), pixels, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize(("learn_scale", "moves"), [(True, True), (False, False)])
def test_the_scale_moves_only_where_it_shall(learn_scale, moves):
    torch.manual_seed(0)
    head = CosineHead(scale=4.0, learn_scale=learn_scale).sized(4, 3)
    optimizer = torch.optim.SGD(head.parameters(), lr=0.5)
    torch.nn.functional.cross_entropy(head(torch.randn(8, 4)), torch.arange(8) % 3).backward()
    optimizer.step()
    assert (abs(float(head.log_scale.detach().exp()) - 4.0) > 1e-4) is moves


@pytest.mark.parametrize("settings", [{"scale": 0.0}, {"scale": "16"}, {"learn_scale": 1}])
def test_parameters_that_make_no_sense(settings):
    with pytest.raises(BadOption, match="parameter of CosineHead"):
        CosineHead(**settings)
