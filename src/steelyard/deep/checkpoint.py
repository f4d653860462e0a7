"""A training that was stopped goes on where it was: weights, optimizer, draws and losses in one file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import torch
from torch import nn

from steelyard.deep.tensor_file import read_tensors, write_tensors
from steelyard.errors import BadOption

__all__ = ["Checkpoint", "check_weights"]

FORMAT = "steelyard checkpoint 1"
WEIGHTS, BEST, STATE = "weights/", "best/", "optimizer/"
LOSS = "loss/"
TORCH_DRAWS, CUDA_DRAWS, BATCH_DRAWS = "draws/torch", "draws/cuda", "draws/batches"


class Checkpoint:
    """One safetensors file, replaced whole after each pass.

    Parameters
    ----------
    path : path
        The file; its folder must exist.
    key : str
        Digest of the data and the settings. A file of another key is refused, never overwritten.

    Notes
    -----
    Nothing in the file is executed when it is read: tensors, and a line of JSON.
    """

    def __init__(self, path: str | os.PathLike[str], key: str) -> None:
        self.path = Path(path)
        self.key = key

    def save(self, net: Any, network: nn.Module, facts: dict[str, Any], best: Any, batches: Any) -> None:
        """Write all that the next pass depends on.

        Parameters
        ----------
        net : skorch net
            For its optimizer and its loss.
        network : nn.Module
        facts : dict
            What JSON can hold: passes, batches, losses.
        best : dict of tensors or None
            The weights to return to.
        batches : ArrayBatches
        """
        tensors = {WEIGHTS + name: value for name, value in network.state_dict().items()}
        tensors |= {BEST + name: value for name, value in (best or {}).items()}
        tensors |= {LOSS + name: value for name, value in net.criterion_.loss.state_dict().items()}
        plain: dict[str, Any] = {}
        for number, state in net.optimizer_.state_dict()["state"].items():
            for name, value in state.items():
                if isinstance(value, torch.Tensor):
                    tensors[f"{STATE}{number}/{name}"] = value
                else:
                    plain[f"{number}/{name}"] = value
        tensors[TORCH_DRAWS] = torch.get_rng_state()
        if torch.cuda.is_available():
            tensors[CUDA_DRAWS] = torch.cuda.get_rng_state()
        if batches.draws is not None:
            tensors[BATCH_DRAWS] = batches.draws.get_state()
        told = {"format": FORMAT, "key": self.key, "facts": facts, "plain": plain}
        write_tensors(self.path, tensors, told)

    def load(self, net: Any, network: nn.Module, batches: Any) -> tuple[dict[str, Any], Any] | None:
        """Put everything back as it was, and return the facts and the best weights.

        Returns
        -------
        (dict, dict or None) or None
            None where there is no file yet.

        Raises
        ------
        BadOption
            The file is damaged, or is of another net, other data or other settings.
        """
        if not self.path.exists():
            return None
        told, tensors = read_tensors(self.path, format=FORMAT, what="checkpoint")
        check_weights(network, _under(tensors, WEIGHTS), str(self.path))
        if told["key"] != self.key:
            raise BadOption(
                f"The checkpoint {str(self.path)!r} was made from other rows or with other settings. "
                "Give another path, or delete it to start anew."
            )
        network.load_state_dict(_under(tensors, WEIGHTS))
        net.criterion_.loss.load_state_dict(_under(tensors, LOSS))
        state = net.optimizer_.state_dict()
        weights = [weights for group in net.optimizer_.param_groups for weights in group["params"]]
        state["state"] = _nested(_under(tensors, STATE) | told["plain"], weights)
        net.optimizer_.load_state_dict(state)
        torch.set_rng_state(tensors[TORCH_DRAWS])
        if CUDA_DRAWS in tensors and torch.cuda.is_available():
            torch.cuda.set_rng_state(tensors[CUDA_DRAWS])
        if batches.draws is not None and BATCH_DRAWS in tensors:
            batches.draws.set_state(tensors[BATCH_DRAWS])
        return told["facts"], _under(tensors, BEST) or None


def check_weights(network: nn.Module, weights: dict[str, torch.Tensor], source: str) -> None:
    """Refuse weights of another architecture, naming what differs."""
    own = {name: tuple(value.shape) for name, value in network.state_dict().items()}
    theirs = {name: tuple(value.shape) for name, value in weights.items()}
    if own == theirs:
        return
    names = sorted(own.keys() | theirs.keys())
    first = next(name for name in names if own.get(name) != theirs.get(name))
    raise BadOption(
        f"{source!r} holds the weights of another architecture: {first!r} is {theirs.get(first, 'absent')} "
        f"there and {own.get(first, 'absent')} in this net. Use the backbone and head it was made with."
    )


def _under(tensors: dict[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}


def _nested(flat: dict[str, Any], weights: list[torch.Tensor]) -> dict[int, dict[str, Any]]:
    """State of each weight, laid out in memory as it is."""
    state: dict[int, dict[str, Any]] = {}
    for name, value in flat.items():
        number, key = name.split("/", 1)
        own = weights[int(number)]
        if isinstance(value, torch.Tensor) and value.shape == own.shape:
            value = torch.empty_like(own, dtype=value.dtype).copy_(value)
        state.setdefault(int(number), {})[key] = value
    return state
