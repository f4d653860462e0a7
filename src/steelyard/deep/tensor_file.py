"""One safetensors file with a line of JSON beside its tensors; nothing in it is executed when it is read."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from steelyard.errors import BadOption
from steelyard.kernels.write_whole import write_whole

__all__ = ["read_tensors", "write_tensors"]

ENTRY = "steelyard"  # of the metadata, that holds the JSON


def write_tensors(
    path: str | os.PathLike[str], tensors: Mapping[str, torch.Tensor], told: Mapping[str, Any]
) -> None:
    """Write tensors and facts to one file, whole or not at all.

    Parameters
    ----------
    path : path
    tensors : mapping of str to tensor
        Copied, so that they may share memory.
    told : mapping
        What JSON can hold, ``format`` among it.

    Raises
    ------
    TypeError
        Facts that JSON cannot hold.
    """
    text = json.dumps(told)
    whole = {name: value.detach().cpu().contiguous().clone() for name, value in tensors.items()}
    write_whole(path, save(whole, metadata={ENTRY: text}))


def read_tensors(
    path: str | os.PathLike[str], *, format: str, what: str
) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    """Read what `write_tensors` wrote.

    Parameters
    ----------
    path : path
    format : str
        That the file must say it is of.
    what : str
        Name of such a file, for messages.

    Returns
    -------
    told : dict
    tensors : dict of str to tensor

    Raises
    ------
    BadOption
        The file is missing, damaged, or of another format.
    """
    try:
        with safe_open(path, framework="pt") as file:
            told = json.loads((file.metadata() or {}).get(ENTRY, "{}"))
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
    except (SafetensorError, OSError, ValueError) as error:
        raise BadOption(f"The {what} {str(path)!r} cannot be read: {error}") from error
    if told.get("format") != format:
        raise BadOption(
            f"{str(path)!r} is not a {what} of this version: expected {format!r}, got {told.get('format')!r}."
        )
    return told, tensors
