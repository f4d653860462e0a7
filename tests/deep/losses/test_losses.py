"""What every loss promises, whatever its formula."""

from copy import deepcopy
from pickle import dumps, loads

import joblib
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

import slow_losses as slow
from steelyard.deep.losses import (
    LDAM,
    BalancedSoftmax,
    ClassBalanced,
    CrossEntropy,
    Focal,
    LogitAdjusted,
    OneWayLogisticLoss,
    RunningLogitAdjusted,
    VectorScaling,
)
from steelyard.errors import BadOption, BadTarget

COUNTS = [400, 60, 7, 0]
K = len(COUNTS)


def reweighted():
    loss = LDAM()
    loss.begin_pass(1.0)
    return loss


def uniform(z, y, counts):
    """The running prior before any batch: all classes alike."""
    return slow.cross_entropy(z, y)


CASES = {
    "cross-entropy": (CrossEntropy, slow.cross_entropy),
    "focal": (Focal, slow.focal),
    "focal weighted": (
        lambda: Focal(gamma=0.5, class_weight=[1, 2, 3, 0]),
        lambda z, y, n: slow.focal(z, y, gamma=0.5, class_weight=[1, 2, 3, 0]),
    ),
    "class-balanced": (ClassBalanced, slow.class_balanced),
    "class-balanced focal": (
        lambda: ClassBalanced(Focal(), beta=0.9),
        lambda z, y, n: slow.class_balanced(z, y, n, beta=0.9, inner=slow.focal),
    ),
    "class-balanced balanced softmax": (
        lambda: ClassBalanced(BalancedSoftmax()),
        lambda z, y, n: slow.class_balanced(z, y, n, inner=slow.balanced_softmax),
    ),
    "ldam": (LDAM, slow.ldam),
    "ldam drw": (reweighted, slow.ldam_drw),
    "logit-adjusted": (LogitAdjusted, slow.logit_adjusted),
    "logit-adjusted tau": (
        lambda: LogitAdjusted(tau=1.5),
        lambda z, y, n: slow.logit_adjusted(z, y, n, tau=1.5),
    ),
    "balanced softmax": (BalancedSoftmax, slow.balanced_softmax),
    "vector scaling": (VectorScaling, slow.vector_scaling),
    "one-way logistic": (OneWayLogisticLoss, slow.one_way_logistic),
    "running": (lambda: RunningLogitAdjusted().eval(), uniform),
}
NEED_COUNTS = ["class-balanced", "ldam", "logit-adjusted", "balanced softmax", "vector scaling"]

every = pytest.mark.parametrize(("make", "twin"), CASES.values(), ids=CASES)


def batch(n, seed=0, dtype=torch.float64):
    draws = torch.Generator().manual_seed(seed)
    logits = 3 * torch.randn(n, K, generator=draws, dtype=dtype)
    return logits, torch.randint(K, (n,), generator=draws)


def dense(ignored=-100):
    logits, targets = batch(2 * 3 * 5)
    maps = logits.reshape(2, 3, 5, K).movedim(3, 1).contiguous()
    targets = targets.reshape(2, 3, 5)
    targets[0, 1] = ignored
    targets[1, :, 2] = ignored
    return maps, targets


def bound(make):
    return make().for_counts(COUNTS)


def none(loss):
    """The same loss, one number an item."""
    loss = deepcopy(loss)
    loss.reduction = "none"
    return loss


@every
def test_equals_its_formula(make, twin):
    logits, targets = batch(40)
    wanted = [twin(z, y, COUNTS) for z, y in zip(logits.tolist(), targets.tolist(), strict=True)]
    each = bound(make).per_item(logits, targets)
    torch.testing.assert_close(each, torch.tensor(wanted, dtype=torch.float64), rtol=1e-5, atol=1e-6)


