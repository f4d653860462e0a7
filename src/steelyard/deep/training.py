"""Training a net in place: skorch's loop, with what a long tail and a killed process need."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from skorch.helper import predefined_split
from torch import nn

from steelyard.deep.array_batches import LEAST_TO_NORM, ArrayBatches
from steelyard.deep.checkpoint import Checkpoint
from steelyard.deep.losses.base import Loss
from steelyard.deep.net import Criterion, Net, accelerated_net, bare
from steelyard.deep.rows import Part
from steelyard.deep.watching import Ending, Enough, Keeping, Pacing, Stopping, Watching, losses_of
from steelyard.errors import BadOption
from steelyard.kernels.optional import require
from steelyard.kernels.progress import Progress

__all__ = ["Stop", "Training", "place_in_world", "train"]

PRECISIONS = {"32": "no", "bf16": "bf16", "fp16": "fp16"}
FULL = "32"
OUT_OF_MEMORY = ("not enough memory", "out of memory", "can't allocate memory")


@dataclass(frozen=True)
class Stop:
    """Rows to stop on, and passes without a lower loss on them after which to stop."""

    rows: Part
    patience: int


@dataclass(frozen=True)
class Training:
    """How a net is trained.

    Parameters
    ----------
    loss : Loss
        Bound to the counts of the classes.
    optimizer : class of optimizers
    settings : dict
        Its arguments, ``lr`` among them.
    epochs : int
        Passes over the batches.
    total : int
        Batches of all passes.
    schedule : callable
        From the share of training that is done to a factor of the rate.
    class_scale : tensor of shape (k,), optional
        Weights of classes, where they are not in those of rows.
    stop : Stop, optional
        By default all passes are made.
    checkpoint : Checkpoint, optional
    precision : {"32", "bf16", "fp16"}
    callbacks : sequence of skorch callbacks
        Copied.
    progress : bool, optional
        By default a bar is drawn when standard error is a terminal.
    """

    loss: Loss
    optimizer: type[torch.optim.Optimizer]
    settings: dict[str, Any]
    epochs: int
    total: int
    schedule: Callable[[float], float]
    class_scale: torch.Tensor | None = None
    stop: Stop | None = None
    checkpoint: Checkpoint | None = None
    precision: str = FULL
    callbacks: Sequence[Any] = ()
    progress: bool | None = None


def train(
    network: nn.Module, batches: ArrayBatches, plan: Training, *, device: torch.device
) -> list[dict[str, float]]:
    """Train a net in place.

    Parameters
    ----------
    network : nn.Module
        Gives logits.
    batches : ArrayBatches
    plan : Training
    device : torch.device

    Returns
    -------
    list of dict
        For each pass the mean loss, ``train_loss``, with ``stop`` also ``valid_loss``, and what callbacks
        wrote down.

    Raises
    ------
    BadOption
        Training diverges in its first pass, memory runs out, or the checkpoint is another's.

    Warns
    -----
    ConvergenceWarning
        Training diverges later; the net has the last good weights.
    """
    rank, _ = place_in_world()
    stopping = None if plan.stop is None else Stopping(plan.stop.patience)
    with Progress(plan.epochs, "training", enabled=False if rank else plan.progress) as bar:
        callbacks: list[Any] = [Pacing(plan.schedule, batches, plan.total), Watching(bar)]
        callbacks += [deepcopy(callback) for callback in plan.callbacks]
        callbacks += [] if stopping is None else [stopping]
        if plan.checkpoint is not None and rank == 0:
            callbacks.append(Keeping(plan.checkpoint, batches, stopping))
        callbacks += [] if stopping is None else [Ending(stopping)]
        net = _net(network, batches, plan, callbacks, device)
        done = _resume(net, network, batches, plan, stopping)
        for _ in range(done):
            bar.advance()
        # Not net.fit, which takes Ctrl-C for the end of training.
        net.notify("on_train_begin", X=batches.data, y=None)
        with suppress(Enough), memory_told(batches.batch_size):
            if stopping is None or not stopping.enough:
                net.fit_loop(batches.data, epochs=plan.epochs - done)
        net.notify("on_train_end", X=batches.data, y=None)
    return losses_of(net.history)


def place_in_world() -> tuple[int, int]:
    """Rank of this process and how many train together, as launchers such as torchrun tell them."""
    return int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))


@contextmanager
def memory_told(batch_size: int) -> Iterator[None]:
    """Turn a lack of memory into a word about what to do."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not isinstance(error, MemoryError) and not any(told in str(error) for told in OUT_OF_MEMORY):
            raise
        raise BadOption(
            f"Memory ran out with batches of {batch_size} rows. Lower batch_size, or take a smaller backbone."
        ) from error


def _net(
    network: nn.Module, batches: ArrayBatches, plan: Training, callbacks: list[Any], device: torch.device
) -> Any:
    many = place_in_world()[1] > 1 or plan.precision != FULL
    placed: dict[str, Any] = (
        {"accelerator": _accelerator(plan.precision, device)}
        if many
        else {"device": device, "callbacks__print_log": None}  # skorch's mixin insists on having that one
    )
    net = (accelerated_net() if many else Net)(
        network,
        criterion=partial(Criterion, plan.loss.to(device)),
        optimizer=plan.optimizer,
        **{f"optimizer__{name}": value for name, value in plan.settings.items() if name != "lr"},
        lr=plan.settings["lr"],
        max_epochs=plan.epochs,
        iterator_train=lambda data, **_: batches,
        iterator_valid=lambda data, **_: ArrayBatches(data, max(batches.batch_size, LEAST_TO_NORM)),
        train_split=None if plan.stop is None else predefined_split(plan.stop.rows),
        class_scale=plan.class_scale,
        callbacks=[(f"callback_{number}", callback) for number, callback in enumerate(callbacks)],
        verbose=0,
        **placed,
    )
    net.initialize()
    return net


def _accelerator(precision: str, device: torch.device) -> Any:
    require("accelerate", extra="deep", for_="mixed precision and training on many devices")
    from accelerate import Accelerator
    from accelerate.state import AcceleratorState

    if precision == "fp16" and device.type == "cpu":
        raise BadOption("precision='fp16' needs a GPU. On the CPU take 'bf16' or '32'.")
    AcceleratorState._reset_state()  # it keeps the precision of the first net of the process
    return Accelerator(mixed_precision=PRECISIONS[precision], cpu=device.type == "cpu")


def _resume(
    net: Any, network: nn.Module, batches: ArrayBatches, plan: Training, stopping: Stopping | None
) -> int:
    """Go on from a checkpoint; passes that are done."""
    found = None if plan.checkpoint is None else plan.checkpoint.load(net, bare(network), batches)
    if found is None:
        return 0
    facts, best = found
    for row in facts["history"]:
        net.history.new_epoch()
        for name, value in row.items():
            net.history.record(name, value)
    batches.taken = facts["taken"]
    if batches.drawn is not None:
        batches.drawn.set_epoch(len(facts["history"]))
    if stopping is not None:
        stopping.lowest, stopping.waited, stopping.best = facts["lowest"], facts["waited"], best
    return len(facts["history"])
