"""Prior estimation modules: gradient flow and rest by formula, folding, modules that are copies."""

import numpy as np
import pytest
import torch
from torch import nn

from steelyard.deep.heads import NeuralPrior, NeuralPriorConv2d
from steelyard.deep.losses import OneWayLogisticLoss
from steelyard.errors import BadOption
from steelyard.kernels.neural_prior_theory import own_log_prior_in_flow


def modules(maps, **settings):
    torch.manual_seed(0)
    prior = NeuralPriorConv2d(4, 3, **settings) if maps else NeuralPrior(4, 3, **settings)
    for weights in prior.parameters():
        nn.init.normal_(weights)
    return prior, torch.randn(2, 4, 5, 6) if maps else torch.randn(7, 4)


@pytest.mark.parametrize("maps", [False, True])
@pytest.mark.parametrize("n_modules", [1, 3])
def test_shapes_and_the_log_prior(maps, n_modules):
    prior, features = modules(maps, n_modules=n_modules)
    eta = prior(features)
    assert eta.shape == (n_modules, features.shape[0], 3, *features.shape[2:])
    weights = prior.layers.weight.reshape(n_modules, 3, 4)
    last = torch.einsum("nd...,kd->nk...", features, weights[-1])
    bias = prior.layers.bias.reshape(n_modules, 3)[-1].reshape(1, 3, *[1] * (features.ndim - 2))
    torch.testing.assert_close(eta[-1], last + bias)
    minus = -eta.mean(dim=0)
    torch.testing.assert_close(prior.log_prior(features), minus - minus.mean(dim=1, keepdim=True))


@pytest.mark.parametrize("maps", [False, True])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("scale", [1.0, 4.0])
def test_folding_gives_the_corrected_logits_and_leaves_the_layer_alone(maps, bias, scale):
    prior, features = modules(maps, n_modules=2)
    layer = nn.Conv2d(4, 3, 1, bias=bias) if maps else nn.Linear(4, 3, bias=bias)
    before = layer.weight.clone()
    folded = prior.fold_into(layer, scale)
    expected = layer(features) - prior.log_prior(features) / scale
    torch.testing.assert_close(folded(features), expected, atol=1e-6, rtol=1e-6)
    assert torch.equal(layer.weight, before)
    assert type(folded) is type(layer)


def test_what_cannot_be_folded():
    prior, _ = modules(False)
    for layer in (nn.Linear(4, 5), nn.Conv2d(4, 3, 1), nn.ReLU()):
        with pytest.raises(BadOption, match=r"folds into a Linear with weights of shape \(3, 4\)"):
            prior.fold_into(layer)
    with pytest.raises(BadOption, match="hidden layer is not linear"):
        NeuralPriorConv2d(4, 3, hidden=2).fold_into(nn.Conv2d(4, 3, 1))


def test_it_starts_small_and_without_bias():
    torch.manual_seed(0)
    prior = NeuralPrior(200, 100)
    assert float(prior.layers.weight.detach().std()) == pytest.approx(1e-3, rel=0.02)
    assert (prior.layers.bias == 0).all()
    conv = NeuralPriorConv2d(4, 3, hidden=64)
    assert all(float(part.detach().abs().max()) < 6e-3 for part in conv.parameters())


def test_each_module_has_a_hidden_layer_of_its_own():
    maps = torch.rand(2, 4, 5, 6)
    prior = NeuralPriorConv2d(4, 3, n_modules=2, hidden=5)
    before = prior(maps)
    with torch.no_grad():
        prior.layers[0].weight[:5] += 1.0  # of the first module
    assert not torch.equal(prior(maps)[0], before[0])
    assert torch.equal(prior(maps)[1], before[1])
    assert prior(maps).shape == (2, 2, 3, 5, 6)


def at_rest_or_on_the_way(steps, rate, decay=0.0):
    """Three classes of one point each, learned in small steps from all rows at once."""
    shares, lengths = torch.tensor([0.9, 0.09, 0.01]), torch.tensor([20.0, 10.0, 40.0])
    means = torch.diag((lengths - 1).sqrt())
    prior, loss = NeuralPrior(3, 3, init_std=0.0), OneWayLogisticLoss(reduction="none")
    optimizer = torch.optim.SGD(prior.parameters(), lr=rate, weight_decay=decay)
    for _ in range(steps):
        optimizer.zero_grad()
        (shares * loss(prior(means), torch.arange(3))).sum().backward()
        optimizer.step()
    return -prior(means)[0].diagonal().detach().double(), (shares * lengths).double()


def test_gradient_flow_keeps_its_identity():
    u, pull = at_rest_or_on_the_way(steps=500, rate=4e-3)
    torch.testing.assert_close(u + u.exp(), 1 + pull * 2.0, rtol=1e-2, atol=0)
    expected = own_log_prior_in_flow([0.9, 0.09, 0.01], [20.0, 10.0, 40.0], 2.0)
    np.testing.assert_allclose(u, expected, atol=1e-2)


def test_at_rest_decay_and_loss_are_at_balance():
    u, pull = at_rest_or_on_the_way(steps=500, rate=0.1, decay=0.2)
    torch.testing.assert_close(u * (1 + u.exp()), pull / 0.2, rtol=1e-4, atol=0)


def test_two_modules_become_copies_of_one():
    torch.manual_seed(0)
    features, labels = torch.randn(300, 4), torch.randint(0, 3, (300,))
    told = {}
    for n_modules in (1, 2):
        prior = NeuralPrior(4, 3, n_modules=n_modules)
        optimizer = torch.optim.SGD(prior.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-3)
        for _ in range(200):
            optimizer.zero_grad()
            OneWayLogisticLoss()(prior(features), labels).backward()
            optimizer.step()
        told[n_modules] = prior(features).detach()
    alone, first, second = told[1][0], *told[2]
    for module in (first, second):
        together = torch.stack([alone.flatten(), module.flatten()])
        assert float(torch.corrcoef(together)[0, 1]) > 0.999


@pytest.mark.parametrize("settings", [{"n_modules": 0}, {"detach": 1}, {"init_std": -1.0}])
def test_parameters_that_make_no_sense(settings):
    for kind in (NeuralPrior, NeuralPriorConv2d):
        with pytest.raises(BadOption, match=f"parameter of {kind.__name__}"):
            kind(4, 3, **settings)
    with pytest.raises(BadOption, match="'hidden' parameter of NeuralPriorConv2d"):
        NeuralPriorConv2d(4, 3, hidden=0)
