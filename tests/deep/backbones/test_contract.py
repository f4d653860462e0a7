"""What holds for every backbone: shapes, sizes, draws, copies, and what is refused."""

import pickle
from copy import deepcopy

import joblib
import numpy as np
import pytest
import torch
from torch import nn

from steelyard.deep import DeepClassifier, backbones
from steelyard.deep.backbones import (
    MLP,
    TCN,
    Backbone,
    CifarResNet,
    FTTransformer,
    ResNet1D,
    SmallCNN,
    TokenMean,
    UNet,
)
from steelyard.deep.devices import seeded
from steelyard.deep.heads.linear import LinearHead
from steelyard.deep.network import build_network
from steelyard.errors import BadOption

CPU = torch.device("cpu")
WORDS = 30


@pytest.fixture(autouse=True)
def draws():
    with seeded(0, CPU):
        yield


def numbers(*shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0))


def ids(*shape):
    return torch.randint(0, WORDS, shape, generator=torch.Generator().manual_seed(0))


# Backbone; rows of several shapes; shape of its features without n, None where it is that of the image.
ALL = [
    (MLP((6, 5)), [numbers(4, 7), numbers(3, 2, 4, 3)], (5,)),
    (FTTransformer(width=8, heads=2), [numbers(4, 7), numbers(3, 1)], (8,)),
    (
        CifarResNet(8, width=4),
        [numbers(2, 3, 32, 32), numbers(3, 1, 28, 28), numbers(2, 5, 9, 17), numbers(2, 1, 1, 1)],
        (16,),
    ),
    (
        SmallCNN((4, 6), strides=(1, 3)),
        [numbers(2, 3, 32, 32), numbers(3, 1, 16, 16), numbers(2, 2, 5, 1)],
        (6,),
    ),
    (
        UNet((3, 4, 5)),
        [numbers(2, 3, 16, 16), numbers(2, 1, 17, 10), numbers(3, 2, 1, 5), numbers(3, 1, 3, 3)],
        None,
    ),
    (ResNet1D((4, 6), kernels=(5, 3)), [numbers(3, 2, 40), numbers(2, 1, 187), numbers(4, 3, 1)], (6,)),
    (TCN(6, blocks=2), [numbers(3, 2, 40), numbers(2, 1, 187), numbers(4, 3, 1)], (6,)),
    (TokenMean(WORDS, width=5), [ids(3, 6), ids(2, 1)], (5,)),
]
every = pytest.mark.parametrize(("backbone", "all_rows", "features"), ALL, ids=[repr(b) for b, _, _ in ALL])


def met(backbone, rows, seed=0):
    with seeded(seed, CPU):
        own = deepcopy(backbone)
        own(rows)
    return own


def test_none_is_forgotten():
    kinds = {getattr(backbones, name) for name in backbones.__all__} - {Backbone}
    assert {type(backbone) for backbone, _, _ in ALL} == kinds


@every
def test_features_have_one_shape_whatever_the_rows(backbone, all_rows, features):
    for rows in all_rows:
        expected = (3, *rows.shape[2:]) if features is None else features
        assert backbone.dense == (features is None)
        for own in (deepcopy(backbone), deepcopy(backbone).eval()):
            made = own(rows)
            assert made.shape == (len(rows), *expected)
            assert made.dtype == torch.float32
            assert bool(torch.isfinite(made).all())
            assert all(part.training == own.training for part in own.modules())


@every
def test_a_gradient_reaches_every_weight(backbone, all_rows, features):
    own = met(backbone, all_rows[0])
    own.zero_grad()
    made = own(all_rows[0])
    (made * numbers(*made.shape)).sum().backward()
    for name, weights in own.named_parameters():
        assert weights.grad is not None, name
        assert bool(weights.grad.any()), name


@every
def test_it_can_learn_even_where_it_met_its_first_rows_in_inference_mode(backbone, all_rows, features):
    own = deepcopy(backbone).eval()
    with torch.inference_mode():
        own(all_rows[0])
    own.train()(all_rows[0]).sum().backward()
    assert all(weights.requires_grad and weights.grad is not None for weights in own.parameters())


@every
def test_equal_seeds_give_equal_weights_and_others_others(backbone, all_rows, features):
    rows = all_rows[0]
    one, two, other = met(backbone, rows), met(backbone, rows), met(backbone, rows, seed=1)
    for weights, again in zip(one.parameters(), two.parameters(), strict=True):
        assert torch.equal(weights, again)
    assert any(not torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))


@every
def test_whether_it_met_rows_before_does_not_matter_to_a_net(backbone, all_rows, features):
    """All weights are drawn anew: none is left from before, and as many numbers are drawn."""

    def built(own, seed):
        with seeded(seed, CPU):
            return build_network(own, LinearHead(), all_rows[0], 3, dense=features is None).state_dict()

    before = met(backbone, all_rows[0], seed=5)
    with torch.no_grad():
        for weights in before.parameters():
            weights.fill_(7.0)
    fresh, again = built(backbone, 0), built(before, 0)
    assert fresh.keys() == again.keys()
    for name, weights in fresh.items():
        if "running" not in name and "num_batches" not in name:  # the net's own learning moves these
            assert torch.equal(weights, again[name]), name


