import pytest
import torch

from steelyard.deep.losses import CrossEntropy, Focal
from steelyard.errors import BadOption


def test_gamma_zero_is_cross_entropy():
    logits, targets = torch.randn(20, 5), torch.randint(5, (20,))
    torch.testing.assert_close(Focal(gamma=0.0)(logits, targets), CrossEntropy()(logits, targets))


@pytest.mark.parametrize("gamma", [0.1, 0.5, 1.0, 2.0, 5.0])
def test_a_certain_item_costs_nothing_and_pulls_nowhere(gamma):
    logits = torch.tensor([[200.0, 0.0]], requires_grad=True)
    loss = Focal(gamma=gamma)(logits, torch.tensor([0]))
    loss.backward()
    assert loss.item() == 0
    assert not logits.grad.any()


def test_easy_items_fade_faster_than_hard_ones():
    logits = torch.tensor([[2.0, 0.0], [-2.0, 0.0]])
    easy, hard = Focal(reduction="none")(logits, torch.tensor([0, 0]))
    plain_easy, plain_hard = CrossEntropy(reduction="none")(logits, torch.tensor([0, 0]))
    assert easy / plain_easy < 0.05 < 0.5 < hard / plain_hard < 1


def test_weights_must_fit_the_classes():
    with pytest.raises(BadOption, match="2 classes, got logits for 3"):
        Focal(class_weight=[1, 2])(torch.zeros(1, 3), torch.tensor([0]))
