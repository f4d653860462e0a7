"""Prior estimation where the answer is known: classes whose features are one point each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from steelyard.deep.devices import seeded
from steelyard.deep.heads.neural_prior import NeuralPrior
from steelyard.deep.losses.one_way_logistic import OneWayLogisticLoss
from steelyard.deep.optimizers import OPTIMIZERS, optimizer_settings
from steelyard.kernels.neural_prior_closed_form import neural_prior_closed_form, with_ones
from steelyard.kernels.neural_prior_theory import own_log_prior_in_flow
from steelyard.kernels.prior_fit import PriorFit, prior_fit
from steelyard.kernels.rng import int_seed

__all__ = ["Correction", "KnownAnswer"]

CPU = torch.device("cpu")


class Correction(NamedTuple):
    """Log prior of the largest class minus that of the smallest, at three points.

    Parameters
    ----------
    at_head, at_midpoint, at_tail : float
        At the mean of the largest class, half way, and at the mean of the smallest.
    """

    at_head: float
    at_midpoint: float
    at_tail: float


@dataclass(frozen=True)
class KnownAnswer:
    """A long tail of classes with fixed features, and what prior estimation makes of it.

    Parameters
    ----------
    n_classes : int, default=10
    most : int, default=5000
        Rows of the largest class.
    ratio : float, default=100
        Rows of the largest class for each of the smallest; the counts fall exponentially.
    norm_head, norm_tail : float, default=20
        Squared length of the features of the largest and the smallest class; those between lie on an
        exponential.
    cosine : float, default=0
        Between the features of any two classes.

    Examples
    --------
    >>> KnownAnswer().at_rest(weight_decay=2e-4).slope > 0.85
    True
    """

    n_classes: int = 10
    most: int = 5000
    ratio: float = 100.0
    norm_head: float = 20.0
    norm_tail: float = 20.0
    cosine: float = 0.0

    @property
    def counts(self) -> NDArray[np.int64]:
        """Rows of each class, shape (k,)."""
        return np.floor(self.most * self.ratio ** -self._steps()).astype(np.int64)

    @property
    def shares(self) -> NDArray[np.float64]:
        """Share of each class, shape (k,)."""
        return np.asarray(self.counts / self.counts.sum())

    @property
    def means(self) -> NDArray[np.float64]:
        """Features of each class, shape (k, k)."""
        lengths = np.sqrt(self.norm_head * (self.norm_tail / self.norm_head) ** self._steps())
        angles = np.full((self.n_classes, self.n_classes), self.cosine)
        np.fill_diagonal(angles, 1.0)
        values, vectors = np.linalg.eigh(angles)
        return lengths[:, None] * (vectors * np.sqrt(values.clip(min=0))) @ vectors.T

    def _steps(self) -> NDArray[np.float64]:
        return np.linspace(0.0, 1.0, self.n_classes)

    def in_flow(self, time: float) -> PriorFit:
        """Gradient flow without weight decay for so long, by formula; see `own_log_prior_in_flow`."""
        norms = np.square(with_ones(self.means)).sum(axis=1)
        return prior_fit(own_log_prior_in_flow(self.shares, norms, time), self.counts)

    def at_rest(self, weight_decay: float) -> PriorFit:
        """Where weight decay and loss are at balance, by `neural_prior_closed_form`."""
        own = -np.einsum("ij,ij->i", with_ones(self.means), self._theta(weight_decay))
        return prior_fit(own, self.counts)

    def correction(self, weight_decay: float) -> Correction:
        """What the modules at rest take off the largest class against the smallest; log ``ratio`` is true."""
        theta, head, tail = self._theta(weight_decay), self.means[0], self.means[-1]
        points = with_ones(np.stack([head, (head + tail) / 2, tail]))
        eta = points @ theta.T
        return Correction(*(eta[:, -1] - eta[:, 0]).tolist())

    def learned(
        self,
        *,
        optimizer: str = "sgd",
        learning_rate: float = 0.1,
        momentum: float = 0.9,
        weight_decay: float = 0.0,
        epochs: int = 20,
        batch_size: int = 128,
        random_state: int = 0,
    ) -> PriorFit:
        """What the module learns from batches of rows, as a net would train it.

        Parameters
        ----------
        optimizer : {"sgd", "adam", "adamw"}
            The last two bring every weight's steps to one size, and so lose most of the prior.
        learning_rate, momentum, weight_decay : float
        epochs : int
            Passes over the rows.
        batch_size : int
            What does not fill the last batch of a pass is left out.
        random_state : int
        """
        means = torch.tensor(self.means, dtype=torch.float32)
        codes = torch.arange(self.n_classes).repeat_interleave(torch.tensor(self.counts))
        loss_of = OneWayLogisticLoss()
        with seeded(int_seed(random_state, "known answer"), CPU):
            module = NeuralPrior(self.n_classes, self.n_classes)
            steps = OPTIMIZERS[optimizer](
                module.parameters(),
                **optimizer_settings(
                    optimizer,
                    CPU,
                    learning_rate=learning_rate,
                    weight_decay=weight_decay,
                    momentum=momentum,
                ),
            )
            for _ in range(epochs):
                for labels in codes[torch.randperm(len(codes))].split(batch_size):
                    if len(labels) < batch_size:
                        continue
                    loss = loss_of(module(means[labels]), labels)
                    steps.zero_grad()
                    loss.backward()
                    steps.step()
            with torch.no_grad():
                own = -module(means).mean(dim=0).diagonal()
        return prior_fit(own.numpy(), self.counts)

    def _theta(self, weight_decay: float) -> NDArray[np.float64]:
        codes = np.arange(self.n_classes)
        return neural_prior_closed_form(self.means, codes, self.n_classes, weight_decay, weight=self.counts)
