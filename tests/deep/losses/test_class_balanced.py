import pytest
import torch

from steelyard.deep.losses import LDAM, ClassBalanced, CrossEntropy, LogitAdjusted, VectorScaling


def test_weights_sum_to_the_number_of_classes():
    weights = ClassBalanced().for_counts([5000, 500, 50]).weights
    assert float(weights.sum()) == pytest.approx(3)
    assert weights[0] < weights[1] < weights[2]


def test_a_class_without_items_takes_nothing_from_the_others():
    told = ClassBalanced().for_counts([5000, 1, 0]).weights
    assert torch.equal(told[:2], ClassBalanced().for_counts([5000, 1]).weights)
    assert told[2] == told[1]


def test_beta_zero_weights_nothing_and_beta_near_one_weights_by_count():
    logits, targets = torch.randn(6, 2), torch.tensor([0, 1, 0, 1, 1, 0])
    plain = ClassBalanced(beta=0.0).for_counts([90, 10])
    torch.testing.assert_close(plain(logits, targets), CrossEntropy()(logits, targets))
    torch.testing.assert_close(
        ClassBalanced(beta=1 - 1e-9).for_counts([90, 10]).weights, torch.tensor([0.2, 1.8])
    )


def test_vs_loss_can_be_weighted():
    logits, targets = torch.randn(6, 2), torch.tensor([0, 1, 0, 1, 1, 0])
    loss = ClassBalanced(VectorScaling(), reduction="none").for_counts([90, 10])
    alone = VectorScaling(reduction="none").for_counts([90, 10])
    torch.testing.assert_close(loss(logits, targets), loss.weights[targets] * alone(logits, targets))


def test_it_hands_on_passes_and_given_priors():
    loss = ClassBalanced(LDAM(drw_start=0.5)).for_counts([90, 10])
    loss.begin_pass(0.4)
    assert not loss.loss.reweighting
    loss.begin_pass(0.6)
    assert loss.loss.reweighting
    prior = LogitAdjusted(log_prior=[0.0, 0.0])
    assert not ClassBalanced(prior).for_counts([90, 10]).loss.log_pi.any()
    assert prior.log_pi is None
