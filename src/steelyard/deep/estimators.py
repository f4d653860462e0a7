"""A classifier over a torch module that scikit-learn cannot tell from any other."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin
from torch import nn

from steelyard.deep.backbones.mlp import MLP
from steelyard.deep.base import PREDICTED_ITEMS, DeepEstimator
from steelyard.deep.network import Network
from steelyard.deep.read_inputs import Inputs
from steelyard.deep.retraining import retrain
from steelyard.deep.row_weights import row_weights
from steelyard.errors import BadTarget
from steelyard.kernels.class_labels import read_class_labels

__all__ = ["DeepClassifier"]

FEWEST_CLASSES = 2


class DeepClassifier(ClassifierMixin, DeepEstimator):
    """A neural net for classes, built and trained inside ``fit``.

    Parameters
    ----------
    backbone : nn.Module or None, default=None
        Turns rows ``(n, ...)`` into features ``(n, d)``; None is `MLP`. It is copied by ``fit``, never
        changed.
    head : Head or None, default=None
        From ``steelyard.deep.heads``: turns features into logits. None is a linear layer.
    loss : nn.Module or None, default=None
        From ``steelyard.deep.losses``, or any that takes logits and class codes. It is told how many rows
        of each class there are. None is cross-entropy.
    batches : Batches or None, default=None
        From ``steelyard.deep.batches``: how classes share a batch. None takes every row once a pass.
    augment : nn.Module or None, default=None
        Changes the rows of a batch before the net learns from it, such as ``CropFlip``.
    optimizer : {"adamw", "adam", "sgd"}, default="adamw"
    learning_rate, weight_decay : float, default=2e-3, 1e-2
    momentum : float, default=0.9
        Of "sgd" only.
    schedule : {"constant", "step", "cosine"}, callable or None, default=None
        How the rate falls: "step" to a tenth after 80 % and again after 90 % of training, "cosine" to 0;
        a callable takes the share of training that is done and returns a factor. See
        ``steelyard.deep.schedules``.
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
    checkpoint : path or None, default=None
        A file that is written after each pass. Where it is there already, from the same rows and settings,
        training goes on from it and ends with the bits it would have ended with.
    precision : {"32", "bf16", "fp16"}, default="32"
        Of the arithmetic while learning; weights stay in 32 bits.
    callbacks : sequence of skorch callbacks or None, default=None
        Copied; what they write into the history is in ``history_``.
    device : str, default="auto"
        "auto" takes a GPU if there is one. Started by ``accelerate launch`` or ``torchrun``, each process
        learns from its part of every batch.
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
        The trained net, rows to logits, on the CPU; its parts are ``backbone`` and ``head``.
    history_ : list of dict
        ``train_loss`` of each pass, ``valid_loss`` where rows were held back, and what callbacks wrote.
    n_steps_ : int
        Batches learned from.
    validation_rows_ : ndarray of int
        Rows held back, none without ``early_stopping``.
    n_features_in_, feature_names_in_
        As in scikit-learn.

    Raises
    ------
    BadOption
        A parameter makes no sense, the backbone does not fit the rows, memory runs out, the checkpoint is
        of another net, or training diverges in its first pass.
    BadTable
        Rows of another shape than those learned from, or images whose channels come last.
    BadTarget
        A single class.

    Warns
    -----
    ConvergenceWarning
        Training diverges later on: it stops there, with the last good weights.

    Notes
    -----
    Rows are tables ``(n, d)``, images ``(n, c, h, w)``, series ``(n, c, t)`` or token ids ``(n, t)``, or a
    torch ``Dataset`` of such items, read one at a time. Images in unsigned bytes are divided by 255; whole
    numbers are token ids where the backbone starts with an embedding; all else is read as 32-bit floats
    and taken as it is: put a scaler in front, for a net learns badly from columns of unequal scale. The
    loss of a batch is the mean over its rows of weight times the loss, with weights divided by their mean;
    rows of weight 0 are left out. Equal seeds give equal bits on the CPU of one machine.

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

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Probability of each class, shape (m, k), columns in the order of ``classes_``."""
        logits = torch.cat(list(self._through(X, Network.forward)))
        return np.asarray(logits.double().softmax(dim=1).numpy())

    def predict(self, X: Any) -> NDArray[Any]:
        """Most probable class of each row, shape (m,)."""
        proba = self.predict_proba(X)
        return np.asarray(self.classes_[proba.argmax(axis=1)])

    def _default_backbone(self) -> nn.Module:
        return MLP()

    def _read_targets(self, y: Any, inputs: Inputs) -> NDArray[np.int64]:
        name, labels = type(self).__name__, read_class_labels(y, type(self).__name__)
        if len(inputs) != labels.shape[0]:
            raise BadTarget(f"There are {len(inputs)} rows and {labels.shape[0]} labels.")
        self.classes_, codes = np.unique(labels, return_inverse=True)
        if self.classes_.shape[0] < FEWEST_CLASSES:
            raise BadTarget(f"{name} needs at least 2 classes, got 1 class: {self.classes_.tolist()}.")
        return codes

    def _row_weights(
        self, codes: NDArray[np.int64], weight: NDArray[np.float64] | None
    ) -> NDArray[np.float64]:
        return row_weights(self.classes_[codes], weight, self.class_weight, type(self).__name__)

    def _class_scale(self, counts: NDArray[np.int64]) -> None:
        return None  # they are in those of rows

    def _second_stage(self, part: Any, seed: int) -> None:
        if self.module_.head.second_stage is None:
            return
        self.module_.eval()
        device = next(self.module_.parameters()).device
        with torch.no_grad():
            features = [
                self.module_.features(part[slice(start, start + PREDICTED_ITEMS)][0].to(device))
                for start in range(0, len(part), PREDICTED_ITEMS)
            ]
        retrain(self.module_.head, torch.cat(features), part.codes, seed=seed, n_classes=len(self.classes_))