@every
def test_maps_are_items_and_ignored_pixels_are_nothing(make, twin):
    logits, targets = dense(ignored=9)
    loss = bound(make)
    loss.ignore_index = 9
    each = loss.per_item(logits, targets)
    assert each.shape == targets.shape
    total, counted = 0.0, 0
    for place in torch.cartesian_prod(*map(torch.arange, targets.shape)).tolist():
        image, row, column = place
        if targets[image, row, column] == 9:
            assert each[image, row, column] == 0
            continue
        counted += 1
        value = twin(logits[image, :, row, column].tolist(), int(targets[image, row, column]), COUNTS)
        assert float(each[image, row, column]) == pytest.approx(value, rel=1e-5, abs=1e-6)
        total += value
    assert float(loss(logits, targets)) == pytest.approx(total / counted, rel=1e-5)


@every
def test_reductions(make, twin):
    logits, targets = dense()
    loss = bound(make)
    each = none(loss)(logits, targets)
    torch.testing.assert_close(loss(logits, targets), each.sum() / (targets != -100).sum())
    loss.reduction = "sum"
    torch.testing.assert_close(loss(logits, targets), each.sum())


@every
def test_its_gradient_is_its_slope(make, twin):
    logits, targets = dense()
    loss = bound(make).double()
    assert torch.autograd.gradcheck(lambda z: loss(z, targets), logits.requires_grad_())


@every
def test_nothing_counted_is_a_zero_with_a_graph(make, twin):
    logits, targets = dense()
    logits = logits.requires_grad_()
    value = bound(make)(logits, torch.full_like(targets, -100))
    value.backward()
    assert value.item() == 0
    assert not logits.grad.any()


@every
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_computed_in_single(make, twin, dtype):
    logits, targets = batch(30, dtype=torch.float32)
    narrow = logits.to(dtype)
    value = bound(make)(narrow, targets)
    assert value.dtype == torch.float32
    torch.testing.assert_close(value, bound(make)(narrow.float(), targets))


@every
def test_a_sure_net_leaves_finite_numbers(make, twin):
    logits = torch.tensor([[80.0, -80, 0, 0], [-80, 80, 0, 0], [80, -80, 0, 0]], requires_grad=True)
    value = bound(make)(logits, torch.tensor([0, 0, 3]))
    value.backward()
    assert value.isfinite()
    assert logits.grad.isfinite().all()


@every
@pytest.mark.parametrize(
    ("targets", "said"),
    [
        (torch.tensor([0, K]), f"classes 0 to {K - 1}"),
        (torch.tensor([-1, 0]), "classes 0"),
        (torch.tensor([0, 1, 2]), "shape"),
        (torch.tensor([0.0, 1.0]), "whole numbers"),
    ],
)
def test_bad_targets_are_refused(make, twin, targets, said):
    with pytest.raises(BadTarget, match=said):
        bound(make)(torch.zeros(2, K), targets)


@pytest.mark.parametrize("name", NEED_COUNTS)
def test_counts_are_asked_for(name):
    make, _ = CASES[name]
    with pytest.raises(BadOption, match="for_counts"):
        make()(torch.zeros(2, K), torch.tensor([0, 1]))
    with pytest.raises(BadOption, match="told of 2 classes, got logits for 4"):
        make().for_counts([5, 5])(torch.zeros(2, K), torch.tensor([0, 1]))


@every
def test_binding_leaves_the_loss_as_it_was(make, twin):
    loss = make()
    bound_to, other = loss.for_counts(COUNTS), loss.for_counts([1, 1, 1, 97])
    assert not list(loss.buffers())
    logits, targets = batch(20)
    assert torch.equal(bound_to(logits, targets), bound(make)(logits, targets))
    again = bound_to.for_counts([1, 1, 1, 97])
    torch.testing.assert_close(again(logits, targets), other(logits, targets))


@every
def test_pickled_and_loaded_it_is_the_same(make, twin):
    logits, targets = batch(20)
    loss = bound(make)
    copy = make().for_counts([1] * K)
    copy.load_state_dict(loss.state_dict())
    assert torch.equal(loads(dumps(loss))(logits, targets), loss(logits, targets))
    assert torch.equal(copy(logits, targets), loss(logits, targets))


