import math

import pytest
import torch
from torch.nn import functional

import slow_losses as slow
from steelyard.deep.losses import OneWayLogisticLoss
from steelyard.errors import BadOption, BadTarget


def outputs(*shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def test_the_frequent_class_falls_lower():
    """The sign: minus the outputs is the log prior, up to a constant."""
    eta = torch.zeros(2, requires_grad=True)
    targets = torch.tensor([0] * 9 + [1])
    steps, rate = 2000, 10.0
    for _ in range(steps):
        OneWayLogisticLoss()(eta.expand(10, 2), targets).backward()
        with torch.no_grad():
            eta -= rate * eta.grad
        eta.grad = None
    log_prior = -eta.detach()
    assert log_prior[0] > log_prior[1] > 0
    assert float(log_prior[0] - log_prior[1]) == pytest.approx(math.log(9), abs=0.01)
    # What gradient flow comes to: u + e^u = 1 + share x (steps x rate).
    for u, share in zip(log_prior.tolist(), [0.9, 0.1], strict=True):
        assert u + math.exp(u) == pytest.approx(1 + share * steps * rate, rel=0.01)


def test_only_the_true_class_is_pulled_and_downwards():
    eta = outputs(6, 3).requires_grad_()
    targets = torch.tensor([0, 1, 2, 2, 1, 0])
    OneWayLogisticLoss(reduction="sum")(eta, targets).backward()
    own = torch.zeros(6, 3, dtype=torch.bool).scatter_(1, targets[:, None], True)
    assert bool((eta.grad[own] > 0).all())
    assert not eta.grad[~own].any()


def test_it_is_the_logistic_loss_with_target_zero():
    eta, targets = outputs(10, 3), torch.arange(10) % 3
    own = eta.gather(1, targets[:, None]).squeeze(1)
    wanted = functional.binary_cross_entropy_with_logits(own, torch.zeros_like(own))
    torch.testing.assert_close(OneWayLogisticLoss()(eta, targets), wanted)


@pytest.mark.parametrize("dense", [False, True])
@pytest.mark.parametrize("modules", ["sum", "mean"])
@pytest.mark.parametrize("count", [1, 3])
def test_modules_are_summed_or_averaged(dense, modules, count):
    sides = (2, 3) if dense else ()
    eta = outputs(count, 4, 3, *sides)
    targets = torch.randint(3, (4, *sides), generator=torch.Generator().manual_seed(1))
    targets[1] = -100
    settings = {"class_weight": [1.0, 2.0, 0.5], "weight": 0.3}
    each = OneWayLogisticLoss(reduction="none", modules=modules, **settings)(eta, targets)
    assert each.shape == targets.shape
    for place in torch.cartesian_prod(*map(torch.arange, targets.shape)).reshape(-1, targets.ndim).tolist():
        at = tuple(place)
        if targets[at] == -100:
            assert each[at] == 0
            continue
        found = [
            slow.one_way_logistic(
                eta[(m, at[0], slice(None), *at[1:])].tolist(), int(targets[at]), **settings
            )
            for m in range(count)
        ]
        wanted = sum(found) / (count if modules == "mean" else 1)
        assert float(each[at]) == pytest.approx(wanted, rel=1e-6)
    whole = OneWayLogisticLoss(modules=modules, **settings)(eta, targets)
    torch.testing.assert_close(whole, each.sum() / (targets != -100).sum())


def test_modules_have_the_right_gradient():
    eta, targets = outputs(2, 3, 3, 2, 2).requires_grad_(), torch.randint(3, (3, 2, 2))
    targets[0, 0] = -100
    assert torch.autograd.gradcheck(lambda e: OneWayLogisticLoss()(e, targets), eta)


def test_all_ignored_is_a_zero_with_a_graph():
    eta = outputs(2, 4, 3).requires_grad_()
    loss = OneWayLogisticLoss()(eta, torch.full((4,), -100))
    loss.backward()
    assert loss.item() == 0
    assert not eta.grad.any()


@pytest.mark.parametrize("shape", [(2, 3, 3), (3,), (0, 4, 3), (1, 1, 4, 3)])
def test_outputs_that_do_not_fit_are_refused(shape):
    with pytest.raises(BadTarget, match="shape"):
        OneWayLogisticLoss()(torch.zeros(shape), torch.zeros(4, dtype=torch.long))


def test_weights_must_fit_the_classes():
    with pytest.raises(BadOption, match="2 classes, got logits for 3"):
        OneWayLogisticLoss(class_weight=[1, 2])(torch.zeros(1, 3), torch.tensor([0]))
