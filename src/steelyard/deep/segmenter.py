"""A classifier of pixels over a torch module."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.utils.class_weight import compute_class_weight
from torch import nn

from steelyard.deep.backbones.unet import UNet
from steelyard.deep.base import DeepEstimator
from steelyard.deep.losses.base import IGNORED
from steelyard.deep.network import Network
from steelyard.deep.read_inputs import Inputs
from steelyard.errors import BadOption, BadTarget
from steelyard.metrics.dice import dice_score

__all__ = ["DeepSegmenter"]

FEWEST_CLASSES = 2
MASK = 3  # dimensions (n, h, w)


class DeepSegmenter(DeepEstimator):
    """A neural net that gives every pixel a class, built and trained inside ``fit``.

    Parameters
    ----------
    backbone : nn.Module or None, default=None
        Turns images ``(n, c, h, w)`` into maps ``(n, d, h, w)``; None is `UNet`.
    head, loss, batches, augment, optimizer, learning_rate, weight_decay, momentum, schedule, epochs, steps, \
batch_size, drop_last, early_stopping, validation_share, patience, pretrained, checkpoint, precision, \
callbacks, device, n_jobs, progress, random_state
        As in `DeepClassifier`. An ``augment`` whose attribute ``joint`` is true, such as ``CropPair``,
        changes images and masks together.
    class_weight : "balanced", dict or None, default=None
        Weights of pixels by their class.

    Attributes
    ----------
    classes_ : ndarray of shape (k,)
        Labels that occur, without -100.
    module_, history_, n_steps_, validation_rows_, n_features_in_
        As in `DeepClassifier`.

    Raises
    ------
    BadOption
        As in `DeepClassifier`; also for ``batches``, which rest on one label a row.
    BadTarget
        Masks that do not fit the images, a single class, or no pixel that counts.

    Notes
    -----
    Masks have shape ``(n, h, w)`` and whole numbers; pixels of -100 are ignored, in training and in the
    score. A prediction has a class everywhere.

    Examples
    --------
    >>> images = np.random.default_rng(0).random((4, 1, 8, 8))
    >>> masks = (images[:, 0] > 0.8).astype(int)
    >>> net = DeepSegmenter(backbone=UNet(widths=(4, 8)), steps=40, learning_rate=0.02, random_state=0)
    >>> net.fit(images, masks).predict(images).shape
    (4, 8, 8)
    """

    dense = True

    def predict_proba(self, X: Any) -> NDArray[np.float32]:
        """Probability of each class in each pixel, shape (m, k, h, w)."""
        return np.concatenate([part.softmax(dim=1).numpy() for part in self._through(X, Network.forward)])

    def predict(self, X: Any) -> NDArray[Any]:
        """Most probable class of each pixel, shape (m, h, w)."""
        parts = [part.argmax(dim=1).numpy() for part in self._through(X, Network.forward)]
        return np.asarray(self.classes_[np.concatenate(parts)])

    def score(self, X: Any, y: Any) -> float:
        """Mean over the classes of the Dice score of the pixels that count."""
        return float(dice_score(np.asarray(y), self.predict(X), ignore=IGNORED))

    def _default_backbone(self) -> nn.Module:
        return UNet()

    def _read_targets(self, y: Any, inputs: Inputs) -> NDArray[np.int64]:
        name, masks = type(self).__name__, np.asarray(y)
        expected = (len(inputs), *inputs.example.shape[2:])
        if masks.ndim != MASK or masks.shape != expected or masks.dtype.kind not in "iub":
            raise BadTarget(
                f"{name} needs a mask of whole numbers for each image, shape {expected}. "
                f"Got shape {masks.shape} of {masks.dtype}."
            )
        if self.batches is not None:
            raise BadOption(f"The 'batches' of {name} must be None: rules of classes need one label a row.")
        counted = masks != IGNORED
        self.classes_ = np.unique(masks[counted])
        if self.classes_.size < FEWEST_CLASSES:
            raise BadTarget(
                f"{name} needs pixels of at least 2 classes, got {self.classes_.tolist()} "
                f"({int(counted.sum())} of {masks.size} pixels count)."
            )
        codes = np.searchsorted(self.classes_, masks)
        return np.where(counted, codes, IGNORED)

    def _row_weights(
        self, codes: NDArray[np.int64], weight: NDArray[np.float64] | None
    ) -> NDArray[np.float64]:
        return np.ones(len(codes)) if weight is None else weight / weight.mean()

    def _class_scale(self, counts: NDArray[np.int64]) -> torch.Tensor | None:
        if self.class_weight is None:
            return None
        pixels = np.repeat(self.classes_, np.minimum(counts, 1))
        try:
            scale = (
                counts.sum() / (np.maximum(counts, 1) * counts.size)
                if self.class_weight == "balanced"
                else compute_class_weight(self.class_weight, classes=self.classes_, y=pixels)
            )
        except ValueError as error:
            raise BadOption(f"The 'class_weight' parameter of {type(self).__name__}: {error}") from error
        return torch.as_tensor(np.asarray(scale), dtype=torch.float32)
