"""How a learnt prior fares while a net learns: its slope and correlation to the counts, pass by pass."""

from __future__ import annotations

from typing import Any

import torch
from skorch.callbacks import Callback

from steelyard.errors import BadOption
from steelyard.kernels.prior_fit import PriorFit as PriorFit
from steelyard.kernels.prior_fit import prior_fit as prior_fit

__all__ = ["PriorFit", "PriorHealth", "prior_fit"]


class PriorHealth(Callback):
    """Writes ``prior_slope`` and ``prior_correlation`` into the history at the end of each pass.

    For nets whose head is `WithNeuralPrior`. A slope far above 1 means that the correction overshoots (lower
    ``rate``, or train for longer), far below that it does little (train by "sgd", for Adam evens out what
    tells classes apart); a correlation below .9, that it is not the prior.

    Notes
    -----
    Both compare what the rows of each class say of their own log prior, in the mean over the pass, with the
    logarithm of the rows that the pass drew of each. It reads what the net computes anyway, so it costs
    next to nothing, and lags by half a pass. Where a pass draws all classes equally often they are NaN. In
    a training on many devices each process sees its own rows.

    Examples
    --------
    >>> from steelyard.deep import MLP, DeepClassifier
    >>> from steelyard.deep.heads import WithNeuralPrior
    >>> X = torch.randn(200, 3, generator=torch.Generator().manual_seed(0))
    >>> y = (torch.arange(200) >= 180).long()
    >>> net = DeepClassifier(
    ...     backbone=MLP((8,)), head=WithNeuralPrior(), callbacks=[PriorHealth()], epochs=2, optimizer="sgd"
    ... )
    >>> sorted(net.fit(X.numpy(), y.numpy()).history_[-1])
    ['prior_correlation', 'prior_slope', 'train_loss']
    """

    def on_epoch_begin(self, net: Any, **_: Any) -> None:
        """Start anew."""
        self.sums_: torch.Tensor | None = None
        self.counts_: torch.Tensor | None = None

    def on_batch_end(
        self, net: Any, batch: Any = None, training: bool = False, y_pred: Any = None, **_: Any
    ) -> None:
        """Add up what the rows of a batch say."""
        if not training:
            return
        if not isinstance(y_pred, tuple):
            raise BadOption("PriorHealth watches a learnt prior: give the net the head WithNeuralPrior.")
        told = -y_pred[1].detach().double().mean(dim=0).movedim(1, -1).flatten(0, -2)
        codes = batch[1][0].to(told.device).reshape(-1)
        counted = codes != net.criterion_.loss.ignore_index
        told, codes = told[counted], codes[counted]
        own = told.gather(1, codes[:, None]).squeeze(1)
        sums = torch.zeros(told.shape[1], dtype=told.dtype, device=told.device).index_add(0, codes, own)
        counts = torch.bincount(codes, minlength=told.shape[1])
        self.sums_ = sums if self.sums_ is None else self.sums_ + sums
        self.counts_ = counts if self.counts_ is None else self.counts_ + counts

    def on_epoch_end(self, net: Any, **_: Any) -> None:
        """Write down how the estimate lies to the counts."""
        if self.sums_ is None or self.counts_ is None:
            return
        fit = prior_fit((self.sums_ / self.counts_.clamp(min=1)).cpu().numpy(), self.counts_.cpu().numpy())
        net.history.record("prior_slope", fit.slope)
        net.history.record("prior_correlation", fit.correlation)