@every
def test_it_draws_nothing_before_it_meets_rows(backbone, all_rows, features):
    state = torch.random.get_rng_state()
    deepcopy(backbone)
    pickle.loads(pickle.dumps(backbone))
    assert torch.equal(state, torch.random.get_rng_state())
    assert not list(backbone.parameters())


@every
def test_before_it_meets_rows_it_is_its_arguments(backbone, all_rows, features):
    alike = eval(repr(backbone), vars(backbones))
    assert repr(alike) == repr(backbone)
    assert pickle.dumps(alike) == pickle.dumps(deepcopy(backbone))
    assert joblib.hash(alike) == joblib.hash(pickle.loads(pickle.dumps(backbone)))


@every
def test_once_it_met_rows_it_keeps_its_weights(backbone, all_rows, features):
    own, rows = met(backbone, all_rows[0]).eval(), all_rows[0]
    for again in (deepcopy(own), pickle.loads(pickle.dumps(own))):
        assert torch.equal(again(rows), own(rows))


@every
def test_after_training_a_row_has_its_features_whatever_else_is_there(backbone, all_rows, features):
    own, rows = met(backbone, all_rows[0]).eval(), all_rows[0]
    whole = own(rows)
    assert torch.equal(own(rows), whole)
    torch.testing.assert_close(own(rows[1:2]), whole[1:2], rtol=1e-4, atol=1e-5)


@every
def test_mixed_precision(backbone, all_rows, features):
    own = met(backbone, all_rows[0]).eval()
    exact = own(all_rows[0])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        made = own(all_rows[0])
        own.train()(all_rows[0]).float().square().sum().backward()
    torch.testing.assert_close(made.float(), exact, rtol=0.1, atol=0.1)
    assert all(bool(torch.isfinite(weights.grad).all()) for weights in own.parameters())


@every
def test_rows_of_other_dimensions_are_refused(backbone, all_rows, features):
    if isinstance(backbone, MLP):
        return  # which reads any
    expected = ", ".join(backbone.axes)
    rows = all_rows[0][..., None]
    with pytest.raises(BadOption) as refused:
        deepcopy(backbone)(rows)
    message = str(refused.value)
    assert f"{type(backbone).__name__} reads rows of shape ({expected}), got rows of shape" in message
    assert str(tuple(rows.shape)) in message
    with pytest.raises(BadOption, match="reads rows of shape"):
        build_network(backbone, LinearHead(), rows, 3)


REFUSED = [
    (CifarResNet, {"depth": 30}),
    (CifarResNet, {"depth": 2}),
    (CifarResNet, {"depth": 20.0}),
    (CifarResNet, {"width": 0}),
    (SmallCNN, {"widths": ()}),
    (SmallCNN, {"widths": "24"}),
    (SmallCNN, {"widths": 24}),
    (SmallCNN, {"strides": (1, 2)}),
    (SmallCNN, {"strides": (1, 2, 0)}),
    (SmallCNN, {"norm": "group"}),
    (UNet, {"widths": (4, 0)}),
    (UNet, {"widths": (4, True)}),
    (FTTransformer, {"width": 10, "heads": 3}),
    (FTTransformer, {"blocks": 0}),
    (FTTransformer, {"dropout": 1.0}),
    (FTTransformer, {"dropout": "x"}),
    (FTTransformer, {"feed_forward": 0}),
    (ResNet1D, {"kernels": (8, 5, 3)}),
    (ResNet1D, {"widths": [None]}),
    (TCN, {"kernel": 1}),
    (TCN, {"blocks": 0}),
    (TCN, {"dropout": -0.1}),
    (TokenMean, {"vocabulary": 1}),
    (TokenMean, {"vocabulary": 9, "width": 2.5}),
]


@pytest.mark.parametrize(("kind", "settings"), REFUSED)
def test_what_makes_no_sense_is_refused(kind, settings):
    with pytest.raises(BadOption, match=f"parameter of {kind.__name__} must be"):
        kind(**settings)


def test_blocks_do_not_start_alike():
    own = met(FTTransformer(width=8, heads=2, blocks=2), numbers(4, 3))
    first, second = own.layers
    assert isinstance(first, nn.TransformerEncoderLayer)
    assert not torch.equal(first.linear1.weight, second.linear1.weight)


@every
def test_it_serves_the_estimator(backbone, all_rows, features):
    rows = torch.cat([all_rows[0]] * 6).numpy()
    classes = np.arange(len(rows)) % 2
    if features is None:
        return  # maps are for the segmenter
    model = DeepClassifier(backbone=backbone, steps=2, batch_size=8, random_state=0).fit(rows, classes)
    assert model.features(rows).shape == (len(rows), *features)
    again = DeepClassifier(backbone=backbone, steps=2, batch_size=8, random_state=0).fit(rows, classes)
    np.testing.assert_array_equal(model.predict_proba(rows), again.predict_proba(rows))