@every
@settings(deadline=None, max_examples=15)
@given(data=st.data())
def test_any_batch_equals_the_formula(make, twin, data):
    n = data.draw(st.integers(1, 5))
    counts = data.draw(st.lists(st.integers(0, 10**6), min_size=K, max_size=K).filter(any))
    number = st.floats(-20, 20).map(lambda value: round(value, 3))
    rows = data.draw(st.lists(st.lists(number, min_size=K, max_size=K), min_size=n, max_size=n))
    labels = data.draw(st.lists(st.integers(0, K - 1), min_size=n, max_size=n))
    loss = make().for_counts(counts)
    each = loss.per_item(torch.tensor(rows, dtype=torch.float64), torch.tensor(labels))
    wanted = [twin(z, y, counts) for z, y in zip(rows, labels, strict=True)]
    torch.testing.assert_close(each, torch.tensor(wanted, dtype=torch.float64), rtol=1e-4, atol=1e-4)


@every
def test_unbound_it_is_hashed_alike_in_every_process(make, twin):
    """Tensors are not: their bytes are found anew under another name."""
    assert joblib.hash(make()) == joblib.hash(make()) == joblib.hash(loads(dumps(make())))


def test_other_arguments_are_another_hash():
    losses = [Focal(), Focal(gamma=1.0), Focal(class_weight=[1, 2]), Focal(class_weight=[1, 3]), LDAM()]
    priors = [LogitAdjusted(), LogitAdjusted(log_prior=[0.0, 1.0]), LogitAdjusted(log_prior=[0.0, 2.0])]
    assert len({joblib.hash(loss) for loss in losses + priors}) == 8
    as_array = LogitAdjusted(log_prior=torch.tensor([0.0, 1.0]))
    assert joblib.hash(as_array) == joblib.hash(priors[1])


@every
def test_training_with_it_learns_head_and_tail(make, twin):
    if make is OneWayLogisticLoss:
        pytest.skip("teaches a prior, not classes")
    torch.manual_seed(0)
    counts = [60, 20, 5, 2]
    targets = torch.repeat_interleave(torch.arange(K), torch.tensor(counts))
    rows = torch.eye(K)[targets] + 0.1 * torch.randn(len(targets), K)
    layer = nn.Linear(K, K)
    loss = make().for_counts(counts)
    descent = torch.optim.Adam(layer.parameters(), lr=0.1)
    for _ in range(200):
        descent.zero_grad()
        loss(layer(rows), targets).backward()
        descent.step()
    weighted = getattr(loss, "class_weight", None) or [1] * K
    told = torch.tensor([weighted[y] > 0 for y in targets.tolist()])
    assert bool((layer(rows).argmax(dim=1) == targets)[told].all())


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Focal(gamma=-1), "'gamma' parameter of Focal"),
        (lambda: Focal(gamma=True), "'gamma'"),
        (lambda: Focal(class_weight=[1, -1]), "'class_weight'"),
        (lambda: Focal(class_weight="balanced"), "'class_weight'"),
        (lambda: Focal(class_weight=[[1, 2]]), "'class_weight'"),
        (lambda: Focal(class_weight=[]), "'class_weight'"),
        (lambda: Focal(reduction="max"), "'reduction'"),
        (lambda: ClassBalanced(beta=1), "'beta' parameter of ClassBalanced"),
        (lambda: ClassBalanced(nn.CrossEntropyLoss()), "'loss'"),
        (lambda: LDAM(max_margin=-0.1), "'max_margin'"),
        (lambda: LDAM(scale=0), "'scale'"),
        (lambda: LDAM(drw_start=1.5), "'drw_start'"),
        (lambda: LogitAdjusted(tau=float("nan")), "'tau'"),
        (lambda: LogitAdjusted(log_prior=[0, -torch.inf]), "'log_prior'"),
        (lambda: RunningLogitAdjusted(momentum=1), "'momentum'"),
        (lambda: VectorScaling(gamma=-0.1), "'gamma'"),
        (lambda: OneWayLogisticLoss(modules="max"), "'modules'"),
        (lambda: OneWayLogisticLoss(weight=-1), "'weight'"),
        (lambda: CrossEntropy().for_counts([0, 0]), "Counts"),
    ],
)
def test_bad_arguments_are_refused(make, said):
    with pytest.raises(BadOption, match=said):
        make()
