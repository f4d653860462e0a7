"""How many weights a backbone has, by a formula of its own; and what it computes where that can be told."""

import pytest
import torch
from torch import nn

from steelyard.deep.backbones import (
    TCN,
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
from steelyard.errors import BadOption, BadTable


@pytest.fixture(autouse=True)
def draws():
    with seeded(0, torch.device("cpu")):
        yield


def size(module):
    return sum(weights.numel() for weights in module.parameters())


def size_after(backbone, *shape):
    backbone(torch.zeros(shape))
    return size(backbone)


# The published counts, head of ten classes included.
@pytest.mark.parametrize(("depth", "weights"), [(20, 269_722), (32, 464_154), (44, 658_586), (56, 853_018)])
def test_residual_nets_are_as_large_as_published(depth, weights):
    net = build_network(CifarResNet(depth), LinearHead(), torch.zeros(1, 3, 8, 8), 10)
    assert size(net) == weights
    convolutions = [part for part in net.modules() if isinstance(part, nn.Conv2d)]
    assert len(convolutions) + 1 == depth


def test_a_shortcut_takes_every_second_pixel_and_adds_channels_of_zeros():
    backbone = CifarResNet(8, width=2).eval()
    backbone(torch.zeros(1, 1, 8, 8))
    wider = backbone.blocks[1]
    nn.init.zeros_(wider.second.weight)  # leaves the shortcut alone
    maps = torch.rand(1, 2, 5, 5)
    made = wider(maps)
    assert made.shape == (1, 4, 3, 3)
    assert torch.equal(made[:, :2], maps[:, :, ::2, ::2])
    assert not made[:, 2:].any()


def test_convolutions_start_kaiming_normal():
    backbone = CifarResNet(8, width=32)
    backbone(torch.zeros(2, 3, 4, 4))
    weights = backbone.blocks[2].second.weight.detach()
    assert float(weights.std()) == pytest.approx((2 / (9 * weights.shape[1])) ** 0.5, rel=0.02)


@pytest.mark.parametrize(("norm", "norms", "bias"), [("batch", 2, 0), ("layer", 2, 0), (None, 0, 1)])
def test_small_cnn(norm, norms, bias):
    before, expected = 3, 0
    for width in (24, 48, 96):
        expected += 9 * before * width + (norms + bias) * width
        before = width
    assert size_after(SmallCNN(norm=norm), 2, 3, 8, 8) == expected


def test_layer_norm_is_the_same_for_an_image_alone_while_it_learns():
    backbone, images = SmallCNN((4, 5), strides=(1, 2), norm="layer"), torch.rand(3, 2, 6, 6)
    torch.testing.assert_close(backbone(images)[:1], backbone(images[:1]))


def test_unet():
    def double(before, width):
        return 9 * before * width + 9 * width * width + 4 * width

    expected = double(3, 12) + double(12, 24) + double(24, 48)
    expected += (4 * 24 * 12 + 12) + (4 * 48 * 24 + 24) + double(24, 12) + double(48, 24)
    assert size_after(UNet(), 2, 3, 8, 8) == expected


@pytest.mark.parametrize("side", [1, 2, 3, 5, 8, 13])
@pytest.mark.parametrize("levels", [1, 2, 4])
def test_unet_keeps_any_size(side, levels):
    backbone = UNet((2, 3, 4, 5)[:levels]).eval()
    assert backbone(torch.zeros(1, 2, side, 7)).shape == (1, 2, side, 7)


def test_unet_continues_an_odd_image_by_its_edge():
    backbone = UNet((2, 3, 4)).eval()
    image = torch.rand(1, 1, 6, 7)
    whole = torch.cat([image, image[:, :, -1:], image[:, :, -1:]], dim=2)
    whole = torch.cat([whole, whole[:, :, :, -1:]], dim=3)
    torch.testing.assert_close(backbone(image), backbone(whole)[:, :, :6, :7])


def test_unet_sees_far_and_near():
    backbone = UNet((4, 4, 4)).eval()
    image = torch.rand(1, 1, 16, 16, requires_grad=True)
    (gradient,) = torch.autograd.grad(backbone(image)[0, :, 8, 8].abs().sum(), image)
    assert gradient[0, 0, 8, 8] != 0
    assert gradient[0, 0, 1].any()


def test_ft_transformer():
    width, columns, inside = 64, 5, 128
    attention = 3 * width * width + 3 * width + width * width + width
    a_block = attention + 2 * width * inside + inside + width + 4 * width
    expected = 2 * columns * width + width + 2 * a_block + 2 * width
    assert size_after(FTTransformer(), 2, columns) == expected
    smaller = size_after(FTTransformer(feed_forward=32), 2, columns)
    assert expected - smaller == 2 * (inside - 32) * (2 * width + 1)


def test_tokens_are_a_number_times_a_vector_plus_a_vector():
    backbone = FTTransformer(width=4, heads=2).eval()
    rows = torch.randn(3, 2)
    backbone(rows)
    tokens = backbone.tokens(rows).detach()
    weight, bias = backbone.tokens.weight.detach(), backbone.tokens.bias.detach()
    assert tokens.shape == (3, 3, 4)
    for row in range(3):
        assert torch.equal(tokens[row, 0], backbone.tokens.summing)
        for column in range(2):
            expected = rows[row, column] * weight[column] + bias[column]
            torch.testing.assert_close(tokens[row, 1 + column], expected)


def test_a_single_column_is_not_taken_for_all():
    backbone = FTTransformer(width=4, heads=2)
    backbone(torch.zeros(2, 3))
    with pytest.raises(BadOption, match="made for 3 columns, got 1"):
        backbone(torch.zeros(2, 1))


def test_resnet1d():
    def block(before, width):
        convolutions = sum(k * c * width for k, c in zip((7, 5, 3), (before, width, width), strict=True))
        return convolutions + 3 * 2 * width + 2 * width + (before * width if before != width else 0)

    assert size_after(ResNet1D(), 2, 3, 20) == block(3, 64) + block(64, 128) + block(128, 128)


def test_tcn():
    def convolution(before, width):
        return 3 * before * width + 2 * width

    expected = convolution(2, 32) + 7 * convolution(32, 32) + (2 * 32 + 32)
    assert size_after(TCN(), 2, 2, 20) == expected


@pytest.mark.parametrize(("blocks", "kernel"), [(1, 2), (2, 3), (3, 2)])
def test_a_step_depends_on_its_past_as_far_as_is_said(blocks, kernel):
    backbone = TCN(8, blocks=blocks, kernel=kernel).eval()
    length, at = 40, 30
    series = torch.rand(1, 2, length, requires_grad=True)
    backbone.steps(series)
    for part in backbone.modules():  # so that no path ends in a ReLU
        if hasattr(part, "direction"):
            part.direction.data.abs_()
    made = backbone.steps(series)
    (gradient,) = torch.autograd.grad(made[0, :, at].square().sum(), series)
    seen = gradient[0].abs().sum(dim=0).nonzero().flatten().tolist()
    assert seen == list(range(at - backbone.receptive_field + 1, at + 1))


def test_the_future_changes_nothing():
    backbone = TCN(8, blocks=3, dropout=0.0)
    series = torch.randn(2, 3, 50)
    other = series.clone()
    other[:, :, 20:] = 9.0
    one, two = backbone.steps(series), backbone.steps(other)
    assert torch.equal(one[:, :, :20], two[:, :, :20])
    assert not torch.equal(one[:, :, 20], two[:, :, 20])
    assert torch.equal(backbone(series), one[:, :, -1])


def test_weight_norm_is_that_of_torch():
    backbone = TCN(4, blocks=1).eval()
    series = torch.randn(2, 3, 10)
    backbone(series)
    ours = backbone.layers[0].first
    theirs = nn.utils.parametrizations.weight_norm(nn.Conv1d(3, 4, 3))
    with torch.no_grad():
        ours.length.mul_(1.7)
        theirs.parametrizations.weight.original0.copy_(ours.length)
        theirs.parametrizations.weight.original1.copy_(ours.direction)
        theirs.bias.copy_(ours.bias)
    torch.testing.assert_close(ours(series), theirs(nn.functional.pad(series, (2, 0))))


def test_token_mean_is_what_a_loop_computes():
    backbone = TokenMean(9, width=3)
    rows = torch.tensor([[5, 7, 0, 0], [1, 1, 2, 8], [0, 3, 0, 0], [0, 0, 0, 0]])
    made = backbone(rows).detach()
    assert size(backbone) == 27
    vectors = backbone.vectors.weight.detach()
    for row, features in zip(rows.tolist(), made, strict=True):
        tokens = [vectors[token] for token in row if token != 0]
        expected = torch.stack(tokens).mean(dim=0) if tokens else torch.zeros(3)
        torch.testing.assert_close(features, expected)
    torch.testing.assert_close(backbone(rows[:, [2, 0, 3, 1]]), made)  # order is nothing
    assert backbone.reads_tokens


@pytest.mark.parametrize(
    ("rows", "error", "message"),
    [
        (torch.tensor([[1, 9]]), BadTable, "ids from 0 to 8, got ids from 1 to 9"),
        (torch.tensor([[-1, 3]]), BadTable, "got ids from -1 to 3"),
        (torch.tensor([[1.0, 3.0]]), BadOption, "got numbers of type torch.float32"),
    ],
)
def test_what_is_no_token_is_refused(rows, error, message):
    with pytest.raises(error, match=message):
        TokenMean(9)(rows)
