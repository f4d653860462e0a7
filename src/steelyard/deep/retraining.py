"""The second stage of classifier re-training: a head learned anew on features that stay as they are."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional

from steelyard.deep.devices import seeded
from steelyard.deep.heads.retrained import RetrainedHead
from steelyard.deep.parameter_groups import parameter_groups
from steelyard.errors import BadOption
from steelyard.kernels.rng import int_seed

__all__ = ["retrain"]


def retrain(head: RetrainedHead, features: torch.Tensor, codes: Any, *, seed: int, n_classes: int) -> None:
    """Draw the weights of a head anew and train it in place, as its ``second_stage`` says.

    Parameters
    ----------
    head : RetrainedHead
        Sized.
    features : tensor of shape (n, d)
        On the device of the head.
    codes : array or tensor of int, shape (n,)
    seed : int
    n_classes : int

    Raises
    ------
    BadOption
        Training diverges.

    Examples
    --------
    >>> features = torch.tensor([[1.0, 0.0]] * 90 + [[0.0, 1.0]] * 10)
    >>> head = RetrainedHead(epochs=30).sized(in_features=2, n_classes=2)
    >>> retrain(head, features, [0] * 90 + [1] * 10, seed=0, n_classes=2)
    >>> head(torch.eye(2)).argmax(dim=1).tolist()
    [0, 1]
    """
    stage, labels = head.second_stage, torch.as_tensor(codes, device=features.device)
    with seeded(int_seed(seed, "second stage"), features.device):
        head.load_state_dict(head.sized(features.shape[1], n_classes).state_dict())
        drawn = stage.batches.over(
            labels.cpu().numpy(), stage.batch_size, seed=int_seed(seed, "batches"), passes=stage.epochs
        )
        optimizer = torch.optim.SGD(
            parameter_groups(head, stage.learning_rate),
            momentum=stage.momentum,
            weight_decay=stage.weight_decay,
        )
        falling = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, stage.epochs * len(drawn))
        head.train()
        for _ in range(stage.epochs):
            for rows in drawn:
                told = head.learned(features[rows])
                logits, extra = told if isinstance(told, tuple) else (told, None)
                loss = functional.cross_entropy(logits, labels[rows])
                if extra is not None:
                    loss = loss + head.extra_loss(extra, labels[rows]).mean()
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                falling.step()
    head.eval().zero_grad()
    if not all(bool(weights.isfinite().all()) for weights in head.parameters()):
        raise BadOption(
            "The second stage diverged. Lower the learning_rate of RetrainedHead "
            f"(it is {stage.learning_rate:g})."
        )
