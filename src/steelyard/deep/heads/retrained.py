"""Classifier re-training: the head is learned twice, the second time with classes equally frequent."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from steelyard.balance.check_parameter import check_number, check_whole
from steelyard.deep.batches.base import Batches
from steelyard.deep.batches.class_aware import ClassAware
from steelyard.deep.heads.base import Head, Learned
from steelyard.deep.heads.linear import LinearHead
from steelyard.errors import BadOption

__all__ = ["RetrainedHead", "SecondStage"]


@dataclass(frozen=True)
class SecondStage:
    """How a head is learned anew once the features stay as they are.

    Parameters
    ----------
    epochs : int
        Passes over the features.
    batches : Batches
        How classes share a batch.
    learning_rate : float
        Of the first batch; it falls along half a cosine.
    momentum, weight_decay : float
    batch_size : int
    """

    epochs: int = 10
    batches: Batches = ClassAware()  # noqa: RUF009 - it holds nothing
    learning_rate: float = 0.1
    momentum: float = 0.9
    weight_decay: float = 5e-4
    batch_size: int = 128


class RetrainedHead(Head):
    """A head that is drawn and learned anew after training, on frozen features and balanced batches (cRT).

    Features learned from the data as they come are good, it is the classifier that leans to frequent
    classes: so it alone is learned again.

    Parameters
    ----------
    head : Head or None, default=None
        The head itself; None is `LinearHead`.
    epochs : int, default=10
        Passes of the second stage.
    batches : Batches or None, default=None
        Of the second stage; None is `ClassAware`.
    learning_rate : float, default=0.1
        Of the second stage.

    Attributes
    ----------
    second_stage : SecondStage
        What the estimator reads once its training is done; see ``steelyard.deep.retraining.retrain``.

    Notes
    -----
    The second stage is SGD with momentum 0.9, a cosine to 0, and cross-entropy. The paper's runs as many
    passes for ImageNet-LT.

    References
    ----------
    Kang, Xie, Rohrbach, Yan, Gordo, Feng and Kalantidis, Decoupling representation and classifier for
    long-tailed recognition, ICLR 2020, section 4.1.

    Examples
    --------
    >>> RetrainedHead(epochs=5).second_stage.epochs
    5
    """

    def __init__(
        self,
        head: Head | None = None,
        *,
        epochs: int = 10,
        batches: Batches | None = None,
        learning_rate: float = 0.1,
    ) -> None:
        super().__init__()
        self.head = head
        self.epochs = epochs
        self.batches = batches
        self.learning_rate = learning_rate
        if head is not None and not isinstance(head, Head):
            raise BadOption(
                f"The 'head' parameter of RetrainedHead must be a Head or None. Got {head!r} instead."
            )
        if batches is not None and not isinstance(batches, Batches):
            raise BadOption(
                "The 'batches' parameter of RetrainedHead must be a batch sampler of steelyard.deep.batches "
                f"or None. Got {batches!r} instead."
            )
        check_whole(self, "epochs")
        check_number(self, "learning_rate", 0, above=True)

    @property
    def second_stage(self) -> SecondStage:
        """Settings of the second stage."""
        return SecondStage(
            epochs=self.epochs,
            batches=ClassAware() if self.batches is None else self.batches,
            learning_rate=self.learning_rate,
        )

    def _build(self, in_features: int, n_classes: int, dense: bool) -> None:
        if dense:
            raise BadOption("RetrainedHead needs one label a row. For maps take another head.")
        self.inner = (LinearHead() if self.head is None else self.head).sized(in_features, n_classes)

    def learned(self, features: torch.Tensor) -> Learned:
        """What the head itself learns from."""
        told: Learned = self.inner.learned(features)
        return told

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Logits of the head itself."""
        logits: torch.Tensor = self.inner(features)
        return logits

    def extra_loss(self, extra: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """That of the head itself."""
        each: torch.Tensor = self.inner.extra_loss(extra, targets)
        return each
