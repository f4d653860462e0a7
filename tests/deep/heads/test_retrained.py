"""Classifier re-training: the second stage lifts the tail, draws anew, and gives equal bits."""

import numpy as np
import pytest
import torch

from steelyard.deep.batches import ClassAware, SquareRoot
from steelyard.deep.heads import CosineHead, LinearHead, RetrainedHead, WithNeuralPrior
from steelyard.deep.retraining import retrain
from steelyard.errors import BadOption


@pytest.fixture
def tail():
    rng = np.random.default_rng(0)
    codes = np.arange(3).repeat([900, 80, 20])
    features = torch.tensor(rng.normal(size=(1000, 6)) + 1.2 * np.eye(6)[codes], dtype=torch.float32)
    return features, codes


def recalls(head, features, codes):
    with torch.no_grad():
        told = head(features).argmax(dim=1).numpy()
    return np.array([(told[codes == code] == code).mean() for code in range(3)])


def test_the_second_stage_lifts_the_tail(tail):
    features, codes = tail
    head = RetrainedHead(epochs=20).sized(6, 3)
    optimizer = torch.optim.SGD(head.parameters(), lr=0.5, momentum=0.9)
    for _ in range(100):
        loss = torch.nn.functional.cross_entropy(head.learned(features), torch.tensor(codes))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    before = recalls(head, features, codes)
    retrain(head, features, codes, seed=0, n_classes=3)
    after = recalls(head, features, codes)
    assert after.mean() > before.mean() + 0.15
    assert after[2] > before[2] + 0.3


def test_it_starts_anew_from_its_seed_and_leaves_torchs_stream_alone(tail):
    features, codes = tail
    one, other = RetrainedHead(epochs=2).sized(6, 3), RetrainedHead(epochs=2).sized(6, 3)
    torch.nn.init.constant_(other.inner.layer.weight, 9.0)  # forgotten
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    for head in (one, other):
        retrain(head, features, codes, seed=3, n_classes=3)
    assert torch.rand(1) == expected
    assert torch.equal(one.inner.layer.weight, other.inner.layer.weight)
    again = RetrainedHead(epochs=2).sized(6, 3)
    retrain(again, features, codes, seed=4, n_classes=3)
    assert not torch.equal(one.inner.layer.weight, again.inner.layer.weight)


@pytest.mark.parametrize("inner", [LinearHead(), CosineHead(learn_scale=True), WithNeuralPrior()])
def test_any_head_can_be_learned_twice(tail, inner):
    features, codes = tail
    head = RetrainedHead(inner, epochs=3).sized(6, 3)
    told = head.learned(features)
    assert isinstance(told, tuple) is isinstance(inner, WithNeuralPrior)
    torch.testing.assert_close(head(features), head.inner(features))
    retrain(head, features, codes, seed=0, n_classes=3)
    assert torch.isfinite(head(features)).all()
    assert all(weights.grad is None for weights in head.parameters())


def test_what_the_estimator_reads():
    stage = RetrainedHead(epochs=7, batches=SquareRoot(), learning_rate=0.2).second_stage
    assert (stage.epochs, type(stage.batches), stage.learning_rate) == (7, SquareRoot, 0.2)
    assert type(RetrainedHead().second_stage.batches) is ClassAware
    assert repr(RetrainedHead(epochs=7)) == repr(RetrainedHead(epochs=7))


def test_a_second_stage_that_diverges_says_so(tail):
    features, codes = tail
    head = RetrainedHead(learning_rate=1e30, epochs=3).sized(6, 3)
    with pytest.raises(BadOption, match="Lower the learning_rate of RetrainedHead"):
        retrain(head, features * 1e20, codes, seed=0, n_classes=3)


@pytest.mark.parametrize(
    "settings",
    [{"head": torch.nn.Linear(2, 2)}, {"batches": "balanced"}, {"epochs": 0}, {"learning_rate": 0}],
)
def test_parameters_that_make_no_sense(settings):
    with pytest.raises(BadOption, match="parameter of RetrainedHead"):
        RetrainedHead(**settings)


def test_maps_are_not_for_it():
    with pytest.raises(BadOption, match="one label a row"):
        RetrainedHead().sized(4, 3, dense=True)
