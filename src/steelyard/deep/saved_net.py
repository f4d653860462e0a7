"""A fitted net as a file: weights as safetensors, everything else as JSON, nothing that is executed."""

from __future__ import annotations

import json
import os
from inspect import signature
from typing import Any

import numpy as np
import torch
from sklearn.utils.validation import check_is_fitted

from steelyard.deep import backbones, heads
from steelyard.deep.base import DeepEstimator
from steelyard.deep.checkpoint import check_weights
from steelyard.deep.estimators import DeepClassifier
from steelyard.deep.heads.base import Head
from steelyard.deep.heads.linear import LinearHead
from steelyard.deep.network import build_network
from steelyard.deep.segmenter import DeepSegmenter
from steelyard.deep.tensor_file import read_tensors, write_tensors
from steelyard.errors import BadOption

__all__ = ["load_net", "save_net"]

FORMAT = "steelyard net 1"
ESTIMATORS: dict[str, type[DeepEstimator]] = {kind.__name__: kind for kind in (DeepClassifier, DeepSegmenter)}
PLAIN = (bool, int, float, str, type(None))
FIXED = "head.static"  # a prior that `WithNeuralPrior.fix` was given, which a new head does not have


def save_net(estimator: DeepEstimator, path: str | os.PathLike[str]) -> None:
    """Write a fitted net to one file, whole or not at all.

    Parameters
    ----------
    estimator : fitted DeepClassifier or DeepSegmenter
    path : path
        Where the file goes; ``.safetensors`` is usual.

    Raises
    ------
    BadOption
        Labels that JSON cannot hold.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> X, y = np.random.default_rng(0).normal(size=(40, 3)), np.arange(40) % 2
    >>> net = DeepClassifier(steps=5, random_state=0).fit(X, y)
    >>> path = pathlib.Path(tempfile.mkdtemp(), "net.safetensors")
    >>> save_net(net, path)
    >>> bool((load_net(path).predict_proba(X) == net.predict_proba(X)).all())
    True
    """
    check_is_fitted(estimator)
    settings = estimator.get_params(deep=False)
    shape, dtype = estimator._read_kind
    told = {
        "format": FORMAT,
        "estimator": type(estimator).__name__,
        "settings": {name: value for name, value in settings.items() if isinstance(value, PLAIN)},
        "backbone": _described(estimator.module_.backbone),
        "head": _described(LinearHead() if estimator.head is None else estimator.head),
        "shape": list(shape),
        "dtype": str(dtype).removeprefix("torch."),
        "classes": estimator.classes_.tolist(),
        "labels": estimator.classes_.dtype.str,
        "features": getattr(estimator, "n_features_in_", None),
        "names": np.asarray(getattr(estimator, "feature_names_in_", [])).tolist(),
    }
    try:
        write_tensors(path, estimator.module_.state_dict(), told)
    except TypeError as error:
        raise BadOption(
            f"The labels {estimator.classes_[:5]!r} cannot be written as JSON: {error}"
        ) from error


def load_net(
    path: str | os.PathLike[str], *, backbone: torch.nn.Module | None = None, head: Head | None = None
) -> Any:
    """Read a net that `save_net` wrote.

    Parameters
    ----------
    path : path
    backbone : nn.Module, optional
        The net's, where it is none of ``steelyard.deep.backbones``: an object of the same class and
        arguments, whose weights do not matter.
    head : Head, optional
        Likewise.

    Returns
    -------
    DeepClassifier or DeepSegmenter
        Fitted. Arguments that are objects (loss, batches, augmentation, callbacks), which predictions do
        not need, are left at their defaults.

    Raises
    ------
    BadOption
        The file is damaged or of another format, its backbone is not known here, or the one given is of
        another architecture.
    """
    told, weights = read_tensors(path, format=FORMAT, what="net")
    if told["estimator"] not in ESTIMATORS:
        raise BadOption(f"{str(path)!r} is a {told['estimator']!r}, which is none of {list(ESTIMATORS)}.")
    kind = ESTIMATORS[told["estimator"]]
    with torch.random.fork_rng(devices=[]):  # weights are drawn, only to be replaced
        own_backbone = _made(told["backbone"], backbones, backbone, "backbone")
        own_head = _made(told["head"], heads, head, "head")
    estimator = kind(**told["settings"] | {"backbone": own_backbone, "head": own_head})
    estimator.classes_ = np.asarray(told["classes"], dtype=told["labels"])
    estimator._read_kind = (tuple(told["shape"]), getattr(torch, told["dtype"]))
    if told["features"] is not None:
        estimator.n_features_in_ = told["features"]
    if told["names"]:
        estimator.feature_names_in_ = np.asarray(told["names"], dtype=object)
    example = torch.zeros((1, *told["shape"]), dtype=estimator._read_kind[1])
    with torch.random.fork_rng(devices=[]):
        net = build_network(own_backbone, own_head, example, len(estimator.classes_), dense=kind.dense)
    if FIXED in weights:
        net.head.fix(torch.zeros(len(estimator.classes_)))
    check_weights(net, weights, str(path))
    net.load_state_dict(weights)
    estimator.module_ = net.eval()
    return estimator


def _described(part: Any) -> dict[str, Any]:
    """Class and arguments, where both can be told; a user's own class by its name alone."""
    name = type(part).__name__
    if getattr(backbones, name, None) is not type(part) and getattr(heads, name, None) is not type(part):
        return {"class": name, "arguments": None}
    arguments = {
        key: _described(value)
        if isinstance(value, Head)
        else list(value)
        if isinstance(value, tuple)
        else value
        for key, value in ((key, getattr(part, key)) for key in signature(type(part)).parameters)
    }
    try:
        json.dumps(arguments)
    except TypeError:  # a batch sampler in a head, for one
        arguments = None
    return {"class": name, "arguments": arguments}


def _made(told: dict[str, Any], known: Any, given: Any, what: str) -> Any:
    """The part that is described, of a class that is ours; or the one given."""
    if given is not None:
        return given
    name, arguments = told["class"], told["arguments"]
    if arguments is None or name not in known.__all__:
        raise BadOption(
            f"The net's {what} is a {name}, which is none of {known.__name__}. Give an object of the same "
            f"class and arguments as {what}=."
        )
    parts = {
        key: _made(value, heads, None, what) if isinstance(value, dict) else value
        for key, value in arguments.items()
    }
    return getattr(known, name)(
        **{key: tuple(value) if isinstance(value, list) else value for key, value in parts.items()}
    )
