"""Training on rows that are in memory: batches without a loader's overhead, and skorch's loop."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import torch
from skorch import NeuralNet
from skorch.callbacks import Callback, EarlyStopping
from skorch.helper import predefined_split
from skorch.utils import to_tensor
from torch import nn
from torch.nn import functional

from steelyard.deep.rows import Rows
from steelyard.errors import BadOption
from steelyard.kernels.progress import Progress

__all__ = ["ArrayBatches", "Stop", "train"]

LEAST_TO_NORM = 2  # a batch norm cannot learn from a single row


class ArrayBatches:
    """Batches of `Rows`, taken by position: what a loader gives, at a hundredth of its cost on small data.

    Parameters
    ----------
    data : Rows
    batch_size : int
        Never more than there are rows.
    seed : int or None
        Rows are shuffled anew for each pass; None goes through them in order.
    drop_last : bool
        Whether the rows that do not fill a last batch are left out of a pass. Else they are one batch
        more, or, where it would be a single row, part of the one before.
    steps : int or None
        Batches over all passes, after which there are no more.

    Attributes
    ----------
    taken : int
        Batches so far, over all passes.

    Examples
    --------
    >>> data = Rows(torch.zeros(7, 1), torch.zeros(7, dtype=torch.long), torch.ones(7))
    >>> [len(rows) for rows, _ in ArrayBatches(data, 3)]
    [3, 4]
    """

    def __init__(
        self,
        data: Rows,
        batch_size: int,
        *,
        seed: int | None = None,
        drop_last: bool = False,
        steps: int | None = None,
    ) -> None:
        self.data = data
        self.batch_size = min(batch_size, len(data))
        self.drop_last = drop_last
        self.steps = steps
        self.taken = 0
        self._draws = None if seed is None else torch.Generator().manual_seed(seed)

    def __len__(self) -> int:
        """Batches in a whole pass."""
        return max(1, len(self._starts()))

    def _starts(self) -> range:
        end = len(self.data)
        beyond = end % self.batch_size
        if self.drop_last or beyond < LEAST_TO_NORM:
            end -= beyond
        return range(0, end, self.batch_size)

    def __iter__(self) -> Iterator[Any]:
        n_rows, starts = len(self.data), self._starts()
        order = torch.arange(n_rows) if self._draws is None else torch.randperm(n_rows, generator=self._draws)
        for start in starts:
            if self.taken == self.steps:
                return
            self.taken += 1
            last = start == starts[-1]
            stop = n_rows if last and not self.drop_last else start + self.batch_size
            yield self.data[order[start:stop]]


@dataclass(frozen=True)
class Stop:
    """Rows to stop on, and passes without a lower loss on them after which to stop."""

    rows: Rows
    patience: int


class _Net(NeuralNet):
    """skorch's net, with a weight for each row."""

    def get_loss(self, y_pred: Any, y_true: Any, X: Any = None, training: bool = False) -> Any:
        codes, weight = to_tensor(y_true, device=self.device)
        return (functional.cross_entropy(y_pred, codes, reduction="none") * weight).mean()


class _Watch(Callback):
    """Advances the bar, and refuses to go on when the loss is no longer a number."""

    def __init__(self, bar: Progress) -> None:
        self.bar = bar

    def on_epoch_end(self, net: Any, **_: Any) -> None:
        loss, passes = net.history[-1]["train_loss"], len(net.history)
        if not math.isfinite(loss):
            raise BadOption(
                f"The training loss is no longer a finite number after pass {passes}. "
                f"Lower learning_rate (it is {net.lr}), or bring the columns to a common scale."
            )
        self.bar.advance(note=f"loss {loss:.3g}")


class _Enough(Exception):
    """The loss on the rows held back no longer falls."""


class _Stopping(EarlyStopping):
    """skorch's, told apart from Ctrl-C, which it passes itself off as."""

    def on_epoch_end(self, net: Any, **facts: Any) -> None:
        try:
            super().on_epoch_end(net, **facts)
        except KeyboardInterrupt as stopped:
            raise _Enough from stopped


def train(
    network: nn.Module,
    batches: ArrayBatches,
    epochs: int,
    optimizer: type[torch.optim.Optimizer],
    settings: dict[str, Any],
    *,
    device: torch.device,
    stop: Stop | None = None,
    progress: bool | None = None,
) -> list[dict[str, float]]:
    """Train a net in place.

    Parameters
    ----------
    network : nn.Module
        Gives logits.
    batches : ArrayBatches
    epochs : int
        Passes over the batches.
    optimizer : class of optimizers
    settings : dict
        Its arguments, ``lr`` among them.
    device : torch.device
    stop : Stop, optional
        By default all passes are made.
    progress : bool, optional
        By default a bar is drawn when standard error is a terminal.

    Returns
    -------
    list of dict
        For each pass the mean loss, ``train_loss``, and with ``stop`` also ``valid_loss``.

    Raises
    ------
    BadOption
        Training diverges.
    """
    with Progress(epochs, "training", enabled=progress) as bar:
        callbacks: list[tuple[str, Any]] = [("watch", _Watch(bar))]
        if stop is not None:
            callbacks.append(("stopping", _Stopping(patience=stop.patience, load_best=True)))
        net = _Net(
            network,
            criterion=nn.CrossEntropyLoss,
            optimizer=optimizer,
            **{f"optimizer__{name}": value for name, value in settings.items() if name != "lr"},
            lr=settings["lr"],
            max_epochs=epochs,
            iterator_train=lambda data, **_: batches,
            iterator_valid=lambda data, **_: ArrayBatches(data, max(batches.batch_size, LEAST_TO_NORM)),
            train_split=None if stop is None else predefined_split(stop.rows),
            callbacks=callbacks,
            callbacks__print_log=None,
            device=device,
            verbose=0,
        )
        net.initialize()
        # Not net.fit, which takes Ctrl-C for the end of training.
        net.notify("on_train_begin", X=batches.data, y=None)
        with suppress(_Enough):
            net.fit_loop(batches.data)
        net.notify("on_train_end", X=batches.data, y=None)
    kept = ("train_loss", "valid_loss")
    return [{name: float(row[name]) for name in kept if name in row} for row in net.history]
