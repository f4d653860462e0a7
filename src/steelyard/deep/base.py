"""What the estimators over torch modules share: parameters, reading, training, the way back to arrays."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted
from torch import nn
from torch.utils.data import Dataset

from steelyard.balance.task import read_weights
from steelyard.deep.array_batches import ArrayBatches
from steelyard.deep.batches.base import Batches
from steelyard.deep.check_settings import check_settings
from steelyard.deep.checkpoint import Checkpoint
from steelyard.deep.devices import on_threads, pick_device, seeded
from steelyard.deep.heads.base import Head
from steelyard.deep.heads.linear import LinearHead
from steelyard.deep.hold_back import hold_back, hold_back_groups
from steelyard.deep.learning_key import learning_key
from steelyard.deep.losses.adapt import as_loss
from steelyard.deep.network import Network, build_network
from steelyard.deep.optimizers import OPTIMIZERS, optimizer_settings
from steelyard.deep.read_inputs import Inputs, labels_of, read_inputs
from steelyard.deep.schedules import SCHEDULES, Constant
from steelyard.deep.training import Stop, Training, place_in_world, train
from steelyard.errors import BadTarget
from steelyard.kernels.batching import row_chunks
from steelyard.kernels.rng import int_seed, root_seed

__all__ = ["DeepEstimator"]

NOTHING = np.empty(0, dtype=np.intp)
ENOUGH_STEPS = 600  # on small tables, where a pass is a few steps
ENOUGH_PASSES = 10  # on large ones
TABLE = 2  # dimensions
PREDICTED_MB = 64.0  # of a table at a time
PREDICTED_ITEMS = 256  # of images and the like, whose features take far more than they do
BYTES = 4  # of a number


class DeepEstimator(BaseEstimator):
    """Base of the estimators: see `DeepClassifier`, which describes all parameters."""

    dense = False

    def __init__(
        self,
        *,
        backbone: nn.Module | None = None,
        head: Head | None = None,
        loss: nn.Module | None = None,
        batches: Batches | None = None,
        augment: nn.Module | None = None,
        optimizer: str = "adamw",
        learning_rate: float = 2e-3,
        weight_decay: float = 1e-2,
        momentum: float = 0.9,
        schedule: str | Callable[[float], float] | None = None,
        epochs: int | None = None,
        steps: int | None = None,
        batch_size: int = 256,
        drop_last: bool = False,
        class_weight: Any = None,
        early_stopping: bool = False,
        validation_share: float = 0.1,
        patience: int = 10,
        pretrained: bool = False,
        checkpoint: Any = None,
        precision: str = "32",
        callbacks: Sequence[Any] | None = None,
        device: str = "auto",
        n_jobs: int | None = 1,
        progress: bool | None = False,
        random_state: Any = None,
    ) -> None:
        self.backbone = backbone
        self.head = head
        self.loss = loss
        self.batches = batches
        self.augment = augment
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.momentum = momentum
        self.schedule = schedule
        self.epochs = epochs
        self.steps = steps
        self.batch_size = batch_size
        self.drop_last = drop_last
        self.class_weight = class_weight
        self.early_stopping = early_stopping
        self.validation_share = validation_share
        self.patience = patience
        self.pretrained = pretrained
        self.checkpoint = checkpoint
        self.precision = precision
        self.callbacks = callbacks
        self.device = device
        self.n_jobs = n_jobs
        self.progress = progress
        self.random_state = random_state

    @abstractmethod
    def _read_targets(self, y: Any, inputs: Inputs) -> NDArray[np.int64]:
        """Codes of the targets; sets ``classes_``."""

    @abstractmethod
    def _row_weights(
        self, codes: NDArray[np.int64], weight: NDArray[np.float64] | None
    ) -> NDArray[np.float64]:
        """Weight of each row in the loss, 1 in the mean."""

    @abstractmethod
    def _class_scale(self, counts: NDArray[np.int64]) -> torch.Tensor | None:
        """Weights of classes that `_row_weights` does not hold."""

    @abstractmethod
    def _default_backbone(self) -> nn.Module:
        """The backbone where none is given."""

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None, groups: Any = None) -> Any:
        """Build the net and train it.

        Parameters
        ----------
        X : array or frame of n rows, or torch.utils.data.Dataset
            Finite numbers.
        y : array of n targets
            A data set may hold its own.
        sample_weight : array of shape (n,), optional
        groups : array of shape (n,), optional
            Rows of a group are held back together by ``early_stopping``.

        Returns
        -------
        self
        """
        check_settings(self)
        device, seed = pick_device(self.device), root_seed(self.random_state)
        inputs = read_inputs(self, X, reset=True)
        codes = self._read_targets(labels_of(X) if y is None and isinstance(X, Dataset) else y, inputs)
        weight = read_weights(sample_weight, len(inputs))
        counted = None if weight is None else np.flatnonzero(weight > 0)
        if counted is not None and weight is not None:
            codes, weight = codes[counted], weight[counted]
        held = self._held_back(codes, groups, counted, seed)
        self.validation_rows_ = held if counted is None else counted[held]
        data = inputs.part(codes, self._row_weights(codes, weight), counted)
        kept = np.setdiff1d(np.arange(len(data)), held) if held.size else None
        part = data if kept is None else data.only(kept)
        counts = np.bincount(part.codes[part.codes >= 0].flatten().numpy(), minlength=len(self.classes_))
        with on_threads(self.n_jobs), seeded(int_seed(seed, "weights"), device):
            self.module_ = build_network(
                self._default_backbone() if self.backbone is None else self.backbone,
                LinearHead() if self.head is None else self.head,
                inputs.example,
                len(self.classes_),
                dense=self.dense,
                pretrained=self.pretrained,
            )
        rank, world = place_in_world()
        batches = self._batches(part, seed, rank, world)
        stop = Stop(data.only(held), self.patience) if held.size else None
        plan = self._plan(batches, counts, device, stop, inputs, codes)
        streams = ("dropout",) if rank == 0 else ("dropout", rank)
        with on_threads(self.n_jobs), seeded(int_seed(seed, *streams), device):
            self.history_ = train(self.module_, batches, plan, device=device)
            self._second_stage(part, seed)
        self.n_steps_ = batches.taken
        self.module_.eval().zero_grad()
        self.module_.cpu()
        return self

    def features(self, X: Any) -> NDArray[np.float32]:
        """What the backbone makes of rows, shape ``(m, d)`` or ``(m, d, h, w)``: the head's input."""
        return np.concatenate([part.numpy() for part in self._through(X, Network.features)])

    def logits(self, X: Any) -> NDArray[np.float32]:
        """What the loss saw of rows, shape ``(m, k)`` or ``(m, k, h, w)``: logits without a correction."""

        def learned(module: Network, rows: torch.Tensor) -> Any:
            told = module.learned(rows)
            return told[0] if isinstance(told, tuple) else told

        return np.concatenate([part.numpy() for part in self._through(X, learned)])

    def _through(self, X: Any, forward: Callable[[Any, torch.Tensor], Any]) -> Iterator[torch.Tensor]:
        """Rows through the net, a part at a time."""
        check_is_fitted(self)
        inputs = read_inputs(self, X, reset=False)
        device = pick_device(self.device)
        module = self.module_.to(device)
        shape = inputs.example.shape[1:]
        parts = (
            row_chunks(len(inputs), BYTES * math.prod(shape), PREDICTED_MB)
            if len(shape) < TABLE and isinstance(inputs.rows, torch.Tensor)
            else (slice(start, start + PREDICTED_ITEMS) for start in range(0, len(inputs), PREDICTED_ITEMS))
        )
        with on_threads(self.n_jobs), torch.inference_mode():
            for part in parts:
                yield forward(module, inputs.at(part).to(device)).float().cpu()
        self.module_.cpu()

    def _held_back(self, codes: NDArray[Any], groups: Any, counted: Any, seed: int) -> NDArray[np.intp]:
        if not self.early_stopping:
            return NOTHING
        rows = codes if codes.ndim == 1 else np.zeros(len(codes), dtype=np.intp)
        if groups is None:
            return hold_back(rows, self.validation_share, seed)
        told = np.asarray(groups)
        told = told if counted is None else told[counted]
        if told.shape != rows.shape:
            raise BadTarget(f"There are {len(rows)} rows and {told.shape} groups. Give one a row.")
        return hold_back_groups(rows, told, self.validation_share, seed)

    def _batches(self, part: Any, seed: int, rank: int, world: int) -> ArrayBatches:
        drawn = None
        if self.batches is not None:
            drawn = self.batches.over(
                part.codes.numpy(),
                self.batch_size,
                seed=int_seed(seed, "batches"),
                passes=1 if self.epochs is None else self.epochs,
                drop_last=self.drop_last,
                rank=rank,
                world=world,
            )
        return ArrayBatches(
            part,
            self.batch_size,
            seed=int_seed(seed, "batches"),
            drop_last=self.drop_last,
            steps=self.steps,
            drawn=drawn,
            augment=None if self.augment is None else deepcopy(self.augment).train(),
            rank=rank,
            world=world,
        )

    def _plan(
        self,
        batches: ArrayBatches,
        counts: NDArray[np.int64],
        device: torch.device,
        stop: Stop | None,
        inputs: Inputs,
        codes: NDArray[Any],
    ) -> Training:
        epochs = self._passes(len(batches))
        if batches.drawn is not None:
            batches.drawn.passes = epochs
        schedule = Constant() if self.schedule is None else self.schedule
        return Training(
            loss=as_loss(self.loss).for_counts(counts.tolist()),
            optimizer=OPTIMIZERS[self.optimizer],
            settings=optimizer_settings(
                self.optimizer,
                device,
                learning_rate=self.learning_rate,
                weight_decay=self.weight_decay,
                momentum=self.momentum,
            ),
            epochs=epochs,
            total=epochs * len(batches) if self.steps is None else int(self.steps),
            schedule=SCHEDULES[schedule] if isinstance(schedule, str) else schedule,
            class_scale=self._class_scale(counts),
            stop=stop,
            checkpoint=None
            if self.checkpoint is None
            else Checkpoint(self.checkpoint, learning_key(self, inputs, codes)),
            precision=self.precision,
            callbacks=() if self.callbacks is None else tuple(self.callbacks),
            progress=self.progress,
        )

    def _second_stage(self, part: Any, seed: int) -> None:
        """Train the head once more where it asks for it."""

    def _passes(self, steps_a_pass: int) -> int:
        if self.epochs is not None:
            return int(self.epochs)
        if self.steps is not None:
            return math.ceil(self.steps / steps_a_pass)
        return max(ENOUGH_PASSES, math.ceil(ENOUGH_STEPS / steps_a_pass))
