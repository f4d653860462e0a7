import pytest
import torch
from torch.nn import functional

import slow_losses as slow
from steelyard.deep.losses import AsymmetricLoss
from steelyard.errors import BadOption, BadTarget

SETTINGS = [
    {},
    {"gamma_positive": 1.0, "clip": 0.0},
    {"gamma_negative": 0.5, "gamma_positive": 0.5, "clip": 0.2},
    {"gamma_negative": 0.0, "gamma_positive": 0.0, "clip": 0.0},
]
every = pytest.mark.parametrize("settings", SETTINGS, ids=repr)


def batch(*shape):
    draws = torch.Generator().manual_seed(0)
    targets = torch.randint(2, shape, generator=draws)
    targets[torch.rand(shape, generator=draws) < 0.2] = -100
    return 3 * torch.randn(shape, generator=draws, dtype=torch.float64), targets


@every
def test_equals_its_formula(settings):
    logits, targets = batch(20, 5)
    each = AsymmetricLoss(reduction="none", **settings)(logits, targets)
    wanted = [
        slow.asymmetric(z, y, **settings) for z, y in zip(logits.tolist(), targets.tolist(), strict=True)
    ]
    torch.testing.assert_close(each, torch.tensor(wanted, dtype=torch.float64))


@every
def test_maps_are_items(settings):
    logits, targets = batch(2, 4, 3, 3)
    each = AsymmetricLoss(reduction="none", **settings)(logits, targets)
    assert each.shape == (2, 3, 3)
    flat = AsymmetricLoss(reduction="none", **settings)(
        logits.movedim(1, -1).reshape(-1, 4), targets.movedim(1, -1).reshape(-1, 4)
    )
    torch.testing.assert_close(each.reshape(-1), flat)


@every
def test_its_gradient_is_its_slope(settings):
    logits, targets = batch(6, 4)
    loss = AsymmetricLoss(**settings)
    assert torch.autograd.gradcheck(lambda z: loss(z, targets), logits.requires_grad_())


def test_without_fading_and_clip_it_is_binary_cross_entropy():
    logits, targets = torch.randn(20, 5), torch.randint(2, (20, 5))
    loss = AsymmetricLoss(gamma_negative=0, gamma_positive=0, clip=0, reduction="sum")
    wanted = functional.binary_cross_entropy_with_logits(logits, targets.float(), reduction="sum")
    torch.testing.assert_close(loss(logits, targets), wanted)


def test_reductions_and_items_without_labels():
    logits, targets = batch(8, 3)
    targets[2] = -100
    each = AsymmetricLoss(reduction="none")(logits, targets)
    known = (targets != -100).any(dim=1)
    assert each[2] == 0
    torch.testing.assert_close(AsymmetricLoss()(logits, targets), each.sum() / known.sum())
    torch.testing.assert_close(AsymmetricLoss(reduction="sum")(logits, targets), each.sum())


def test_nothing_known_is_a_zero_with_a_graph():
    logits = torch.full((3, 2), torch.inf, requires_grad=True)
    loss = AsymmetricLoss()(logits, torch.full((3, 2), -100))
    loss.backward()
    assert loss.item() == 0
    assert not logits.grad.any()


@every
def test_sure_outputs_leave_finite_numbers(settings):
    logits = torch.tensor([[80.0, -80.0, 80.0, -80.0]], requires_grad=True)
    loss = AsymmetricLoss(**settings)(logits, torch.tensor([[1, 0, 0, 1]]))
    loss.backward()
    assert loss.isfinite()
    assert logits.grad.isfinite().all()


def test_clear_absent_labels_cost_nothing():
    logits = torch.tensor([[-4.0, -3.0]], requires_grad=True)
    loss = AsymmetricLoss()(logits, torch.zeros(1, 2))
    loss.backward()
    assert loss.item() == pytest.approx(0, abs=1e-12)
    assert float(logits.grad.abs().max()) == 0


@pytest.mark.parametrize("enabled", [True, False])
def test_it_leaves_the_gradient_mode_alone(enabled):
    with torch.set_grad_enabled(enabled):
        loss = AsymmetricLoss()(torch.zeros(1, 2, requires_grad=True), torch.tensor([[1, 0]]))
        assert torch.is_grad_enabled() == enabled
    assert loss.requires_grad == enabled


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize(
    "targets", [torch.tensor([[1, 0]]), torch.tensor([[1.0, 0.0]]), torch.eye(2)[:1] > 0]
)
def test_half_precision_and_any_type_of_target(dtype, targets):
    value = AsymmetricLoss()(torch.tensor([[0.5, -0.5]], dtype=dtype), targets)
    assert value.dtype == torch.float32
    assert float(value) == pytest.approx(slow.asymmetric([0.5, -0.5], [1, 0]), rel=1e-3)


@pytest.mark.parametrize(
    ("targets", "said"),
    [(torch.tensor([[2, 0]]), "Got 2"), (torch.tensor([0]), "one shape"), (torch.full((1, 2), 0.5), "0.5")],
)
def test_bad_targets_are_refused(targets, said):
    with pytest.raises(BadTarget, match=said):
        AsymmetricLoss()(torch.zeros(1, 2), targets)


@pytest.mark.parametrize(
    "settings", [{"clip": 0.6}, {"gamma_negative": -1}, {"gamma_positive": None}, {"reduction": "all"}]
)
def test_bad_arguments_are_refused(settings):
    with pytest.raises(BadOption, match=next(iter(settings))):
        AsymmetricLoss(**settings)
