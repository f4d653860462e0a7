import math

import pytest
import torch

from steelyard.deep.losses import LogitAdjusted, RunningLogitAdjusted
from steelyard.errors import BadOption


def labels(*counts):
    return torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts))


def see(loss, targets, k=3):
    return loss(torch.zeros(*targets.shape[:1], k, *targets.shape[1:]), targets)


def test_batches_fade_as_they_grow_old():
    loss = RunningLogitAdjusted(momentum=0.5)
    batches = [labels(8, 0, 0), labels(2, 6, 0), labels(0, 0, 4)]
    seen = [0.0, 0.0, 0.0]
    for targets in batches:
        see(loss, targets)
        seen = [0.5 * old + (targets == c).sum().item() for c, old in enumerate(seen)]
        shares = [(value + 1) / (sum(seen) + 3) for value in seen]
        torch.testing.assert_close(loss.prior(), torch.tensor(shares))


def test_a_batch_is_adjusted_for_with_itself():
    targets = labels(6, 2, 0)
    loss = see(RunningLogitAdjusted(), targets)
    wanted = -sum(math.log((n + 1) / 11) * n for n in (6, 2)) / 8
    assert float(loss) == pytest.approx(wanted, rel=1e-5)


def test_it_comes_to_the_shares_of_the_data():
    torch.manual_seed(0)
    shares = torch.tensor([0.9, 0.09, 0.01])
    loss = RunningLogitAdjusted()
    for _ in range(400):
        see(loss, torch.multinomial(shares, 128, replacement=True))
    torch.testing.assert_close(loss.prior(), shares, rtol=0.2, atol=0.005)
    logits, targets = torch.randn(30, 3), torch.multinomial(shares, 30, replacement=True)
    told = LogitAdjusted().for_counts([900, 90, 10])(logits, targets)
    torch.testing.assert_close(loss.eval()(logits, targets), told, rtol=0.05, atol=0.02)


def test_a_class_never_seen_stays_finite():
    loss = RunningLogitAdjusted(momentum=0.9)
    for _ in range(1000):
        see(loss, labels(10, 0, 0))
    assert bool((loss.prior() > 0).all())
    assert see(loss, labels(0, 0, 1)).isfinite()


def test_it_counts_in_training_only_and_no_ignored_item():
    loss = RunningLogitAdjusted()
    see(loss, torch.tensor([0, 0, 1, -100]))
    assert loss.seen.tolist() == [2, 1, 0]
    see(loss.eval(), labels(0, 0, 50))
    assert loss.seen.tolist() == [2, 1, 0]
    see(loss.train(), torch.full((4,), -100))
    assert loss.seen.tolist() == [2, 1, 0]


def test_of_counts_it_takes_their_number_only():
    loss = RunningLogitAdjusted().for_counts([900, 90, 10])
    assert loss.prior().tolist() == pytest.approx([1 / 3] * 3)
    with pytest.raises(BadOption, match="3 classes, got logits for 2"):
        see(loss, labels(1, 1), k=2)
    with pytest.raises(BadOption, match="no labels yet"):
        RunningLogitAdjusted().prior()


def test_maps_are_counted_pixel_by_pixel():
    loss = RunningLogitAdjusted()
    see(loss, torch.tensor([[[0, 0], [1, -100]], [[2, 2], [2, 0]]]))
    assert loss.seen.tolist() == [3, 1, 3]
