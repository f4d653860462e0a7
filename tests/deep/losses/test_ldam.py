import torch

from steelyard.deep.losses import LDAM, ClassBalanced, CrossEntropy

COUNTS = [5000, 500, 50]


def batch():
    return torch.randn(20, 3), torch.randint(3, (20,))


def test_no_margin_and_scale_one_is_cross_entropy():
    loss = LDAM(max_margin=0.0, scale=1.0).for_counts(COUNTS)
    logits, targets = batch()
    torch.testing.assert_close(loss(logits, targets), CrossEntropy()(logits, targets))


def test_margins_grow_with_rarity_up_to_the_largest():
    margins = LDAM(max_margin=0.4).for_counts([*COUNTS, 0]).margins
    assert margins[0] < margins[1] < margins[2]
    torch.testing.assert_close(margins[2:], torch.tensor([0.4, 0.4]))


def test_only_the_true_class_is_handicapped():
    logits = torch.zeros(1, 3)
    loss = LDAM(scale=1.0).for_counts(COUNTS)
    each = [float(loss(logits, torch.tensor([y]))) for y in range(3)]
    assert float(CrossEntropy()(logits, torch.tensor([0]))) < each[0] < each[1] < each[2]


def test_weights_come_late_and_go_when_training_starts_again():
    logits, targets = batch()
    loss = LDAM(drw_start=0.8).for_counts(COUNTS)
    early = loss(logits, targets)
    loss.begin_pass(0.79)
    assert torch.equal(loss(logits, targets), early)
    loss.begin_pass(0.8)
    weights = ClassBalanced().for_counts(COUNTS).weights
    late = LDAM(drw_start=None, reduction="none").for_counts(COUNTS)(logits, targets)
    torch.testing.assert_close(loss(logits, targets), (weights[targets] * late).mean())
    loss.begin_pass(0.0)
    assert torch.equal(loss(logits, targets), early)


def test_it_can_be_never_or_from_the_start():
    never, always = LDAM(drw_start=None), LDAM(drw_start=0.0)
    never.begin_pass(1.0)
    assert not never.reweighting
    assert always.reweighting
