"""What a checkpoint is for: the rows and settings that decide what is learned, as one digest."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from steelyard.deep.read_inputs import Inputs

__all__ = ["learning_key"]

ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")  # of functions and the like, new in every process
DO_NOT_MATTER = ("checkpoint", "device", "n_jobs", "progress")  # to what is learned


def learning_key(estimator: Any, inputs: Inputs, codes: NDArray[Any]) -> str:
    """Digest of settings, targets and rows; of a data set that is read by items, of its length alone.

    Parameters
    ----------
    estimator : DeepEstimator
    inputs : Inputs
    codes : ndarray of int
    """
    settings = {
        name: value for name, value in estimator.get_params(deep=False).items() if name not in DO_NOT_MATTER
    }
    digest = hashlib.sha256(ADDRESS.sub("", repr(sorted(settings.items()))).encode())
    digest.update(np.ascontiguousarray(codes).tobytes())
    digest.update(repr((tuple(inputs.example.shape), len(inputs))).encode())
    if isinstance(inputs.rows, torch.Tensor):
        digest.update(inputs.rows.numpy().tobytes())
    return digest.hexdigest()
