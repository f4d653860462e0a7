"""A classifier over a torch module that scikit-learn cannot tell from any other."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted, validate_data
from torch import nn

from steelyard.balance.check_parameter import check_choice, check_flag, check_number, check_whole
from steelyard.balance.fit_parts import read_rows
from steelyard.balance.task import read_weights
from steelyard.deep.backbones.mlp import MLP
from steelyard.deep.devices import on_threads, pick_device, seeded
from steelyard.deep.hold_back import hold_back
from steelyard.deep.network import build_network
from steelyard.deep.optimizers import OPTIMIZERS, optimizer_settings
from steelyard.deep.row_weights import row_weights
from steelyard.deep.rows import Rows, tensor_of
from steelyard.deep.training import ArrayBatches, Stop, train
from steelyard.errors import BadOption, BadTarget
from steelyard.kernels.batching import row_chunks
from steelyard.kernels.class_labels import read_class_labels
from steelyard.kernels.rng import int_seed, root_seed

__all__ = ["DeepClassifier"]

FEWEST_CLASSES = FEWEST_ROWS = 2
NOTHING = np.empty(0, dtype=np.intp)
ENOUGH_STEPS = 600  # on small tables, where a pass is a few steps
ENOUGH_PASSES = 10  # on large ones
MOST_VALIDATED = 0.5
PREDICTED_MB = 64.0  # of input at a time
FLOAT_BYTES = 4


class DeepClassifier(ClassifierMixin, BaseEstimator):
    """A neural net for classes, built and trained inside ``fit``.

    Parameters
    ----------
    backbone : nn.Module or None, default=None
        Turns rows ``(n, ...)`` into features ``(n, d)``; None is `MLP`. It is copied by ``fit``, never
        changed; a linear head is put on it.
    optimizer : {"adamw", "adam", "sgd"}, default="adamw"
    learning_rate, weight_decay : float, default=2e-3, 1e-2
    momentum : float, default=0.9
        Of "sgd" only.
    epochs : int or None, default=None
        Passes over the rows.
    steps : int or None, default=None
        Batches to learn from, instead of ``epochs``. With neither, 600 steps or ten passes, whichever
        is more.
    batch_size : int, default=256
        Or all rows, where there are fewer.
    drop_last : bool, default=False
        Whether the rows that do not fill the last batch of a pass are left out of it.
    class_weight : "balanced", dict or None, default=None
        As in scikit-learn; multiplied by ``sample_weight``.
    early_stopping : bool, default=False
        Whether to hold rows back, stop when the loss on them no longer falls, and return to the
        weights at which it was lowest.
    validation_share : float, default=0.1
        Share of each class held back by ``early_stopping``; a class of one row gives none.
    patience : int, default=10
        Passes without a lower loss after which ``early_stopping`` stops.
    pretrained : bool, default=False
        Whether the backbone keeps the weights it comes with; else they are drawn anew.
    device : str, default="auto"
        "auto" takes a GPU if there is one.
    n_jobs : int or None, default=1
        Threads on the CPU, of which a small net has no use for more than one; bits may depend on it.
    progress : bool or None, default=False
        Whether a bar is drawn; None draws it when standard error is a terminal.
    random_state : int, RandomState, Generator or None, default=None
        Weights, batches, dropout and held-back rows have streams of their own names.

    Attributes
    ----------
    classes_ : ndarray of shape (k,)
    module_ : nn.Module
        The trained net, rows to logits, on the CPU.
    history_ : list of dict
        ``train_loss`` of each pass, and ``valid_loss`` where rows were held back.
    n_steps_ : int
        Batches learned from.
    validation_rows_ : ndarray of int
        Rows held back, none without ``early_stopping``.
    n_features_in_, feature_names_in_
        As in scikit-learn.

    Raises
    ------
    BadOption
        A parameter makes no sense, the backbone does not fit the rows, or training diverges.
    BadTarget
        A single class.

    Notes
    -----
    Rows are read as 32-bit floats and taken as they are: put a scaler in front, for a net learns badly
    from columns of unequal scale. The loss of a batch is the mean over its rows of weight times
    cross-entropy, with weights divided by their mean; rows of weight 0 are left out. Equal seeds give
    equal bits on the CPU of one machine.

    References
    ----------
    Loshchilov and Hutter, Decoupled weight decay regularization, ICLR 2019, for "adamw".

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> X, y = load_iris(return_X_y=True)
    >>> net = DeepClassifier(backbone=MLP(widths=(16,)), learning_rate=0.02, steps=100, random_state=0)
    >>> make_pipeline(StandardScaler(), net).fit(X, y).score(X, y) > 0.9
    True
    """

    def __init__(
        self,
        *,
        backbone: nn.Module | None = None,
        optimizer: str = "adamw",
        learning_rate: float = 2e-3,
        weight_decay: float = 1e-2,
        momentum: float = 0.9,
        epochs: int | None = None,
        steps: int | None = None,
        batch_size: int = 256,
        drop_last: bool = False,
        class_weight: Any = None,
        early_stopping: bool = False,
        validation_share: float = 0.1,
        patience: int = 10,
        pretrained: bool = False,
        device: str = "auto",
        n_jobs: int | None = 1,
        progress: bool | None = False,
        random_state: Any = None,
    ) -> None:
        self.backbone = backbone
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.momentum = momentum
        self.epochs = epochs
        self.steps = steps
        self.batch_size = batch_size
        self.drop_last = drop_last
        self.class_weight = class_weight
        self.early_stopping = early_stopping
        self.validation_share = validation_share
        self.patience = patience
        self.pretrained = pretrained
        self.device = device
        self.n_jobs = n_jobs
        self.progress = progress
        self.random_state = random_state

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> DeepClassifier:
        """Build the net and train it.

        Parameters
        ----------
        X : array or frame of n rows
            Finite numbers.
        y : array of shape (n,)
        sample_weight : array of shape (n,), optional

        Returns
        -------
        self
        """
        self._check_parameters()
        device, seed = pick_device(self.device), root_seed(self.random_state)
        name, labels = type(self).__name__, read_class_labels(y, type(self).__name__)
        rows = self._read(X, reset=True)
        if rows.shape[0] != labels.shape[0]:
            raise BadTarget(f"There are {rows.shape[0]} rows and {labels.shape[0]} labels.")
        weight = read_weights(sample_weight, labels.shape[0])
        if weight is not None:
            counted = np.flatnonzero(weight > 0)
            rows, labels, weight = rows[counted], labels[counted], weight[counted]
        self.classes_, codes = np.unique(labels, return_inverse=True)
        if self.classes_.shape[0] < FEWEST_CLASSES:
            raise BadTarget(f"{name} needs at least 2 classes, got 1 class: {self.classes_.tolist()}.")
        data = Rows.of(rows, codes, row_weights(labels, weight, self.class_weight, name))
        held = hold_back(codes, self.validation_share, seed) if self.early_stopping else NOTHING
        self.validation_rows_ = held if weight is None else counted[held]
        batches = ArrayBatches(
            data.without(held),
            self.batch_size,
            seed=int_seed(seed, "batches"),
            drop_last=self.drop_last,
            steps=self.steps,
        )
        with on_threads(self.n_jobs), seeded(int_seed(seed, "weights"), device):
            backbone = MLP() if self.backbone is None else self.backbone
            self.module_ = build_network(
                backbone, rows.shape[1:], self.classes_.shape[0], pretrained=self.pretrained
            )
        with on_threads(self.n_jobs), seeded(int_seed(seed, "dropout"), device):
            self.history_ = train(
                self.module_,
                batches,
                self._passes(len(batches)),
                OPTIMIZERS[self.optimizer],
                optimizer_settings(
                    self.optimizer,
                    device,
                    learning_rate=self.learning_rate,
                    weight_decay=self.weight_decay,
                    momentum=self.momentum,
                ),
                device=device,
                stop=Stop(data.only(held), self.patience) if held.size else None,
                progress=self.progress,
            )
        self.n_steps_ = batches.taken
        self.module_.eval().zero_grad()
        self.module_.cpu()
        return self

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Probability of each class, shape (m, k), columns in the order of ``classes_``."""
        check_is_fitted(self)
        rows = tensor_of(self._read(X, reset=False))
        device = pick_device(self.device)
        module = self.module_.to(device)
        row_bytes = FLOAT_BYTES * math.prod(rows.shape[1:])
        with on_threads(self.n_jobs), torch.inference_mode():
            parts = row_chunks(len(rows), row_bytes, PREDICTED_MB)
            logits = [module(rows[part].to(device)).cpu() for part in parts]
        self.module_.cpu()
        return np.asarray(torch.cat(logits).double().softmax(dim=1).numpy())

    def predict(self, X: Any) -> NDArray[Any]:
        """Most probable class of each row, shape (m,)."""
        proba = self.predict_proba(X)
        return np.asarray(self.classes_[proba.argmax(axis=1)])

    def _check_parameters(self) -> None:
        if self.backbone is not None and not isinstance(self.backbone, nn.Module):
            raise BadOption(
                "The 'backbone' parameter of DeepClassifier must be a torch.nn.Module or None. "
                f"Got {self.backbone!r} instead."
            )
        check_choice(self, "optimizer", OPTIMIZERS)
        check_number(self, "learning_rate", 0, above=True)
        check_number(self, "weight_decay", 0)
        check_number(self, "momentum", 0, 1)
        check_number(self, "validation_share", 0, MOST_VALIDATED, above=True)
        for name in ("batch_size", "patience"):
            check_whole(self, name)
        for name in ("drop_last", "early_stopping", "pretrained"):
            check_flag(self, name)
        given = [name for name in ("epochs", "steps") if getattr(self, name) is not None]
        for name in given:
            check_whole(self, name)
        if len(given) == 2:
            raise BadOption(
                f"DeepClassifier learns for epochs or for steps. Got epochs={self.epochs} and "
                f"steps={self.steps}; leave one of them out."
            )

    def _read(self, X: Any, *, reset: bool) -> NDArray[np.float32]:
        with np.errstate(over="ignore", invalid="ignore"):  # what 32 bits cannot hold is refused as infinite
            rows = validate_data(
                self,
                read_rows(X),
                reset=reset,
                dtype=np.float32,
                order="C",
                allow_nd=True,
                ensure_min_samples=FEWEST_ROWS if reset else 1,
            )
        return np.asarray(rows)

    def _passes(self, steps_a_pass: int) -> int:
        if self.epochs is not None:
            return int(self.epochs)
        if self.steps is not None:
            return math.ceil(self.steps / steps_a_pass)
        return max(ENOUGH_PASSES, math.ceil(ENOUGH_STEPS / steps_a_pass))
