"""What happens around the passes of a training: rate, bar, divergence, early stopping, checkpoints."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import torch
from sklearn.exceptions import ConvergenceWarning
from skorch.callbacks import Callback
from torch import nn

from steelyard.deep.checkpoint import Checkpoint
from steelyard.deep.net import bare
from steelyard.errors import BadOption
from steelyard.kernels.progress import Progress

__all__ = ["Ending", "Enough", "Keeping", "Pacing", "Stopping", "Watching"]


class Enough(Exception):
    """Training ends before its passes are all made."""


class Pacing(Callback):
    """Tells the loss and the batches how far training is, and moves the rate before each batch."""

    def __init__(self, schedule: Callable[[float], float], batches: Any, total: int) -> None:
        self.schedule, self.batches, self.total = schedule, batches, total
        self.rates: list[float] = []

    def on_epoch_begin(self, net: Any, **_: Any) -> None:
        """Tell the loss how much is done."""
        net.criterion_.loss.begin_pass(min(self.batches.taken / self.total, 1.0))

    def on_batch_begin(self, net: Any, training: bool = False, **_: Any) -> None:
        """Set the rates."""
        if not training:
            return
        if not self.rates:
            self.rates = [group["lr"] for group in net.optimizer_.param_groups]
        # Half a batch on, so that a rise starts above 0 and a fall to 0 does not reach it.
        factor = self.schedule(min((self.batches.taken - 0.5) / self.total, 1.0))
        for group, rate in zip(net.optimizer_.param_groups, self.rates, strict=True):
            group["lr"] = rate * factor


class Watching(Callback):
    """Advances the bar, and goes back to the last good weights when numbers are no longer finite."""

    def __init__(self, bar: Progress) -> None:
        self.bar = bar
        self.good: dict[str, torch.Tensor] | None = None

    def on_epoch_end(self, net: Any, **_: Any) -> None:
        """Note the weights if they are good, else go back and end."""
        loss, passes, network = net.history[-1]["train_loss"], len(net.history), bare(net.module_)
        if math.isfinite(loss) and all(bool(weights.isfinite().all()) for weights in network.parameters()):
            self.good = copied(network)
            self.bar.advance(note=f"loss {loss:.3g}")
            return
        advice = f"Lower learning_rate (it is {net.lr:g}), or bring the columns to a common scale."
        if self.good is None:
            raise BadOption(f"The training loss is no longer a finite number after pass {passes}. {advice}")
        network.load_state_dict(self.good)
        warnings.warn(
            f"Training diverged in pass {passes}: it stopped there, and the weights are those after pass "
            f"{passes - 1}. {advice}",
            ConvergenceWarning,
            stacklevel=2,
        )
        raise Enough


class Stopping(Callback):
    """Finds out when the loss on rows held back no longer falls, and goes back to the best weights."""

    def __init__(self, patience: int) -> None:
        self.patience = patience
        self.lowest = math.inf
        self.waited = 0
        self.best: dict[str, torch.Tensor] | None = None

    def on_epoch_end(self, net: Any, **_: Any) -> None:
        """Compare with the lowest loss so far."""
        loss = net.history[-1]["valid_loss"]
        if loss < self.lowest:
            self.lowest, self.waited, self.best = loss, 0, copied(bare(net.module_))
            return
        self.waited += 1

    @property
    def enough(self) -> bool:
        """Whether the loss has not fallen for long enough."""
        return self.waited >= self.patience

    def on_train_end(self, net: Any, **_: Any) -> None:
        """Go back to the best weights."""
        if self.best is not None:
            bare(net.module_).load_state_dict(self.best)


class Ending(Callback):
    """Ends training once it is enough, after the pass has been kept."""

    def __init__(self, stopping: Stopping) -> None:
        self.stopping = stopping

    def on_epoch_end(self, net: Any, **_: Any) -> None:
        """End if it is enough."""
        if self.stopping.enough:
            raise Enough


class Keeping(Callback):
    """Writes a checkpoint after each pass."""

    def __init__(self, checkpoint: Checkpoint, batches: Any, stopping: Stopping | None) -> None:
        self.checkpoint, self.batches, self.stopping = checkpoint, batches, stopping

    def on_epoch_end(self, net: Any, **_: Any) -> None:
        """Write the file."""
        facts = {"history": losses_of(net.history), "taken": self.batches.taken}
        if self.stopping is not None:
            facts |= {"lowest": self.stopping.lowest, "waited": self.stopping.waited}
        best = None if self.stopping is None else self.stopping.best
        self.checkpoint.save(net, bare(net.module_), facts, best, self.batches)


def losses_of(history: Any) -> list[dict[str, float]]:
    """What each pass is remembered by: its losses, and what callbacks wrote down of it."""
    dull = ("epoch", "dur", "batches", "train_batch_count", "valid_batch_count")
    return [
        {
            name: float(value)
            for name, value in row.items()
            if name not in dull and isinstance(value, (int, float)) and not isinstance(value, bool)
        }
        for row in history
    ]


def copied(network: nn.Module) -> dict[str, torch.Tensor]:
    """The weights as they are now."""
    return {name: value.detach().clone() for name, value in network.state_dict().items()}
