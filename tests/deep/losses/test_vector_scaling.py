import torch

from steelyard.deep.losses import CrossEntropy, VectorScaling


def test_no_shift_and_no_stretch_is_cross_entropy():
    logits, targets = torch.randn(20, 3), torch.randint(3, (20,))
    loss = VectorScaling(tau=0.0, gamma=0.0).for_counts([5000, 500, 50])
    torch.testing.assert_close(loss(logits, targets), CrossEntropy()(logits, targets))


def test_stretch_pushes_rare_logits_farther():
    """Where frequent classes need z, rare ones need z (n_max / n)^gamma for the same loss."""
    loss = VectorScaling(tau=0.0, gamma=0.5).for_counts([400, 100])
    assert loss.stretch.tolist() == [1.0, 0.5]
    head = loss(torch.tensor([[3.0, 0.0]]), torch.tensor([0]))
    tail = loss(torch.tensor([[0.0, 6.0]]), torch.tensor([1]))
    torch.testing.assert_close(head, tail)
