"""Gradient matching: rows from which a network learns, step by step, what it would from all rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from steelyard.balance.check_parameter import check_number, check_whole
from steelyard.balance.condense.budget import AUTO
from steelyard.deep.backbones.mlp import MLP
from steelyard.deep.condense.base import LearnedCondenser
from steelyard.deep.condense.matching import Matching
from steelyard.deep.network import Network, draw_anew

__all__ = ["GradientMatching"]

WIDTHS = (128, 128, 128)


class GradientMatching(LearnedCondenser):
    """Learn few rows that give a network, class by class, the gradients that the real rows give it.

    Parameters
    ----------
    budget : "auto", float or int, default="auto"
        Rows that come out: a share of the table in (0, 1], or a number; "auto" is one in a hundred, at
        least 100 a class and at most half the table. Fewer than two a class are refused.
    allocation : {"ratio", "equal", "tempered"}, default="ratio"
        How the budget is shared out: in proportion to the classes, equally, or in proportion to class
        sizes to the power ``1 - gamma``.
    gamma : float, default=0.25
        For "tempered": 0 is "ratio", 1 is "equal".
    n_networks : int, default=30
        Networks, one after the other, each drawn anew.
    n_matches : int, default=10
        Updates of the rows with each network, which learns from them in between.
    training_steps : int, default=10
        Steps that the network learns between two updates.
    training_rate : float, default=0.01
        Of the network's gradient descent, over all learned rows.
    batch_size : int, default=256
        Real rows of each class an update.
    learning_rate : float, default=0.01
        Of Adam, on the rows.
    scaling : {"minmax", "standard", "none"}, default="minmax"
        What a column is divided by while rows are learned: its range, its standard deviation, nothing.
    sampling_strategy : "auto", str, float, dict or callable, default="auto"
        "auto" follows the budget; anything else gives rows per class as in `RandomUnderSampler`, so the
        ``allocation_`` of another condenser can be handed on.
    device : str, default="auto"
        "auto" takes a GPU if there is one.
    n_jobs : int or None, default=1
        Threads on the CPU, of which nets this small have no use for more than one; bits may depend
        on it.
    progress : bool or None, default=None
        Whether a bar is drawn; None draws it when standard error is a terminal.
    random_state : int, RandomState, Generator or None, default=None
        Networks, and each class, draw from streams of their own names.

    Attributes
    ----------
    allocation_ : dict
        Rows of each class that came out.
    history_ : ndarray of float, shape (n_iter_,)
        Loss of each update.
    n_iter_ : int
        ``n_networks * n_matches``.
    seconds_per_iteration_ : float
        Wall time of an update and the steps after it, in the mean.
    parents_ : ndarray of int, shape (n_out, 1)
        The row that each learned one started from; all rows of its class have moved it.
    origin_, prior_before_, prior_after_, sampling_strategy_, note_
        See `Sampler`.

    Raises
    ------
    CannotResample
        The budget is below two rows a class, or groups are given.
    BadTable
        The table holds categories or is sparse.

    Notes
    -----
    Learned rows start at real ones drawn by lot. An update takes, for each class, the gradients of the
    cross-entropy on a batch of real rows and on the learned rows, and lowers the sum, over weight
    matrices and their output rows, of one minus the cosine between the two; biases do not count. The
    network (a perceptron of three layers of 128, ReLU, no norm) then learns from the learned rows. The
    paper does this for images with 1,000 networks; network, Adam and counts are ours, for tables.
    A gap counts as its column's median. With weights, real rows are drawn by weight.

    As with `DistributionMatching`, trees take what comes out badly.

    References
    ----------
    Zhao, Mopuri and Bilen, Dataset condensation with gradient matching, ICLR 2021.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> X = np.concatenate([rng.normal(0, 1, (90, 2)), rng.normal(3, 1, (10, 2))])
    >>> sampler = GradientMatching(budget=10, n_networks=2, n_matches=3, random_state=0)
    >>> X_small, y_small = sampler.fit_resample(X, np.repeat(["common", "rare"], [90, 10]))
    >>> X_small.shape, sampler.allocation_, sampler.n_iter_
    ((10, 2), {'common': 9, 'rare': 1}, 6)
    """

    def __init__(
        self,
        *,
        budget: Any = AUTO,
        allocation: str = "ratio",
        gamma: float = 0.25,
        n_networks: int = 30,
        n_matches: int = 10,
        training_steps: int = 10,
        training_rate: float = 0.01,
        batch_size: int = 256,
        learning_rate: float = 0.01,
        scaling: str = "minmax",
        sampling_strategy: Any = AUTO,
        device: str = "auto",
        n_jobs: int | None = 1,
        progress: bool | None = None,
        random_state: Any = None,
    ) -> None:
        self.budget = budget
        self.allocation = allocation
        self.gamma = gamma
        self.n_networks = n_networks
        self.n_matches = n_matches
        self.training_steps = training_steps
        self.training_rate = training_rate
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.scaling = scaling
        self.sampling_strategy = sampling_strategy
        self.device = device
        self.n_jobs = n_jobs
        self.progress = progress
        self.random_state = random_state

    def _check_parameters(self) -> None:
        super()._check_parameters()
        check_whole(self, "n_networks")
        check_whole(self, "n_matches")
        check_whole(self, "training_steps", 0)
        check_number(self, "training_rate", 0, above=True)

    @property
    def _n_iter(self) -> int:
        return self.n_networks * self.n_matches

    def _learn(self, matching: Matching) -> Iterator[float]:
        made = matching.made
        network = Network(MLP(WIDTHS, norm=None, dropout=0.0), nn.Linear(WIDTHS[-1], len(matching.real)))
        network.to(made.device)(made.detach())  # finds its width
        optimizer = torch.optim.Adam([made], lr=self.learning_rate)
        for _ in range(self.n_networks):
            draw_anew(network)
            training = torch.optim.SGD(network.parameters(), lr=self.training_rate)
            for _ in range(self.n_matches):
                optimizer.zero_grad()
                loss = self._apart(network, matching)
                made.grad = torch.autograd.grad(loss, made)[0]
                optimizer.step()
                yield loss.item()
                for _ in range(self.training_steps):
                    training.zero_grad()
                    functional.cross_entropy(network(made.detach()), matching.codes).backward()
                    training.step()

    def _apart(self, network: nn.Module, matching: Matching) -> torch.Tensor:
        """How far the gradients of real and of learned rows are from one direction, over all classes."""
        weights = list(network.parameters())
        total = matching.made.new_zeros(())
        for code, own in enumerate(matching.real):
            real = own.batch(self.batch_size)
            made = matching.made[matching.codes == code]
            wanted = _gradients(network, weights, real, code, again=False)
            got = _gradients(network, weights, made, code, again=True)
            total = total + _cosine_distance(wanted, got)
        return total


def _gradients(
    network: nn.Module, weights: list[Any], rows: torch.Tensor, code: int, *, again: bool
) -> Sequence[torch.Tensor]:
    """Gradients of the loss on rows of one class; with ``again`` they can be differentiated."""
    codes = torch.full((rows.shape[0],), code, dtype=torch.long, device=rows.device)
    return torch.autograd.grad(functional.cross_entropy(network(rows), codes), weights, create_graph=again)


def _cosine_distance(wanted: Sequence[torch.Tensor], got: Sequence[torch.Tensor]) -> torch.Tensor:
    """One minus the cosine, summed over the output rows of all matrices."""
    matrices = [(a, b) for a, b in zip(wanted, got, strict=True) if a.ndim > 1]
    return torch.stack([(1 - functional.cosine_similarity(a, b, dim=1)).sum() for a, b in matrices]).sum()
