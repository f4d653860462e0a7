"""Distribution matching: rows whose mean features equal the class's, for any untrained network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch

from steelyard.balance.check_parameter import check_whole
from steelyard.balance.condense.budget import AUTO
from steelyard.deep.backbones.mlp import MLP
from steelyard.deep.condense.base import LearnedCondenser
from steelyard.deep.condense.matching import Matching
from steelyard.deep.network import draw_anew

__all__ = ["DistributionMatching"]

WIDTHS = (128, 128, 128)


class DistributionMatching(LearnedCondenser):
    """Learn few rows whose mean features, class by class, are those of the real rows.

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
    n_iter : int, default=600
        Iterations, each with an untrained network of its own.
    batch_size : int, default=256
        Real rows of each class an iteration.
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
        Loss of each iteration.
    n_iter_ : int
    seconds_per_iteration_ : float
        Wall time of an iteration, in the mean.
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
    Learned rows start at real ones drawn by lot. With a fresh multi-layer perceptron ``f`` (three
    layers of 128, ReLU, no norm) an iteration lowers the sum over classes of
    ``|mean f(real rows) - mean f(learned rows)| ** 2``. The paper does this for images, for 20,000
    iterations; the network, Adam and the number of iterations are ours, for tables. A gap counts as its
    column's median. With weights, real rows are drawn by weight.

    What comes out need not lie where data can lie: whole numbers are rounded, but a column that is 0 for
    most rows is so for none. Networks and linear models take such rows well, trees do not.

    References
    ----------
    Zhao and Bilen, Dataset condensation with distribution matching, WACV 2023.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> X = np.concatenate([rng.normal(0, 1, (90, 2)), rng.normal(3, 1, (10, 2))])
    >>> sampler = DistributionMatching(budget=10, n_iter=20, random_state=0)
    >>> X_small, y_small = sampler.fit_resample(X, np.repeat(["common", "rare"], [90, 10]))
    >>> X_small.shape, sampler.allocation_, bool((sampler.origin_ == -1).all())
    ((10, 2), {'common': 9, 'rare': 1}, True)
    """

    def __init__(
        self,
        *,
        budget: Any = AUTO,
        allocation: str = "ratio",
        gamma: float = 0.25,
        n_iter: int = 600,
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
        self.n_iter = n_iter
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
        check_whole(self, "n_iter")

    @property
    def _n_iter(self) -> int:
        return self.n_iter

    def _learn(self, matching: Matching) -> Iterator[float]:
        made = matching.made
        embed = MLP(WIDTHS, norm=None, dropout=0.0).to(made.device)
        embed(made.detach())  # finds its width
        embed.requires_grad_(False)
        optimizer = torch.optim.Adam([made], lr=self.learning_rate)
        for _ in range(self.n_iter):
            draw_anew(embed)
            rows, codes = matching.real_batch(self.batch_size)
            goal = matching.class_means(embed(rows), codes)
            loss = (goal - matching.class_means(embed(made), matching.codes)).square().sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            yield loss.item()
