"""A log prior off logits: a plain loop as twin, arrays and tensors alike, shapes that do not fit."""

import numpy as np
import pytest

from steelyard.errors import BadOption
from steelyard.kernels.adjust_logits import adjust_logits

RNG = np.random.default_rng(0)


def by_loop(logits, prior, tau, target):
    out = np.empty_like(logits)
    for place in np.ndindex(logits.shape):
        out[place] = logits[place] - tau * prior[place[1]] + (0 if target is None else target[place[1]])
    return out


@pytest.mark.parametrize("shape", [(5, 3), (2, 3, 4), (2, 3, 4, 5)])
@pytest.mark.parametrize("target", [None, np.array([0.1, 0.2, 0.3])])
def test_it_is_the_plain_loop_for_rows_and_maps(shape, target):
    logits, prior = RNG.normal(size=shape), np.log([0.7, 0.2, 0.1])
    expected = by_loop(logits, prior, 0.5, target)
    np.testing.assert_allclose(adjust_logits(logits, prior, 0.5, target), expected, rtol=1e-12)


def test_a_prior_of_its_own_for_each_item():
    logits, prior = RNG.normal(size=(4, 3)), RNG.normal(size=(4, 3))
    np.testing.assert_array_equal(adjust_logits(logits, prior), logits - prior)


def test_tensors_stay_tensors_of_their_type_and_keep_the_gradient():
    torch = pytest.importorskip("torch")
    logits = torch.randn(2, 3, 4, 4, requires_grad=True)
    prior = np.log([0.7, 0.2, 0.1])
    adjusted = adjust_logits(logits, prior, target_log_prior=[0.0, 1.0, 2.0])
    assert adjusted.dtype == torch.float32
    expected = by_loop(logits.detach().numpy(), prior, 1.0, [0.0, 1.0, 2.0])
    # Both sums are rounded to 32 bits, in another order: near zero only the absolute error is small.
    np.testing.assert_allclose(adjusted.detach().numpy(), expected, rtol=1e-5, atol=1e-6)
    adjusted.sum().backward()
    assert (logits.grad == 1).all()
    same = adjust_logits(logits, torch.tensor(prior, dtype=torch.float32))
    np.testing.assert_allclose(same.detach(), adjust_logits(logits, prior).detach(), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("prior", [[0.0, 1.0], [[0.0, 1.0, 2.0]], 0.0, [0.0, 1.0, 2.0, 3.0]])
def test_a_prior_has_one_number_a_class(prior):
    with pytest.raises(BadOption, match="'log_prior' parameter must hold one number a class"):
        adjust_logits(np.zeros((4, 3)), prior)
    with pytest.raises(BadOption, match="'target_log_prior'"):
        adjust_logits(np.zeros((4, 3)), np.zeros(3), target_log_prior=prior)


def test_logits_without_a_class_axis_are_refused():
    with pytest.raises(BadOption, match=r"logits of shape \(3,\)"):
        adjust_logits(np.zeros(3), np.zeros(3))
