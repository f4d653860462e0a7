"""A learnt prior beside a head: its sign, where gradients go, the static vector, pixels, the estimator."""

import copy

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.metrics import balanced_accuracy_score
from torch import nn

from steelyard.deep import MLP, DeepClassifier
from steelyard.deep.heads import CosineHead, LinearHead, TauNormalisedHead, WithNeuralPrior
from steelyard.deep.losses import OneWayLogisticLoss
from steelyard.deep.parameter_groups import parameter_groups
from steelyard.errors import BadOption


def ninety_to_ten(n=2000, seed=0):
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.1).astype(int)
    return (rng.normal(size=(n, 4)) + 1.2 * y[:, None] * [1, 0, 0, 0]).astype(np.float32), y


def filled(head, n_classes=3, dense=False):
    """Sized, with weights of the prior that are not near 0."""
    torch.manual_seed(0)
    own = head.sized(4, n_classes, dense=dense)
    for weights in own.prior.parameters():
        nn.init.normal_(weights)
    return own


@pytest.fixture(scope="module")
def fitted():
    net = DeepClassifier(
        backbone=MLP((16,), dropout=0.0),
        head=WithNeuralPrior(rate=0.1),
        optimizer="sgd",
        learning_rate=0.05,
        weight_decay=2e-4,
        batch_size=64,
        epochs=10,
        random_state=0,
    )
    return net.fit(*ninety_to_ten())


def test_the_frequent_class_has_the_larger_prior_and_balanced_accuracy_rises(fitted):
    new, truth = ninety_to_ten(seed=1)
    head, features = fitted.module_.head, torch.tensor(fitted.features(new))
    with torch.no_grad():
        prior = head.log_prior(features)
    assert float(prior[:, 0].mean()) > float(prior[:, 1].mean())
    uncorrected = fitted.logits(new)
    before = balanced_accuracy_score(truth, uncorrected.argmax(axis=1))
    assert balanced_accuracy_score(truth, fitted.predict(new)) > before + 0.08
    corrected = torch.tensor(uncorrected) - prior
    np.testing.assert_allclose(
        fitted.predict_proba(new), corrected.double().softmax(dim=1).numpy(), atol=1e-5
    )


def test_the_folded_layer_predicts_the_same(fitted):
    new, _ = ninety_to_ten(seed=2)
    plain = copy.deepcopy(fitted.module_)
    plain.head = plain.head.folded()
    with torch.no_grad():
        assert isinstance(plain.head, nn.Linear)
        torch.testing.assert_close(
            plain(torch.tensor(new)), fitted.module_(torch.tensor(new)), atol=1e-5, rtol=1e-5
        )


@pytest.mark.parametrize("detach", [False, True])
def test_the_modules_loss_reaches_the_features_unless_detached(detach):
    head, features = filled(WithNeuralPrior(detach=detach)), torch.randn(6, 4, requires_grad=True)
    _, eta = head.learned(features)
    head.extra_loss(eta, torch.arange(6) % 3).sum().backward()
    assert (features.grad is None or not features.grad.any()) is detach
    assert head.prior.layers.weight.grad.any()
    assert head.classifier.layer.weight.grad is None


def test_the_loss_sees_logits_without_the_correction_and_the_prior_has_none_of_theirs():
    head, features = filled(WithNeuralPrior()), torch.randn(6, 4)
    logits, eta = head.learned(features)
    torch.testing.assert_close(logits, head.classifier(features))
    nn.functional.cross_entropy(logits, torch.arange(6) % 3).backward()
    assert head.prior.layers.weight.grad is None
    assert not torch.allclose(head(features), logits)
    assert eta.shape == (1, 6, 3)


@pytest.mark.parametrize("over_modules", ["sum", "mean"])
def test_the_extra_loss_is_the_one_way_logistic_of_each_item(over_modules):
    head = filled(WithNeuralPrior(n_modules=3, over_modules=over_modules, weight=0.5))
    features, targets = torch.randn(6, 4), torch.tensor([0, 1, 2, -100, 1, 0])
    each = head.extra_loss(head.learned(features)[1], targets)
    expected = OneWayLogisticLoss(reduction="none", modules=over_modules, weight=0.5)
    torch.testing.assert_close(each, expected(head.prior(features), targets))
    assert each[3] == 0


@pytest.mark.parametrize("scale", [1.0, 4.0])
@pytest.mark.parametrize("head", [None, CosineHead(), TauNormalisedHead()])
def test_it_predicts_what_the_head_predicts_minus_the_prior(head, scale):
    own, features = filled(WithNeuralPrior(head, scale=scale, n_modules=2)), torch.randn(6, 4)
    expected = own.classifier(features) - own.prior.log_prior(features) / scale
    torch.testing.assert_close(own(features), expected)


