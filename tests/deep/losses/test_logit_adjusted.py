import numpy as np
import pytest
import torch

from steelyard.deep.losses import BalancedSoftmax, CrossEntropy, LogitAdjusted, VectorScaling
from steelyard.errors import BadOption

COUNTS = [5000, 500, 0]


def batch():
    return torch.randn(20, 3), torch.randint(3, (20,))


@pytest.mark.parametrize("rival", [BalancedSoftmax(), VectorScaling(gamma=0.0)], ids=repr)
def test_three_losses_are_one(rival):
    logits, targets = batch()
    wanted = LogitAdjusted().for_counts(COUNTS)(logits, targets)
    torch.testing.assert_close(rival.for_counts(COUNTS)(logits, targets), wanted)


def test_tau_zero_is_cross_entropy():
    logits, targets = batch()
    loss = LogitAdjusted(tau=0.0).for_counts(COUNTS)
    torch.testing.assert_close(loss(logits, targets), CrossEntropy()(logits, targets))


def test_a_given_prior_needs_no_counts_and_no_norm():
    logits, targets = batch()
    shares = np.array([0.7, 0.2, 0.1])
    loss = LogitAdjusted(log_prior=np.log(shares))
    other = LogitAdjusted(log_prior=torch.log(torch.tensor(shares)) + 5)
    torch.testing.assert_close(loss(logits, targets), other(logits, targets))
    torch.testing.assert_close(
        loss(logits, targets), LogitAdjusted().for_counts([70, 20, 10])(logits, targets)
    )
    assert torch.equal(loss.for_counts([1, 1, 1])(logits, targets), loss(logits, targets))
    with pytest.raises(BadOption, match="3 classes, got logits for 2"):
        loss(torch.zeros(1, 2), torch.tensor([0]))


def test_it_is_at_rest_where_plain_logits_are_balanced():
    """With no features, the best bias under 9:1 labels is none: the prior explains all."""
    bias = torch.zeros(2, requires_grad=True)
    targets = torch.tensor([0] * 9 + [1])
    LogitAdjusted().for_counts([9, 1])(bias.expand(10, 2), targets).backward()
    torch.testing.assert_close(bias.grad, torch.zeros(2), atol=1e-6, rtol=0)