def test_the_first_weights_are_those_of_the_paper():
    torch.manual_seed(0)
    head = WithNeuralPrior().sized(50, 20)
    bound = (6 / 70) ** 0.5
    weights = head.classifier.layer.weight.detach()
    assert 0.98 * bound < float(weights.abs().max()) <= bound
    assert (head.classifier.layer.bias == 0).all()
    assert float(head.prior.layers.weight.detach().std()) == pytest.approx(1e-3, rel=0.1)


def test_the_rate_of_the_modules_is_a_group_of_its_own():
    groups = parameter_groups(filled(WithNeuralPrior(rate=0.1)), 0.5)
    assert [group["lr"] for group in groups] == [0.5, 0.05]
    assert [len(group["params"]) for group in groups] == [2, 2]


def test_pixels_with_ignored_ones():
    head, maps = filled(WithNeuralPrior(scale=2.0), dense=True), torch.randn(2, 4, 5, 6)
    targets = torch.randint(0, 3, (2, 5, 6))
    targets[0, 0] = -100
    logits, eta = head.learned(maps)
    each = head.extra_loss(eta, targets)
    assert logits.shape == (2, 3, 5, 6)
    assert each.shape == targets.shape
    assert (each[0, 0] == 0).all()
    assert (each[1] > 0).all()
    torch.testing.assert_close(head.folded()(maps), head(maps), atol=1e-6, rtol=1e-6)
    nothing = head.extra_loss(eta, torch.full_like(targets, -100)).sum()
    nothing.backward()
    assert not head.prior.layers.weight.grad.any()
    hidden = WithNeuralPrior(hidden=3).sized(4, 3, dense=True)
    assert hidden(maps).shape == (2, 3, 5, 6)
    with pytest.raises(BadOption, match="hidden layer is not linear"):
        hidden.folded()


@pytest.mark.parametrize("dense", [False, True])
def test_the_static_vector_by_a_loop_and_how_to_predict_with_it(dense):
    head = filled(WithNeuralPrior(n_modules=2, scale=2.0), n_classes=4, dense=dense)
    features = torch.randn(3, 4, 5, 6) if dense else torch.randn(30, 4)
    codes = torch.randint(0, 3, (3, 5, 6) if dense else (30,))  # class 3 has no items
    codes.view(-1)[:4] = -100
    vector = head.static_vector(features, codes)
    own = -head.prior(features).detach().mean(dim=0).movedim(1, -1).reshape(-1, 4)
    labels = codes.reshape(-1)
    expected = torch.tensor([float(own[labels == code, code].mean()) for code in range(3)] + [0.0])
    torch.testing.assert_close(vector, expected - expected.mean())
    before = head(features)
    head.fix(vector)
    shape = (1, 4, 1, 1) if dense else (1, 4)
    torch.testing.assert_close(head(features), head.classifier(features) - vector.reshape(shape) / 2)
    assert head.log_prior(features).shape == before.shape
    with pytest.raises(BadOption, match=r"fix\(None\)"):
        head.folded()
    head.fix(None)
    torch.testing.assert_close(head(features), before)


def test_equal_heads_are_told_alike_and_a_net_can_be_cloned():
    assert repr(WithNeuralPrior(LinearHead(), rate=0.1)) == repr(WithNeuralPrior(LinearHead(), rate=0.1))
    net = DeepClassifier(
        backbone=MLP((8,)), head=WithNeuralPrior(n_modules=2), optimizer="sgd", steps=5, random_state=0
    )
    X, y = ninety_to_ten(200)
    one, other = clone(net).fit(X, y), clone(net).fit(X, y)
    np.testing.assert_array_equal(one.predict_proba(X), other.predict_proba(X))


@pytest.mark.parametrize(
    "settings",
    [
        {"head": nn.Linear(2, 2)},
        {"rate": 0.0},
        {"weight": -1.0},
        {"scale": 0.0},
        {"over_modules": "max"},
        {"n_modules": 0},
        {"detach": "yes"},
        {"hidden": 0},
    ],
)
def test_parameters_that_make_no_sense_are_refused_at_once(settings):
    with pytest.raises(BadOption, match="parameter of "):
        WithNeuralPrior(**settings)


def test_what_does_not_fit():
    with pytest.raises(BadOption, match="'hidden' parameter of WithNeuralPrior is for maps"):
        WithNeuralPrior(hidden=4).sized(4, 3)
    with pytest.raises(BadOption, match="without a loss of its own"):
        WithNeuralPrior(WithNeuralPrior()).sized(4, 3).learned(torch.zeros(1, 4))
    with pytest.raises(BadOption, match="Only a LinearHead can be folded"):
        WithNeuralPrior(CosineHead()).sized(4, 3).folded()
